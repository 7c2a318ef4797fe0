/* A visit's answers as text, one line for each screen of the form. say: as in templates.js. */

import { visitForm } from "../phone/visit_form.js";
import { answerAt } from "./answers.js";
import { sayDay, sayNumber } from "./dates.js";
import { stepsOf } from "./flow.js";

const listed = (say, group, codes) => (codes ?? []).map((code) => say(`${group}.${code}`));
const counted = (say, counts, names) =>
  names.filter((name) => counts?.[name] !== undefined).map((name) => say(`count.${name}`, { n: counts[name] }));
const either = (say, value, yes, no) => (value === undefined ? [] : [say(value ? yes : no)]);

const LINES = {
  "ket-qua": (say, record) => (record.outcome ? [say(`outcome.${record.outcome}`)] : []),
  "khong-gap": (_say, { reason }) => (reason ? [reason] : []),
  "xin-phep": (say, { consent }) => (consent ? [say(`consent.${consent.level}`)] : []),
  "gia-dinh": (say, { size, language_used }) => [
    ...counted(say, size, ["adults", "aged_60plus", "children_under_6", "children_6_13"]),
    ...listed(say, "language", language_used),
  ],
  "can-giup": (say, { newborn_pending, needs_support = {} }) => [
    ...either(say, newborn_pending, "newborn", "no_newborn"),
    ...Object.entries(needs_support).map(([code, n]) => `${say(`support.${code}`)}: ${n}`),
  ],
  "dien-thoai": (say, { devices }) => [
    ...counted(say, devices, ["smart", "basic"]),
    ...either(say, devices?.shared, "shared", "not_shared"),
    ...listed(say, "problem", devices?.problems),
  ],
  song: (say, { network = {} }) =>
    Object.entries(network).map(([carrier, signal]) => `${say(`carrier.${carrier}`)}: ${say(`signal.${signal}`)}`),
  dien: (say, { power, fixed_internet, wifi }) => [
    ...(power ? [say(`power.${power}`)] : []),
    ...either(say, fixed_internet, "fixed_internet", "no_fixed_internet"),
    ...either(say, wifi, "has_wifi", "no_wifi"),
  ],
  "moi-nguoi": (say, { people = [] }) => {
    const answered = people.filter((person) => Object.keys(person).length);
    return answered.length ? [say("people", { n: answered.length })] : [];
  },
  "da-giup": (say, { support_given, trip_saved_km: km }) => [
    ...listed(say, "help", support_given),
    ...(km === undefined ? [] : [say("kilometres", { n: sayNumber(km) })]),
  ],
  "viec-kho-1": (say, { issues = [] }) => listed(say, "issue", issues.map((issue) => issue.type).filter(Boolean)),
  hen: (_say, { next_visit_on, next_goal }) => [sayDay(next_visit_on), next_goal ?? ""].filter(Boolean),
  "cam-nhan": (say, { satisfaction }) => (satisfaction ? [say(`satisfaction.${satisfaction}`)] : []),
  "ghi-chu": (_say, { note }) => (note ? [note] : []),
};

/* A question for which the page has words is shown by its kind: templates/…/question_words.html. */
function plainly(say, { path, kind }, answer) {
  const words = say(`question.${path}`);
  if (answer === undefined || words === `question.${path}`) return [];
  const label = words.replace(/\?$/, "");
  const answered = (code) => say(`answer.${path}.${code}`);
  if (kind === "yes_no") return [`${label}: ${say(`yes_no.${answer}`)}`];
  if (kind === "one") return [`${label}: ${answered(answer)}`];
  if (kind === "many") return answer.map(answered);
  if (kind === "counts") return Object.entries(answer).map(([code, n]) => `${answered(code)}: ${n}`);
  if (kind === "each") return Object.entries(answer).map(([code, given]) => `${answered(code)}: ${say(`each.${path}.${given}`)}`);
  return [`${label}: ${kind === "day" ? sayDay(answer) : answer}`];
}

const plainLines = (say, record, step) => visitForm().visit
  .filter((question) => question.step === step)
  .flatMap((question) => plainly(say, question, answerAt(record, question.path)));

/** What a step's answers say; "" where it is left empty. */
export const answerLine = (say, record, step) => [...(LINES[step]?.(say, record) ?? []), ...plainLines(say, record, step)].join("; ");

/** [{step, words}] for the main line of a visit, the last screen left out. */
export function linesOf(say, record, previous) {
  return stepsOf(record, previous)
    .filter((step) => LINES[step])
    .map((step) => ({ step, words: answerLine(say, record, step) }));
}

/** [{step, words}] of what is known from earlier visits; only what there is. */
export function knownLines(say, known) {
  const steps = ["gia-dinh", "can-giup", "dien-thoai", "song", "dien", "moi-nguoi"];
  return steps.map((step) => ({ step, words: answerLine(say, known, step) })).filter((line) => line.words);
}

/** One person of a house in a line: age, VNeID, how many skills were asked. */
export function personLine(say, person) {
  const parts = [
    person.age_band ? say(`age.${person.age_band}`) : "",
    person.sex ? say(`sex.${person.sex}`) : "",
    person.vneid_level ? `VNeID: ${say(`vneid.${person.vneid_level}`)}` : "",
    person.skills ? say("person_skills", { n: Object.keys(person.skills).length }) : "",
  ].filter(Boolean);
  return parts.join(" · ") || say("person_nothing");
}
