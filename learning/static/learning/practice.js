// Makes practice and questions quicker: sends the form without leaving the page and puts the next screen in its place.
// Whatever goes wrong, the browser sends the form as if this were not here. Holds no sentence: the page brings them.

import { able, refill } from "./able.js";

const main = document.getElementById("main");
// The button touched last in each form: SubmitEvent.submitter came to Safari in 2022 only.
const touched = able("practice") ? new WeakMap() : null;

/** Whether `text` may be somebody's real number, by the patterns its form carries. */
function looksReal(text, { real, invented }) {
  return (text.normalize("NFKC").match(new RegExp(real, "g")) ?? []).some(
    (number) => !new RegExp(invented).test(number.replace(/\D/g, "")),
  );
}

function say(id) {
  const place = document.querySelector("[role=status].word");
  if (!place) return;
  refill(place, document.getElementById(id).content.cloneNode(true));
  place.scrollIntoView({ block: "nearest" });
}

function show(html, address) {
  const next = new DOMParser().parseFromString(html, "text/html");
  for (const sheet of next.querySelectorAll("link[rel=stylesheet]"))
    if (!document.querySelector(`link[href="${sheet.getAttribute("href")}"]`)) return location.assign(address);
  const status = next.querySelector("#main [role=status]");
  const words = status ? [...status.childNodes] : [];
  if (status) status.textContent = "";
  refill(main, ...next.getElementById("main").childNodes);
  document.title = next.title;
  // A live region speaks of what is put into it later, not of what it was born with.
  requestAnimationFrame(() => {
    if (words.length) main.querySelector("[role=status]").append(...words);
    main.querySelector(".touch.flash")?.scrollIntoView({ block: "nearest" });
  });
  main.querySelector("h1").focus();
  // With the line above it, if one stands there (offline/hello.js).
  (document.querySelector(".line-above:not([hidden])") ?? main).scrollIntoView();
}

/** Send the form as the browser would have, with the button that was touched. Its id makes a second time harmless. */
function sendPlainly(form, button) {
  const touch = document.createElement("input");
  Object.assign(touch, { type: "hidden", name: button.name, value: button.value });
  if (button.name) form.append(touch);
  // Not requestSubmit, which came to Safari in 2022 only; submit() raises no event, so this is not met again.
  form.submit();
  touch.remove();
}

async function send(form, button) {
  const body = new URLSearchParams(/** @type {any} */ (new FormData(form))); // no form here holds a file
  // Said by hand: phones of before 2023 leave the button out.
  if (button.name) body.append(button.name, button.value);
  let answer, html;
  try {
    const learner = /(?:^|; )hoc-ai=([^;]*)/.exec(document.cookie)?.[1];
    // Phones of before 2019 leave the cookie out unless told, and each answer would be somebody else's.
    const headers = learner ? { "X-Learner": learner } : {};
    answer = await fetch(form.action, { method: "POST", credentials: "same-origin", body, headers });
    html = answer.ok ? await answer.text() : null;
  } catch (error) {
    // Nothing came: the page stays and says so. The second time the browser tries itself, and tells what it met.
    const isFirst = form.dataset.failed === undefined;
    form.dataset.failed = "";
    if (isFirst || !navigator.onLine) return say("no-network");
  }
  if (!html) return sendPlainly(form, button);
  try {
    history.pushState({ quick: true }, "", answer.url);
    show(html, answer.url);
  } catch (error) {
    // The answer is given; only its page could not be put here.
    location.assign(answer.url);
  }
  return undefined;
}

function submitted(event) {
  const form = event.target;
  const button = event.submitter || touched.get(form);
  touched.delete(form);
  const typed = form.querySelector(".phone-input");
  if (form.dataset.real && looksReal(typed.value, form.dataset)) {
    event.preventDefault();
    typed.value = "";
    typed.focus();
    return say("wiped");
  }
  // Without a button nobody knows here what was chosen. The browser does.
  if (form.dataset.quick === undefined || !button) return;
  event.preventDefault();
  if (form.getAttribute("aria-busy") === "true") return;
  form.setAttribute("aria-busy", "true");
  send(form, button).finally(() => form.removeAttribute("aria-busy"));
}

if (touched) {
  main.addEventListener("click", (event) => {
    const button = event.target.closest("button, input[type=submit]");
    if (button && button.form) touched.set(button.form, button);
  });
  main.addEventListener("submit", submitted);
  main.addEventListener("input", (event) => {
    for (const line of event.target.form.querySelectorAll("[data-rule]:not([data-rule=''])"))
      line.classList.toggle("met", new RegExp(line.dataset.rule, "u").test(event.target.value.trim()));
  });
  addEventListener("popstate", () => location.reload());
}
