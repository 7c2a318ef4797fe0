/* Validation of a visit before it is sent: at the door the family can still be asked. The server's rules. */

import { questionAt, visitForm } from "../phone/visit_form.js";
import { answerAt } from "./answers.js";
import { personOf } from "./flow.js";
import { dayOf, daysAfter } from "./dates.js";

// No (?<!…): Safari before 2023 cannot even read a file with it.
const DAY = /(^|\D)(?:[0-2]?\d|3[01])[./-](?:0?\d|1[0-2])[./-](?:19|20)\d\d(?!\d)/g;
const STROKES = /(^|[^\d/])(?!(?:(?:19|20)\d\d\/)+(?:19|20)\d\d(?![\d/]))(\d{3,4}(?:\/\d{3,4}){2,})(?![\d/])/g;
const RUN = /\d+(?:[ \u00a0\t._–—-]{1,3}\d+)*/g;

/** "identity_number", "phone_number" or null; the rules of foundation/free_text.py. */
export function numberFault(text) {
  const plain = text.normalize("NFKC").replace(/\p{Cf}/gu, "").replace(DAY, "$1/")
    .replace(STROKES, (_, before, written) => before + written.replace(/\//g, "."));
  const faults = new Set((plain.match(RUN) ?? []).flatMap(faultsOf));
  if (faults.has("phone_number")) return "phone_number";
  return faults.size ? "identity_number" : null;
}

function faultsOf(run) {
  const pieces = run.match(/\d+/g);
  const faults = [];
  pieces.forEach((_, start) => {
    let digits = "";
    for (const piece of pieces.slice(start, start + 12)) {
      digits += piece;
      if ((digits.length === 10 || digits.length === 11) && digits[0] === "0") faults.push("phone_number");
      else if (digits.length === 9 || digits.length === 12 || piece.length >= 9) faults.push("identity_number");
      if (digits.length >= 12) break;
    }
  });
  return faults;
}

/** Codes of faults by path; {} when all is well. */
export function faultsIn(record) {
  const faults = {};
  for (const question of visitForm().visit) faultOf(faults, question, answerAt(record, question.path));
  (record.issues ?? []).forEach((issue, row) => {
    // An issue without a type is not sent and not shown.
    if (!issue.type) return;
    for (const { path, longest } of visitForm().issue.filter(({ kind }) => kind === "text")) {
      textFault(faults, `issues.${row}.${path}`, answerAt(issue, path), longest);
    }
  });
  const { adults, aged_60plus: old } = record.size ?? {};
  if (adults !== undefined && old > adults) faults["size.aged_60plus"] = "more_than_adults";
  if (record.next_visit_on && record.started_at) {
    const day = dayOf(new Date(record.started_at));
    if (record.next_visit_on < day) faults.next_visit_on = "before_visit";
    else if (record.next_visit_on > daysAfter(day, visitForm().furthest_days)) faults.next_visit_on = "too_far_ahead";
  }
  return faults;
}

function faultOf(faults, { path, kind, most, longest }, value) {
  if (kind === "text") textFault(faults, path, value, longest);
  else if (kind === "count") countFault(faults, path, value, most);
  else if (kind === "counts") {
    for (const [code, number] of Object.entries(value ?? {})) countFault(faults, `${path}.${code}`, number, most);
  }
}

function textFault(faults, path, text, longest) {
  if (!text) return;
  const fault = text.length > longest ? "too_long" : numberFault(text);
  if (fault) faults[path] = fault;
}

function countFault(faults, path, value, most) {
  if (value === undefined) return;
  if (!Number.isInteger(value)) faults[path] = "not_a_number";
  else if (value < 0 || value > most) faults[path] = "out_of_range";
}

/** The step on which a path is answered, to link to a fault. */
export function stepOfPath(path, record) {
  const [first, row] = path.split(".");
  if (first === "people") return `nguoi-${Number(row) + 1}-tuoi`;
  if (first === "issues") return `viec-kho-${Number(row) + 1}`;
  if (first === "consent") return "xin-phep";
  const step = questionAt(path)?.step ?? "ket-qua";
  // If nobody was met, the appointment and the reason are on one screen, and no other can be reached.
  return !record.outcome?.startsWith("met_") && ["hen", "ghi-chu"].includes(step) ? "khong-gap" : step;
}

/** Whether a fault at `path` belongs on the screen of `step`. */
export function faultOn(step, path, record) {
  const person = personOf(step);
  if (person) return path.startsWith(`people.${person.row}.`);
  return stepOfPath(path, record) === step;
}
