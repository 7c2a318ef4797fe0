// Which households a list shows: pure rules over rows as the work list gives them.

import { fold } from "./folding.js";

const ABSENT = new Set(["not_home", "not_found", "language", "unsafe"]);
const REACHED = new Set(["met_done", "met_partial"]);

const isActive = (row) => row.status === "active";
const isReached = (row) => row.reached ?? REACHED.has(row.last_outcome);

/** The filters of a list by name, each with what it shows. */
export const FILTERS = Object.freeze({
  left: (row) => isActive(row) && !row.last_outcome,
  absent: (row) => isActive(row) && !isReached(row) && ABSENT.has(row.last_outcome),
  again: (row) => isActive(row) && (Boolean(row.next_visit_on) || row.last_outcome === "rescheduled"),
  due: (row, today) => isActive(row) && Boolean(row.next_visit_on) && row.next_visit_on <= today,
  reached: (row) => isActive(row) && isReached(row),
  all: () => true,
});

/** A row as it is kept: with what is searched in it. */
export function searchable(row) {
  return { ...row, folded: fold(`${row.short_code} ${row.lane ?? ""} ${row.label ?? ""}`) };
}

/** Lane 10 comes after lane 2. */
export function byLaneAndCode() {
  const { compare } = new Intl.Collator("vi", { numeric: true });
  return (one, other) => compare(one.lane ?? "", other.lane ?? "") || compare(one.short_code, other.short_code);
}

/** The rows of `rows` that are shown, in their order; those due by the day they are due. */
export function shown(rows, { lane, filter = "all", search = "" }, today) {
  const passes = FILTERS[filter] ?? FILTERS.all;
  const words = fold(search);
  const found = rows.filter(
    (row) => (lane === undefined || (row.lane ?? "") === lane) && passes(row, today) && (!words || row.folded.includes(words)),
  );
  if (filter === "due") found.sort((one, other) => (one.next_visit_on < other.next_visit_on ? -1 : 1));
  return found;
}

/** `row` as it is after a visit that the server may not know yet. */
export function afterVisit(row, record, visitedOn) {
  return {
    ...row,
    last_outcome: record.outcome,
    last_visited_on: visitedOn,
    next_visit_on: record.next_visit_on ?? null,
    ...(REACHED.has(record.outcome) ? { reached: true } : {}),
    ...(record.outcome === "moved" || record.outcome === "vacant" ? { status: record.outcome } : {}),
  };
}
