// One visit in the shape of the API. An unanswered question is missing, never 0 and never "no".

import { Fault } from "../../../../foundation/web/static/offline/faults.js";
import { newId } from "../../../../foundation/web/static/offline/ids.js";
import { namesWhere, visitForm } from "./visit_form.js";

export const FORM_VERSION = 1;
// As the server has it: domain/visits.py.
const LONGEST_VISIT = 24 * 3600 * 1000;

// Names of the answers from which a repeat visit may start: without, or with, the family's consent.
const carried = (consent) => namesWhere((question) => question.carried && question.consent === consent);

/** `record` with the fields that every visit has, where they are missing. */
export function begun(record, household, { crypto, now, appVersion }) {
  return {
    id: newId(crypto, now()),
    started_at: new Date(now()).toISOString(),
    form_version: FORM_VERSION,
    input_type: "phone",
    ...(appVersion ? { app_version: appVersion } : {}),
    ...record,
    household,
  };
}

/**
 * `record` as it is sent: with its end, and without unanswered questions. Throws `incomplete` {fields}.
 *
 * A draft older than LONGEST_VISIT gets no end, because it is unknown. One that was finished before keeps its end.
 */
export function finished(record, { now }) {
  if (!record.outcome) throw new Fault("incomplete", { fields: { outcome: "missing" } });
  const start = Date.parse(record.started_at);
  const end = Math.max(now(), start);
  const ended = end - start <= LONGEST_VISIT ? { ended_at: new Date(end).toISOString() } : {};
  return withoutEmpty({ ...ended, ...record });
}

/** Whether the visit may be stored under its household. If it may not, the earlier answers are deleted, too. */
export function namesHousehold(record) {
  return !record.consent || record.consent.level === "code";
}

/** The answers from which the next visit starts, in the shape of a visit; {} for none. */
export function knownFrom(record) {
  const house = pick(record, carried(false));
  if (record.consent?.level !== "code") return house;
  const ofPerson = visitForm().person.filter((question) => question.carried).map((question) => question.path);
  const people = (record.people ?? []).map((person) => pick(person, ofPerson));
  return { ...house, ...pick(record, carried(true)), ...(people.length ? { people } : {}) };
}

function pick(source, names) {
  return Object.fromEntries(names.filter((name) => source[name] !== undefined).map((name) => [name, source[name]]));
}

function withoutEmpty(value) {
  if (Array.isArray(value)) return value.map(withoutEmpty).filter((item) => !isEmpty(item));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, item]) => [name, withoutEmpty(item)])
      .filter(([, item]) => !isEmpty(item)),
  );
}

function isEmpty(value) {
  if (value === null || value === undefined || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
