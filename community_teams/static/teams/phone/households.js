// Rows of the work list, as the phone keeps and changes them. Pure. What a list shows of them: screens/worklist_view.js.

import { fold } from "./folding.js";

const REACHED = new Set(["met_done", "met_partial"]);
const GONE = new Set(["moved", "vacant"]);

/** A row as it is kept: with what is searched in it. */
export function searchable(row) {
  return { ...row, folded: fold(`${row.short_code} ${row.lane ?? ""} ${row.label ?? ""}`) };
}

/** Lane 10 comes after lane 2. */
export function byLaneAndCode() {
  const { compare } = new Intl.Collator("vi", { numeric: true });
  return (one, other) => compare(one.lane ?? "", other.lane ?? "") || compare(one.short_code, other.short_code);
}

/** `row` as it is after a visit that the server may not know yet. */
export function afterVisit(row, record, visitedOn) {
  return {
    ...row,
    last_outcome: record.outcome,
    last_visited_on: visitedOn,
    next_visit_on: record.next_visit_on ?? null,
    ...(REACHED.has(record.outcome) ? { reached: true } : {}),
    ...(GONE.has(record.outcome) ? { status: record.outcome } : {}),
  };
}
