// Rows of the worklist, as the phone stores and changes them. Pure. What a list shows of them: screens/worklist_view.js.

import { normalise } from "./normalise.js";

const REACHED = new Set(["met_done", "met_partial"]);
const GONE = new Set(["moved", "vacant"]);

/** A row as it is stored, with the text that is searched. */
export function searchable(row) {
  return { ...row, folded: normalise(`${row.short_code} ${row.lane ?? ""} ${row.label ?? ""}`) };
}

/** The order of rows: by lane and code, with numbers by value, so that lane 10 comes after lane 2. */
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
