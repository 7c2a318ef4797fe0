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
  let kept = { ...record };
  if (wasMet(kept)) delete kept.reason;
  else delete kept.consent;
  if (!mayTell(kept)) for (const name of withConsent()) delete kept[name];
  if (kept.consent?.level === "none") {
    kept = Object.fromEntries(Object.entries(kept).filter(([name]) => WITHOUT_A_WORD.includes(name)));
  }
  if (kept.people) kept.people = kept.people.filter((person) => !isEmpty(person));
  if (kept.issues) kept.issues = kept.issues.filter((issue) => issue.type);
  const helped = new Set([...(kept.support_given ?? []), ...(kept.people ?? []).flatMap((each) => each.helped_with ?? [])]);
  if (helped.size) kept.support_given = [...helped];
  return Object.fromEntries(Object.entries(kept).filter(([, value]) => !isEmpty(value)));
}

/** Earlier answers that need not be asked again if the family says that nothing has changed ("vẫn thế").
    Skills are asked each time, because they may have improved. {} for a family that did not want its code recorded. */
export function stillKnown(previous) {
  if (!previous || (previous.consent && previous.consent.level !== "code")) return {};
  const names = namesWhere((question) => question.carried);
  const kept = Object.fromEntries(names.filter((name) => !isEmpty(previous[name])).map((name) => [name, previous[name]]));
  const ofPerson = visitForm().person.filter(({ carried, path }) => carried && path !== "skills").map(({ path }) => path);
  const people = (previous.people ?? []).map((person) =>
    Object.fromEntries(ofPerson.filter((name) => !isEmpty(person[name])).map((name) => [name, person[name]])));
  return people.some((person) => !isEmpty(person)) ? { ...kept, people } : kept;
}

/** The record, with earlier answers where it has none itself. */
export function asBefore(record, previous) {
  return { ...stillKnown(previous), ...record };
}
