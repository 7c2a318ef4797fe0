/* The visit form: one screen per step, saved at every tap. Order: flow.js; markup: templates/phones/app_visit.html. */

import { visitForm } from "../phone/visit_form.js";
import { answerAt, isEmpty, withAnswer } from "./answers.js";
import { faultOn, faultsIn, stepOfPath } from "./validation.js";
import { answersOf, issueOf, issueStep, personOf, personStep, progressOf, stepAfter, stepsOf,
  stepToGoOn } from "./flow.js";
import { pathOf, tie } from "./form.js";
import { dayOf, daysAfter } from "./dates.js";
import { nameOf } from "./screens_lists.js";
import { visitAddress } from "./screens_household.js";
import { draw, onAct, say, sayCode } from "./templates.js";
import { knownLines, linesOf, personLine } from "./answer_lines.js";
import { asBefore, begun, readyToSend } from "./visit_record.js";

/* All persons share their templates, and so do all issues. */
const templateOf = (step) => (personOf(step) ? `step-nguoi-${personOf(step).part}` : issueOf(step) === null ? `step-${step}` : "step-viec-kho");
const BEFORE_THE_FLOW = new Set(["ket-qua"]);

export async function showVisit(app, [id, , step = "ket-qua"], query) {
  const row = await app.phone.worklist.household(id);
  if (!row) return app.missing();
  const [draft, previous] = await Promise.all([app.phone.drafts.get(id), app.phone.drafts.previous(id)]);
  if (!draft && !BEFORE_THE_FLOW.has(step)) return redirect(app, `#/ho/${id}`);
  const visit = openVisit(app, row, draft ?? begun(row), previous);
  const person = personOf(step);
  const issue = issueOf(step);
  const main = person ? "moi-nguoi" : issue === null ? step : "viec-kho-1";
  if (!stepsOf(visit.record, previous).includes(main) || !document.getElementById(templateOf(step))) {
    return redirect(app, visitAddress(id, stepToGoOn(visit.record, previous)));
  }
  const screen = drawStep(app, visit, { step, person, issue, back: query.get("ve") });
  screen.page.prepend(headOf(visit, step));
  return screen;
}

function redirect(app, address) {
  app.nav.replace(address);
  return null;
}

/** The current visit, with functions that save it. */
function openVisit(app, row, record, previous) {
  const visit = {
    row,
    previous,
    record,
    /** Save the record; false on a fault, which is shown. Nothing saved before is lost. */
    async keep(changed) {
      visit.record = changed;
      try {
        await app.phone.drafts.save(row.id, changed);
        app.header.fault(null);
        return true;
      } catch (error) {
        if (error.code === "locked") return app.again();
        app.header.fault(error.code);
        return false;
      }
    },
    change: (path, value) => visit.keep(withAnswer(visit.record, path, value)),
    address: (step, more) => visitAddress(row.id, step, more),
  };
  return visit;
}

function headOf(visit, step) {
  const { done, total } = progressOf(visit.record, visit.previous, step);
  // Before the first answer nobody knows how long it will be.
  const place = total > 1 ? say("step", { done, total }) : "";
  return draw("part-step-head", { house: say("household", { name: nameOf(visit.row) }), step: place });
}

function drawStep(app, visit, { step, person, issue, back }) {
  const row = person?.row ?? issue ?? 0;
  const next = (more) => visit.address(back ?? stepAfter(visit.record, visit.previous, step, more) ?? "xem-lai");
  const page = draw(templateOf(step), valuesOf(app, visit, { step, person, issue, next: next() }));
  const root = document.createElement("div");
  root.className = "screen";
  root.append(page);
  const form = root.querySelector("form.step");

  if (form) {
    const tied = tie(form, {
      row,
      record: () => visit.record,
      async change(path, value) {
        const saving = visit.change(path, value);
        refresh();
        await saving;
      },
      async answer(path, value) {
        const whole = path === "consent.level" ? ["consent", { level: value, text_version: app.consentText, how: "spoken" }] : [path, value];
        if (await visit.change(...whole)) app.go(next());
      },
    });
    offerDays(app, root, visit, () => {
      tied.show();
      refresh();
    });
  }

  function refresh() {
    const path = form ? pathOf(form, row, "").replace(/\.$/, "") : "";
    const isAnswered = path ? !isEmpty(answerAt(visit.record, path)) : answersOf(step).some((name) => !isEmpty(visit.record[name]));
    for (const link of root.querySelectorAll("[data-when]")) link.hidden = (link.dataset.when === "answered") !== isAnswered;
    for (const link of root.querySelectorAll('[data-href="next"]')) link.setAttribute("href", next());
    showFaults(root, form, row, step, visit.record);
  }

  onAct(root, {
    finish: (button) => finish(app, visit, button),
    async "as-before"() {
      if (await visit.keep(asBefore(visit.record, visit.previous))) app.go(next({ confirmed: true }));
    },
    async "remove-person"() {
      const people = visit.record.people.filter((_each, place) => place !== person.row);
      if (await visit.keep({ ...visit.record, people })) app.go(visit.address("moi-nguoi"));
    },
    async "skills-as-before"() {
      const before = skillsBefore(visit, person.row);
      const skills = { ...before, ...answerAt(visit.record, `people.${person.row}.skills`) };
      if (await visit.change(`people.${person.row}.skills`, skills)) app.again();
    },
  });
  // Earlier answers are copied into the record before the step opens: only the change has to be typed.
  for (const link of root.querySelectorAll("a[data-known]")) {
    link.addEventListener("click", async (event) => {
      event.preventDefault();
      const names = answersOf(link.dataset.known);
      const known = Object.entries(asBefore({}, visit.previous)).filter(([name]) => names.includes(name));
      if (await visit.keep({ ...Object.fromEntries(known), ...visit.record })) app.go(link.getAttribute("href"));
    });
  }
  if (person?.part === "viec") showSkillsBefore(root, skillsBefore(visit, person.row));
  refresh();
  return { title: `${root.querySelector("h1").textContent} · ${visit.row.short_code}`, page: root };
}

/** The values for the template of a step. */
function valuesOf(app, visit, { step, person, issue, next }) {
  const { record, previous } = visit;
  if (person) {
    const heading = say("person", { n: person.row + 1 });
    return { next, heading, there: Boolean(record.people?.[person.row]), before: Boolean(skillsBefore(visit, person.row)) };
  }
  if (issue !== null) {
    const another = issue + 1 < visitForm().most_issues && visit.address(issueStep(issue + 1));
    return { next, another, ...(issue > 0 && { heading: say("issue", { n: issue + 1 }) }) };
  }
  if (step === "khong-gap") return { next, outcome: say(`outcome.${record.outcome}`) };
  if (step === "da-biet") {
    const lines = knownLines(say, asBefore(record, previous));
    return { next, known: lines.map((line) => lineOf(visit, line, "da-biet", true)) };
  }
  if (step === "moi-nguoi") {
    const people = record.people ?? [];
    const add = people.length < visitForm().most_people;
    return {
      next,
      people: people.map((each, row) => draw("part-answers", {
        name: say("person", { n: row + 1 }),
        words: personLine(say, each),
        to: visit.address(personStep(row, "tuoi")),
      })),
      more: add,
      add: visit.address(personStep(people.length, "tuoi")),
      add_words: say(people.length ? "add_more" : "add_first"),
    };
  }
  if (step === "xem-lai") {
    const faults = Object.entries(faultsIn(record)).map(([path, code]) =>
      draw("part-fault", { words: sayCode("fault", code), to: visit.address(stepOfPath(path, record), { ve: "xem-lai" }) }));
    return { next, faults: faults.length && faults, parts: linesOf(say, record, previous).map((line) => lineOf(visit, line, "xem-lai")) };
  }
  return { next };
}

function lineOf(visit, { step, words }, back, known = false) {
  const query = step === "ket-qua" || step === "xin-phep" ? {} : { ve: back };
  const piece = draw("part-answers", { name: say(`step.${step}`), words: words || say("step.empty"), to: visit.address(step, query) });
  if (known) piece.querySelector("a").dataset.known = step;
  return piece;
}

/** The skills of the same person at the last visit; null if it is not certain that it is the same person. */
function skillsBefore(visit, row) {
  const before = visit.previous?.people?.[row];
  const now = visit.record.people?.[row] ?? {};
  const isSame = before?.skills && before.age_band && before.age_band === now.age_band && before.sex === now.sex;
  return isSame ? before.skills : null;
}

function showSkillsBefore(root, before) {
  for (const place of root.querySelectorAll("[data-before]")) {
    const level = before?.[place.dataset.before];
    place.hidden = level === undefined;
    if (level !== undefined) place.textContent = say("last_time", { level: say(`skill_level.${level}`) });
  }
}

function offerDays(app, root, visit, changed) {
  const today = dayOf(app.now());
  const picker = root.querySelector('input[type="date"]');
  if (picker) picker.min = today;
  for (const button of root.querySelectorAll("[data-after]")) {
    button.addEventListener("click", async () => {
      await visit.change("next_visit_on", daysAfter(today, Number(button.dataset.after)));
      changed();
    });
  }
}

function showFaults(root, form, row, step, record) {
  const faults = faultsIn(record);
  for (const place of root.querySelectorAll("[data-fault]")) {
    const path = form ? pathOf(form, row, place.dataset.fault) : place.dataset.fault;
    const code = faults[path];
    place.hidden = !code || !faultOn(step, path, record);
    if (code) place.textContent = sayCode("fault", code);
    place.parentElement.querySelector("input, textarea")?.setAttribute("aria-invalid", String(!place.hidden));
  }
}

/** Finish: validate once more, keep only what the family consented to, and move the visit to the outbox. */
async function finish(app, visit, button) {
  if (button.getAttribute("aria-disabled") === "true") return;
  const ready = readyToSend(visit.record);
  const faults = Object.entries(faultsIn(ready));
  if (faults.length) {
    const step = stepOfPath(faults[0][0], ready);
    app.header.fault(faults[0][1]);
    if (step !== "khong-gap") app.again();
    return;
  }
  button.setAttribute("aria-disabled", "true");
  try {
    if (!(await visit.keep(ready))) return;
    await app.phone.outbox.finish(visit.row.id);
    app.nav.replace(`#/da-luu/${visit.row.id}`);
  } catch (error) {
    app.header.fault(error.code);
  } finally {
    button.removeAttribute("aria-disabled");
  }
}
