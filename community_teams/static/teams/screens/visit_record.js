/* One visit in the shape of the API: docs/phone_app.md and domain/visits.py. */

import { namesWhere, visitForm } from "../phone/visit_form.js";
import { isEmpty } from "./answers.js";

const MET = new Set(["met_done", "met_partial"]);
/* Names of the answers that need the family's consent. */
const withConsent = () => ["people", ...namesWhere((question) => question.consent)];
/* If a family wants nothing recorded, only these fields stay: they say no more than that somebody visited. */
const WITHOUT_A_WORD = ["id", "household", "outcome", "started_at", "ended_at", "form_version", "app_version", "input_type",
  "visit_type", "consent", "next_visit_on", "supersedes"];

export const wasMet = (record) => MET.has(record.outcome);
export const mayTell = (record) => wasMet(record) && ["code", "count"].includes(record.consent?.level);

/** The first fields of a visit to `household` (its row of the worklist); drafts add id, start time and form version. */
export const begun = (household) => ({ visit_type: household.last_outcome ? "again" : "first" });

/** The record as it is sent: only what the family consented to, and nothing empty. */
export function readyToSend(record) {
  let sent = { ...record };
  if (wasMet(sent)) delete sent.reason;
  else delete sent.consent;
  if (!mayTell(sent)) for (const name of withConsent()) delete sent[name];
  if (sent.consent?.level === "none") {
    sent = Object.fromEntries(Object.entries(sent).filter(([name]) => WITHOUT_A_WORD.includes(name)));
  }
  if (sent.people) sent.people = sent.people.filter((person) => !isEmpty(person));
  if (sent.issues) sent.issues = sent.issues.filter((issue) => issue.type);
  const helped = new Set([...(sent.support_given ?? []), ...(sent.people ?? []).flatMap((each) => each.helped_with ?? [])]);
  if (helped.size) sent.support_given = [...helped];
  return Object.fromEntries(Object.entries(sent).filter(([, value]) => !isEmpty(value)));
}

/** Earlier answers that need not be asked again if the family says that nothing has changed ("vẫn thế").
    Skills are asked each time, because they may have improved. {} for a family that did not want its code recorded. */
export function stillKnown(previous) {
  if (!previous || (previous.consent && previous.consent.level !== "code")) return {};
  const names = namesWhere((question) => question.carried);
  const known = Object.fromEntries(names.filter((name) => !isEmpty(previous[name])).map((name) => [name, previous[name]]));
  const ofPerson = visitForm().person.filter(({ carried, path }) => carried && path !== "skills").map(({ path }) => path);
  const people = (previous.people ?? []).map((person) =>
    Object.fromEntries(ofPerson.filter((name) => !isEmpty(person[name])).map((name) => [name, person[name]])));
  return people.some((person) => !isEmpty(person)) ? { ...known, people } : known;
}

/** The record, with earlier answers where it has none itself. */
export function asBefore(record, previous) {
  return { ...stillKnown(previous), ...record };
}
