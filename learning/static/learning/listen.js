// Buttons that read the page aloud. Without a Vietnamese voice and without recordings there are no buttons.
// Contains no sentences: the page has the words in #hear, and lists in data-hear what is read, in order.

import { able, refill } from "./able.js";

const PIECES = "h1, h2, h3, p, li, label, button, .button-main";

const provided = document.getElementById("hear");
let voice = null; // voice.js, loaded once there is something to hear
/** @type {any} */
let reading = null; // {row, kind, at}: the row of buttons, "one" or "all", and the address reading moved to by itself
let awake = null;

const rows = () => document.querySelectorAll(".hear");
const parts = (row) => row.dataset.hear.split(" ").map((id) => document.getElementById(id)).filter(Boolean);
// A page where only interface words (data-read-out) are recorded does not count as recorded.
const recorded = (part) => part.matches("[data-recorded]") || part.querySelector("[data-recorded]");
const isVisible = (part) => part.getClientRects().length > 0;

function mark(part) {
  document.querySelector(".reading")?.classList.remove("reading");
  part?.classList.add("reading");
  part?.scrollIntoView({ block: "nearest" });
}

/** Read `part` and everything visible in it. goesOn: reading continues by itself, so the "next" button is not read. */
async function read(part, goesOn) {
  if (part.matches(voice.UNSPOKEN) || !isVisible(part)) return;
  if (goesOn && part.matches(".button-main")) return;
  const whole = part.matches(PIECES) && !part.querySelector(PIECES);
  const { dataset } = whole && !part.dataset.recorded ? (part.querySelector("[data-read-out]") ?? part) : part;
  const address = dataset.recorded ?? dataset.readOut;
  if (address) {
    mark(part);
    try {
      await voice.play(address);
      return await voice.pause();
    } catch (why) {
      if (why === voice.STOPPED) throw why;
      delete dataset.recorded; // the voice is used from now on
      delete dataset.readOut;
    }
  }
  if (!whole) {
    for (const child of part.children) await read(child, goesOn);
  } else if (part.closest("[lang]").lang === "vi") {
    const words = voice.wordsOf(part);
    if (!words || !voice.voices().length) return;
    mark(part);
    await voice.say(words);
    await voice.pause();
  }
}

async function readRow(row, goesOn) {
  let covered = "";
  for (const part of parts(row)) {
    if (covered.split(" ").includes(part.id)) continue;
    await read(part, goesOn);
    if (part.dataset.recorded) covered += ` ${part.dataset.covers}`;
  }
}

/** Where the "next" button leads on this page, and the row of buttons there; no row at the end. */
function following(row) {
  const way = row.closest("section")?.querySelector(".actions .button-main")?.getAttribute("href") ?? "";
  return { way, next: way.startsWith("#") && document.getElementById(way.slice(1))?.querySelector(".hear") };
}

async function start(row, kind) {
  stop();
  const mine = (reading = { row, kind, at: "" });
  show();
  // Without the wake lock the phone would switch off its screen and stop reading.
  navigator.wakeLock?.request("screen").then((lock) => void (reading === mine ? (awake = lock) : lock.release()), () => {});
  try {
    for (;;) {
      const { way, next } = kind === "all" ? following(mine.row) : {};
      await readRow(mine.row, next);
      if (!next) break;
      const held = mine.row.contains(document.activeElement);
      mine.row = next;
      if (!isVisible(next)) {
        mine.at = way;
        location.replace(way);
      }
      if (held) next.querySelector("[value=all]").focus({ preventScroll: true });
      await voice.pause();
    }
    stop();
  } catch (why) {
    if (why === voice.STOPPED) return;
    stop();
    fill();
    if (!mine.row.firstChild) mine.row.append(document.getElementById("hear-mute").content.cloneNode(true));
  }
}

function stop() {
  if (!reading) return;
  reading = null;
  voice.hush();
  awake?.release();
  awake = null;
  mark();
  show();
}

const on = (button) =>
  reading?.kind === button.value && (reading.row === button.parentElement || button.value === "all");

/** Every button shows what a tap would do now. Three are too many for a small phone: "slow" shows only while reading. */
function show() {
  for (const row of rows()) {
    const buttons = [...row.querySelectorAll("button")];
    const busy = buttons.some(on);
    for (const button of buttons) {
      const [go, halt] = button.querySelectorAll("span");
      if (go) [go.hidden, halt.hidden] = [on(button), !on(button)];
      else button.setAttribute("aria-pressed", voice.slow);
      button.hidden = buttons.length > 2 && (go ? busy && !on(button) : !busy);
    }
  }
}

/** Add buttons wherever something can be heard; remove them where nothing can any more. */
function fill() {
  const able = voice.voices().length > 0;
  for (const row of rows()) {
    if (!able && !parts(row).some(recorded)) refill(row);
    else if (!row.querySelector("button")) {
      refill(row, provided.content.cloneNode(true));
      for (const button of row.querySelectorAll("button"))
        if (!row.dataset.with.split(" ").includes(button.value)) button.remove();
    }
  }
  show();
}

async function look() {
  const speaks = (window.speechSynthesis?.getVoices() ?? []).some(({ lang }) => /^vi([-_]|$)/i.test(lang));
  if (!voice && !speaks && ![...rows()].some((row) => parts(row).some(recorded))) return;
  if (!voice) voice = await import("./voice.js").catch(() => null); // no network: no buttons
  if (voice) fill();
}

if (able("listen")) {
  document.addEventListener("click", (event) => {
    const button = /** @type {Element} */ (event.target).closest(".hear button");
    if (!button) return stop();
    if (button.value === "slow") {
      voice.changePace();
      show();
    } else if (on(button)) stop();
    else start(button.parentElement, button.value);
  });
  addEventListener("pointerdown", (event) => /** @type {Element} */ (event.target).closest(".hear") || stop(), { passive: true });
  addEventListener("keydown", (event) => event.key === "Escape" && stop());
  addEventListener("hashchange", () => location.hash === reading?.at || stop());
  addEventListener("pagehide", stop);

  new MutationObserver(() => (stop(), look())).observe(document.getElementById("main"), { childList: true });
  window.speechSynthesis?.addEventListener?.("voiceschanged", look);
  look();
  setTimeout(look, 1000); // some browsers load their voices later and send no event
}
