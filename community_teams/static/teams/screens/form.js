/* Binds the controls of one screen to a visit's answers: shows them, and reports every change. */

import { questionAt } from "../phone/visit_form.js";
import { answerAt } from "./answers.js";

const isFlag = (path) => questionAt(path)?.kind === "yes_no";

/** A value as stored in the visit; undefined for no answer. Text in place of a number stays text: validation reports it. */
export function valueOf(path, text) {
  if (text === "") return undefined;
  if (isFlag(path)) return text === "true";
  return questionAt(path)?.number && /^\d+$/.test(text.trim()) ? Number(text) : text;
}

/** The path of a control: its name, below the person or issue the form is about. */
export const pathOf = (form, row, name) => (form.dataset.under ? `${form.dataset.under.replace("*", row)}.${name}` : name);

/**
 * record: () => the current visit. change(path, value): stores one answer. answer(path, value): the same for a button
 * that answers the screen's only question.
 */
export function tie(form, { row, record, change, answer }) {
  const path = (name) => pathOf(form, row, name);

  function show() {
    for (const control of form.elements) {
      if (!control.name || isBeingTyped(control)) continue;
      const value = answerAt(record(), path(control.name));
      if (control.tagName === "BUTTON") control.setAttribute("aria-pressed", String(String(value) === control.value));
      else if (control.type === "radio") control.checked = String(value ?? "") === control.value;
      else if (control.type === "checkbox") control.checked = Array.isArray(value) ? value.includes(control.value) : value === true;
      else control.value = value ?? "";
    }
    for (const part of form.querySelectorAll("[data-when-answered]")) {
      const value = answerAt(record(), path(part.dataset.whenAnswered));
      part.hidden = part.dataset.answered ? !value?.includes(part.dataset.answered) : !value;
    }
  }

  function listOf(name) {
    const boxes = [...form.elements].filter((control) => control.name === name && control.type === "checkbox");
    return boxes.filter((box) => box.checked).map((box) => box.value);
  }

  function heard(event) {
    const { name, type, value, checked } = event.target;
    if (!name || event.target.tagName === "BUTTON") return;
    if (type === "checkbox" && isFlag(path(name))) change(path(name), checked || undefined);
    else if (type === "checkbox") change(path(name), listOf(name));
    else change(path(name), valueOf(path(name), value));
    show();
  }

  form.addEventListener("input", heard);
  // On some phones a date picker fires only "change"; handling both events does no harm.
  form.addEventListener("change", (event) => event.target.type === "date" && heard(event));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.by) {
      const name = button.dataset.of;
      change(path(name), stepped(answerAt(record(), path(name)), Number(button.dataset.by)));
    } else if (button?.name && button.name !== "act") {
      answer(path(button.name), valueOf(path(button.name), button.value));
    }
    if (button) show();
  });
  show();
  return { show };
}

/** A field that has the focus is not overwritten. */
const isBeingTyped = (control) => control === document.activeElement && control.matches("textarea, input:not([type=radio], [type=checkbox])");

/** A count plus `by`. From no answer: 1 upwards, 0 downwards. Down from 0 is no answer again. */
export function stepped(count, by, most = 30) {
  if (!Number.isInteger(count)) return by > 0 ? 1 : 0;
  const next = count + by;
  return next < 0 ? undefined : Math.min(next, most);
}
