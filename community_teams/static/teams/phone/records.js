// One visit as the API takes it. A question left out is missing, and stays missing: never 0, never "no".

import { Fault } from "../../../../foundation/web/static/offline/faults.js";
import { newId } from "../../../../foundation/web/static/offline/ids.js";
import { namesWhere, visitForm } from "./visit_form.js";

export const FORM_VERSION = 1;
// As the server has it: domain/visits.py.
const LONGEST_VISIT = 24 * 3600 * 1000;

// What a second visit may start from: of the house, and of the family when it agreed to have it kept under its code.
const carried = (consent) => namesWhere((question) => question.carried && question.consent === consent);

/** `record` with what every visit carries, where it is not there yet. */
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
 * `record` as it is sent: ended, and without what was not answered. Throws `incomplete` {fields}.
 *
 * A draft that lay for days ended nobody knows when. One that is changed after it was finished ended when it did.
 */
export function finished(record, { now }) {
  if (!record.outcome) throw new Fault("incomplete", { fields: { outcome: "missing" } });
  const start = Date.parse(record.started_at);
  const end = Math.max(now(), start);
  const ended = end - start <= LONGEST_VISIT ? { ended_at: new Date(end).toISOString() } : {};
  return withoutEmpty({ ...ended, ...record });
}

/** Whether the visit may be kept under its household; one that may not takes what was known before with it. */
export function namesHousehold(record) {
  return !record.consent || record.consent.level === "code";
}

/** What is worth knowing at the next visit, in the shape of a visit; {} when nothing. */
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
