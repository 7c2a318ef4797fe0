// Tells the worker that a page of learning is open, and shows what only the phone knows: that this lesson is on it, and how
// many answers wait. Loaded by web/keeping.js once the worker is asked for. Holds no sentence: the page brings them.

import { able } from "../able.js";
import { ask, holds, nowLearning } from "./worker_client.js";

const EVERY_MS = 240_000;
const root = document.documentElement;
const unsent = document.getElementById("unsent");

let tapped = ""; // what the last tap on "send" came to

/** Show the line of unsent answers; outcome: of a tap on "send", which stays as long as it is true. */
function showUnsent({ waiting }, outcome = tapped) {
  if (!unsent || (unsent.hidden && waiting === 0)) return;
  // Once it stands it goes on standing, and says that all is sent: nothing may slip away under a thumb.
  tapped = outcome === "sent" || waiting === 0 ? (waiting === 0 ? "sent" : "") : outcome;
  inPlace(() => {
    for (const each of unsent.querySelectorAll("[data-count]")) each.textContent = waiting;
    for (const each of unsent.querySelectorAll("[data-outcome]")) each.hidden = each.dataset.outcome !== tapped;
    for (const each of unsent.querySelectorAll("[data-some]")) each.hidden = waiting === 0;
    unsent.hidden = false;
  });
}

/** Do `change` above the page's content, and let the content stay under the thumb where it was. */
function inPlace(change) {
  const main = document.getElementById("main");
  const before = main.getBoundingClientRect().top;
  change();
  window.scrollBy(0, main.getBoundingClientRect().top - before);
}

async function sendNow({ currentTarget: button }) {
  button.disabled = true;
  const answer = await ask("send").catch(() => ({ stopped: "failed" }));
  button.disabled = false;
  const counts = answer.waiting === undefined ? await ask("counts") : answer;
  const known = { offline: navigator.onLine ? "silent" : "offline", later: "later", not_our_answer: "portal" };
  showUnsent(counts, counts.waiting === 0 ? "sent" : (known[answer.stopped] ?? "silent"));
}

/** What is said to be on this phone is looked for there, and only then said. */
async function showKept() {
  for (const place of document.querySelectorAll("[data-holds]")) {
    const isThere = root.dataset.keeping === "ready" && (await holds({ lesson: place.dataset.holds }).catch(() => false));
    place.hidden = !isThere;
  }
}

function hello(/** @type {{type?: string}} */ { type } = {}) {
  if (document.visibilityState === "hidden") return;
  const told = { path: location.pathname, lang: root.lang, learner: nowLearning(), online: type === "online", timer: type === undefined };
  // "kept": what this page needs has come onto the phone as far as it could; "greeted": all else is done, too.
  const kept = () => document.dispatchEvent(new CustomEvent("kept"));
  ask("hello", told, kept).then(() => document.dispatchEvent(new CustomEvent("greeted")), () => {});
}

if (able("keeping")) {
  const workers = navigator.serviceWorker;
  for (const what of ["online", "focus"]) window.addEventListener(what, hello);
  document.addEventListener("visibilitychange", hello);
  for (const what of ["keeping", "kept"]) document.addEventListener(what, showKept);
  workers.addEventListener("controllerchange", showKept);
  workers.addEventListener("message", ({ data }) => data?.what === "unsent" && showUnsent(data));
  workers.startMessages?.();
  root.style.overflowAnchor = "none"; // inPlace does it, in every browser
  setInterval(hello, EVERY_MS);
  for (const button of unsent?.querySelectorAll("button") ?? []) button.addEventListener("click", sendNow);
  hello({ type: "open" });
  showKept();
}
