/* The member's view of the worklist: filters, search, lanes, appointments. Pure functions of rows.

   A row is as phone/worklist.js has it, in walking order: {id, short_code, hamlet, lane, label, status,
   last_outcome, last_visited_on, next_visit_on, version, folded, waiting}; waiting: a visit to it is on this phone and
   not yet acknowledged. */

import { normalise } from "../phone/normalise.js";

/** In the order the screen shows them; the names are those of the addresses of the server's list. */
export const FILTERS = ["chua-den", "vang", "hen-lai", "da-gap", "tat-ca"];
const ABSENT = new Set(["not_home", "not_found", "language", "unsafe"]);
const REACHED = new Set(["met_done", "met_partial"]);

const active = (row) => row.status === "active";
export const reached = (row) => row.reached ?? REACHED.has(row.last_outcome);

/* The phone may know only the last visit: a household met in spring and absent today is shown under "vắng" here. */
const SHOWS = {
  "chua-den": (row) => active(row) && !row.last_outcome,
  vang: (row) => active(row) && !reached(row) && ABSENT.has(row.last_outcome),
  "hen-lai": (row) => active(row) && (Boolean(row.next_visit_on) || row.last_outcome === "rescheduled"),
  "da-gap": (row) => active(row) && reached(row),
  "tat-ca": (row) => row.status !== "merged",
};

/** How many of `rows` each filter shows. */
export function countsOf(rows) {
  const counts = Object.fromEntries(FILTERS.map((name) => [name, 0]));
  for (const row of rows) for (const name of FILTERS) if (SHOWS[name](row)) counts[name] += 1;
  return counts;
}

/**
 * hamlet, lane: only those; all by default. search: as typed; "" finds everything. An unknown filter shows all.
 *
 * @param {any[]} rows
 * @param {{hamlet?: string, lane?: string, filter?: string, search?: string}} [asked]
 */
export function found(rows, { hamlet, lane, filter = "tat-ca", search = "" } = {}) {
  const shows = SHOWS[filter] ?? SHOWS["tat-ca"];
  const words = normalise(search);
  return rows.filter(
    (row) =>
      (hamlet === undefined || row.hamlet === hamlet) &&
      (lane === undefined || row.lane === lane) &&
      shows(row) &&
      (!words || row.folded.includes(words)),
  );
}

/** How many active households nobody was met in yet. */
export function leftIn(rows) {
  return rows.filter((row) => active(row) && !reached(row)).length;
}

/** Hamlets or lanes (`by`: the field) in the order of the rows, each with its number of households, and of those left. */
export function grouped(rows, by) {
  const groups = new Map();
  for (const row of rows) {
    if (!active(row)) continue;
    const group = groups.get(row[by]) ?? { name: row[by], households: 0, left: 0 };
    group.households += 1;
    group.left += reached(row) ? 0 : 1;
    groups.set(row[by], group);
  }
  return [...groups.values()];
}

/** Appointments, each list earliest first. today: a day such as "2026-11-22". */
export function appointments(rows, today) {
  const planned = rows.filter((row) => active(row) && row.next_visit_on);
  planned.sort((one, other) => (one.next_visit_on < other.next_visit_on ? -1 : 1));
  return {
    missed: planned.filter((row) => row.next_visit_on < today),
    today: planned.filter((row) => row.next_visit_on === today),
    later: planned.filter((row) => row.next_visit_on > today),
  };
}

/** The next household of the same hamlet without a visit: after `id`, then from the start; null if there is none. */
export function nextDoor(rows, id) {
  const place = rows.findIndex((row) => row.id === id);
  if (place < 0) return null;
  const onward = [...rows.slice(place + 1), ...rows.slice(0, place)];
  return onward.find((row) => row.hamlet === rows[place].hamlet && SHOWS["chua-den"](row)) ?? null;
}
