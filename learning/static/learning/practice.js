// Makes practice and questions faster: sends the form without leaving the page and shows the next screen in its place.
// After any failure the browser sends the form itself. Contains no sentences: they are in the page.

import { able, refill } from "./able.js";

const main = document.getElementById("main");
// The last button tapped in each form. Safari has SubmitEvent.submitter only since 2022.
const touched = able("practice") ? new WeakMap() : null;

/** Whether `text` may be somebody's real number, by the patterns in its form's data attributes. */
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
  // Screen readers announce what is added to a live region later, not its first content.
  requestAnimationFrame(() => {
    if (words.length) main.querySelector("[role=status]").append(...words);
    main.querySelector(".touch.flash")?.scrollIntoView({ block: "nearest" });
  });
  main.querySelector("h1").focus();
  // Include the line above the content if there is one (offline/hello.js).
  (document.querySelector(".line-above:not([hidden])") ?? main).scrollIntoView();
}

/** Send the form as the browser would, with the tapped button. The form's id makes sending it twice harmless. */
function sendPlainly(form, button) {
  const touch = document.createElement("input");
  Object.assign(touch, { type: "hidden", name: button.name, value: button.value });
  if (button.name) form.append(touch);
  // Not requestSubmit: Safari has it only since 2022. submit() fires no event, so this handler does not run again.
  form.submit();
  touch.remove();
}

async function send(form, button) {
  const body = new URLSearchParams(/** @type {any} */ (new FormData(form))); // no form here holds a file
  // Added by hand: phones from before 2023 leave the button out.
  if (button.name) body.append(button.name, button.value);
  let answer, html;
  try {
    const learner = /(?:^|; )hoc-ai=([^;]*)/.exec(document.cookie)?.[1];
    // Phones from before 2019 send no cookie without `credentials`; every answer would then create a new learner.
    const headers = learner ? { "X-Learner": learner } : {};
    answer = await fetch(form.action, { method: "POST", credentials: "same-origin", body, headers });
    html = answer.ok ? await answer.text() : null;
  } catch (error) {
    // No response: the page stays and shows a message. The second time the browser sends it and shows its own error.
    const isFirst = form.dataset.failed === undefined;
    form.dataset.failed = "";
    if (isFirst || !navigator.onLine) return say("no-network");
  }
  if (!html) return sendPlainly(form, button);
  try {
    history.pushState({ quick: true }, "", answer.url);
    show(html, answer.url);
  } catch (error) {
    // The answer was sent; only its page could not be shown here.
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
  // Without a button this script does not know what was chosen. The browser does.
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
