// One visit as the API takes it. A question left out is missing, and stays missing: never 0, never "no".

import { Fault } from "./faults.js";
import { newId } from "./ids.js";

export const FORM_VERSION = 1;

// What a second visit may start from, when the family agreed to have it kept under its code.
const KNOWN = ["language_used", "size", "newborn_pending", "needs_support", "devices", "network", "fixed_internet", "wifi", "power"];
const KNOWN_OF_PERSON = ["age_band", "sex", "vneid_level", "documents", "skills"];

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

/** `record` as it is sent: ended, and without what was not answered. Throws `incomplete` {fields}. */
export function finished(record, { now }) {
  if (!record.outcome) throw new Fault("incomplete", { fields: { outcome: "missing" } });
  return withoutEmpty({ ended_at: new Date(Math.max(now(), Date.parse(record.started_at))).toISOString(), ...record });
}

/** What is worth knowing at the next visit; null where the family did not agree to that. */
export function knownFrom(record) {
  if (record.consent?.level !== "code") return null;
  const people = (record.people ?? []).map((person) => pick(person, KNOWN_OF_PERSON));
  const known = { ...pick(record, KNOWN), ...(people.length ? { people } : {}) };
  return { ...known, visited_at: record.started_at, outcome: record.outcome };
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
