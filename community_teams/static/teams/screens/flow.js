/* The order of the form's screens, one step per screen. A step's name is the last part of its address. */

import { namesWhere, visitForm } from "../phone/visit_form.js";
import { isEmpty } from "./answers.js";
import { mayTell, stillKnown, wasMet } from "./visit_record.js";

const PERSON = ["tuoi", "viec", "giup"];
const OF_A_PERSON = /^nguoi-(\d+)-(tuoi|viec|giup)$/;
const OF_AN_ISSUE = /^viec-kho-(\d+)$/;

/** Which person and part of a step, or null: "nguoi-2-viec" → {row: 1, part: "viec"}. */
export function personOf(step) {
  const [, number, part] = OF_A_PERSON.exec(step) ?? [];
  const row = Number(number) - 1;
  return part && row >= 0 && row < visitForm().most_people ? { row, part } : null;
}

/** Which issue a step is about, or null: "viec-kho-1" → 0. */
export function issueOf(step) {
  const row = Number(OF_AN_ISSUE.exec(step)?.[1]) - 1;
  return row >= 0 && row < visitForm().most_issues ? row : null;
}

export const personStep = (row, part) => `nguoi-${row + 1}-${part}`;
export const issueStep = (row) => `viec-kho-${row + 1}`;

/** The main steps of a visit. previous: earlier answers, or nothing. */
export function stepsOf(record, previous) {
  if (!record?.outcome) return ["ket-qua"];
  if (!wasMet(record)) return ["ket-qua", "khong-gap"];
  if (record.consent?.level === "none") return ["ket-qua", "xin-phep", "hen", "xem-lai"];
  const end = ["da-giup", "viec-kho-1", "hen", ...(mayTell(record) ? ["cam-nhan"] : []), "ghi-chu", "xem-lai"];
  if (!mayTell(record)) return ["ket-qua", "xin-phep", "song", "dien", ...end];
  const known = isEmpty(stillKnown(previous)) ? [] : ["da-biet"];
  const family = ["gia-dinh", "can-giup", "dien-thoai", "song", "dien", "moi-nguoi"];
  return ["ket-qua", "xin-phep", ...known, ...family, ...end];
}

/** The step after `step`; null after the last. confirmed: on "da-biet", skip the steps that were confirmed (`asBefore`). */
export function stepAfter(record, previous, step, { confirmed = false } = {}) {
  const person = personOf(step);
  if (person) {
    const part = PERSON[PERSON.indexOf(person.part) + 1];
    return part ? personStep(person.row, part) : "moi-nguoi";
  }
  if (step === "da-biet" && confirmed) return "moi-nguoi";
  const steps = stepsOf(record, previous);
  const place = steps.indexOf(issueOf(step) === null ? step : "viec-kho-1");
  return place < 0 ? steps[steps.length - 1] : (steps[place + 1] ?? null);
}

/** The step before `step`; null before the first. */
export function stepBefore(record, previous, step) {
  const person = personOf(step);
  if (person) {
    const part = PERSON[PERSON.indexOf(person.part) - 1];
    return part ? personStep(person.row, part) : "moi-nguoi";
  }
  const issue = issueOf(step);
  if (issue) return issueStep(issue - 1);
  const steps = stepsOf(record, previous);
  return steps[steps.indexOf(step) - 1] ?? null;
}

/** Progress for the top line: {done, total}; done includes the step itself. */
export function progressOf(record, previous, step) {
  const steps = stepsOf(record, previous);
  const main = personOf(step) ? "moi-nguoi" : issueOf(step) === null ? step : "viec-kho-1";
  return { done: Math.max(1, steps.indexOf(main) + 1), total: steps.length };
}

/** Where an interrupted visit continues: after the last main step with an answer, or at the last step. */
export function stepToGoOn(record, previous) {
  const steps = stepsOf(record, previous);
  const answered = steps.filter((step) => holds(record, step));
  const next = answered.length ? stepAfter(record, previous, answered[answered.length - 1]) : null;
  return next ?? steps[steps.length - 1];
}

/* Steps with whole groups, or with questions that belong to two screens; of other steps the questions say it. */
const WHOLE = { "khong-gap": ["reason", "next_visit_on"], "moi-nguoi": ["people"], "viec-kho-1": ["issues"] };

/** Names of the answers of a step; those of a person and an issue begin at that person or issue. */
export const answersOf = (step) => WHOLE[step] ?? namesWhere((question) => question.step === step);

function holds(record, step) {
  return answersOf(step).some((name) => !isEmpty(record[name]));
}
