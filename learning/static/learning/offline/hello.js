// Tells the worker that a page of learning is open. Shows what only the phone knows: whether this lesson is stored on it,
// and how many answers wait. Loaded by web/keeping.js after the worker is registered. Contains no sentences.

import { able } from "../able.js";
import { ask, holds, nowLearning } from "./worker_client.js";

const EVERY_MS = 240_000;
const root = document.documentElement;
const unsent = document.getElementById("unsent");

let tapped = ""; // outcome of the last tap on "send"

/** Show the line of unsent answers. outcome: of a tap on "send"; it stays visible as long as it is true. */
function showUnsent({ waiting }, outcome = tapped) {
  if (!unsent || (unsent.hidden && waiting === 0)) return;
  // Once visible, the line stays and says that everything is sent: nothing may move while somebody taps.
  tapped = outcome === "sent" || waiting === 0 ? (waiting === 0 ? "sent" : "") : outcome;
  inPlace(() => {
    for (const each of unsent.querySelectorAll("[data-count]")) each.textContent = waiting;
    for (const each of unsent.querySelectorAll("[data-outcome]")) each.hidden = each.dataset.outcome !== tapped;
    for (const each of unsent.querySelectorAll("[data-some]")) each.hidden = waiting === 0;
    unsent.hidden = false;
  });
}

/** Do `change` above the page's content and scroll so that the content does not move on the screen. */
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

/** Show "on this phone" only after looking whether it is. */
async function showAvailability() {
  for (const place of document.querySelectorAll("[data-holds]")) {
    const isThere = root.dataset.keeping === "ready" && (await holds({ lesson: place.dataset.holds }).catch(() => false));
    place.hidden = !isThere;
  }
}

function hello(/** @type {{type?: string}} */ { type } = {}) {
  if (document.visibilityState === "hidden") return;
  const payload = { path: location.pathname, lang: root.lang, learner: nowLearning(), online: type === "online", timer: type === undefined };
  // "stored": the worker has stored what it could of this page. "greeted": everything else is done, too.
  const stored = () => document.dispatchEvent(new CustomEvent("stored"));
  ask("hello", payload, stored).then(() => document.dispatchEvent(new CustomEvent("greeted")), () => {});
}

if (able("keeping")) {
  const workers = navigator.serviceWorker;
  for (const what of ["online", "focus"]) window.addEventListener(what, hello);
  document.addEventListener("visibilitychange", hello);
  for (const what of ["keeping", "stored"]) document.addEventListener(what, showAvailability);
  workers.addEventListener("controllerchange", showAvailability);
  workers.addEventListener("message", ({ data }) => data?.what === "unsent" && showUnsent(data));
  workers.startMessages?.();
  root.style.overflowAnchor = "none"; // inPlace does it, in every browser
  setInterval(hello, EVERY_MS);
  for (const button of unsent?.querySelectorAll("button") ?? []) button.addEventListener("click", sendNow);
  hello({ type: "open" });
  showAvailability();
}
