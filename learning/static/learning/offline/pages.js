// Renders a lesson's practice, questions and last page from its pack (views/packs.py), as the server would.
// Contains no sentences: they are in the pack, rendered by the server's templates.

import { judge, storedChoices } from "./judging.js";

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;" };
const escaped = (text) => String(text).replace(/[&<>"']/g, (letter) => ESCAPES[letter]);

function render(pack, page, gaps) {
  const [top, head, foot] = pack.frames[page.frame];
  const html = top + page.title + head + page.main + foot;
  return html.replace(/⟦([^⟧]*)⟧/g, (_, name) => gaps[name] ?? "");
}

const base = (pack) => `/bai-hoc/${pack.lesson}`;

/** A practice screen at `address`, a URL of ours; null if the pack has no such screen. form: a new id. */
export function screenPage(pack, id, address, form) {
  const screen = pack.screens[id ?? pack.first];
  if (!screen) return null;
  const query = address.searchParams;
  const from = pack.screens[query.get("tu")];
  const touched = query.getAll("cham");
  let tried = null;
  let word = "";
  if (from && touched.length) word = judge(from, touched).hint[1];
  else if (from) word = from.praise;
  else if (query.has("xoa")) {
    tried = { lit: [] };
    word = pack.wiped;
  } else if (touched.length || query.has("lai")) {
    tried = judge(screen, touched);
    word = tried.hint[0];
  }
  const met = tried ? query.getAll("du") : [];
  const gaps = { path: address.pathname, form, word, tried: tried ? " flash" : "" };
  for (const { id: target, looks } of screen.targets ?? []) {
    const lit = Number(tried?.lit.includes(target) ?? false);
    gaps[`target ${target}`] = looks[screen.kind === "tick" ? 2 * touched.includes(target) + lit : lit];
  }
  for (const [code, looks] of Object.entries(screen.rules ?? {})) gaps[`rule ${code}`] = looks[Number(met.includes(code))];
  return render(pack, id === null ? screen.begin : screen.page, gaps);
}

/** A question at `address`; null if the pack has no such question. */
export function questionPage(pack, id, address, form) {
  const question = pack.questions[id];
  if (!question) return null;
  const chosen = address.searchParams.get("chon") ?? "";
  return render(pack, question.pages[chosen] ?? question.pages[""], { path: address.pathname, form });
}

/** Where /cau-hoi leads: the first question not answered correctly yet, else the last page. right: Set of steps. */
export function nextQuestion(pack, right) {
  const waiting = Object.keys(pack.questions).find((id) => !right.has(id));
  return waiting ? `${base(pack)}/cau-hoi/${waiting}` : `${base(pack)}/xong`;
}

/** The last page. rightIn: (lesson) => Set of the steps the current learner has answered correctly. */
export function endPage(pack, address, rightIn) {
  const isDone = ({ id, graded }) => graded.every((step) => rightIn(id).has(step));
  const missing = pack.graded.filter((step) => !rightIn(pack.lesson).has(step));
  const gaps = { path: address.pathname };
  if (missing.length) {
    const way = missing[0] in pack.questions ? `/cau-hoi/${missing[0]}` : "/tap";
    Object.assign(gaps, { way: base(pack) + way, done: pack.graded.length - missing.length });
    return render(pack, pack.ends.missing, gaps);
  }
  const next = pack.course_lessons.find((lesson) => !isDone(lesson));
  gaps["lessons done"] = pack.course_lessons.filter(isDone).length;
  if (!next) return render(pack, pack.ends.course, gaps);
  Object.assign(gaps, { "next id": next.id, "next title": escaped(next.title), "next minutes": next.minutes });
  return render(pack, pack.ends.more, gaps);
}

/**
 * The next page after an answer, and the answer to store.
 *
 * @param {string} part  "tap" or "cau-hoi"
 * @param {string[]} given  the form's values
 * @returns {{to: string, answer: {step, given, right} | null} | null}  null if the pack has no such step
 */
export function answered(pack, part, id, given) {
  return part === "tap" ? screenAnswered(pack, id, given) : questionAnswered(pack, id, given);
}

function questionAnswered(pack, id, given) {
  const question = pack.questions[id];
  if (!question) return null;
  const to = `${base(pack)}/cau-hoi/${id}`;
  const chosen = given[0] ?? "";
  if (!chosen || !(chosen in question.pages)) return { to, answer: null };
  const answer = { step: id, given: [chosen], right: chosen === question.right };
  return { to: `${to}?chon=${encodeURIComponent(chosen)}#main`, answer };
}

function screenAnswered(pack, id, given) {
  const screen = pack.screens[id];
  if (!screen) return null;
  const outcome = judge(screen, given);
  const isStored = screen.graded && !outcome.wiped;
  const answer = isStored ? { step: id, given: storedChoices(screen, given, outcome.right), right: outcome.right } : null;
  if (outcome.goes === "") return { to: `${base(pack)}/cau-hoi#main`, answer };
  const query = new URLSearchParams(addressParameters(screen, id, given, outcome)).toString();
  return { to: `${base(pack)}/tap/${outcome.goes ?? id}${query && `?${query}`}#main`, answer };
}

function addressParameters(screen, id, given, outcome) {
  if (outcome.right) return screen.praise ? [["tu", id]] : [];
  if (outcome.wiped) return [["xoa", "1"]];
  const choices = storedChoices(screen, given, false) || [];
  const touched = choices.map((choice) => ["cham", choice]);
  if (outcome.goes !== null) return [["tu", id], ...touched];
  if (screen.kind === "secret") return [["lai", "1"], ...outcome.met.map((code) => ["du", code])];
  return touched.length ? touched : [["lai", "1"]];
}
