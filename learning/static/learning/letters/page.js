// The page /xac-nhan/quet: camera or box, then what was found. All sentences stand in the page.

import { openCamera } from "./camera.js";
import { checkAward } from "./checking.js";
import { newestOrKept } from "./kept.js";
import { Damaged, Mistyped, readScanned } from "./reading.js";

const main = document.querySelector("#check");
const at = (selector) => main.querySelector(selector);
const moment = new Intl.DateTimeFormat("vi-VN", { dateStyle: "short", timeStyle: "short", timeZone: "Asia/Ho_Chi_Minh" });
const day = new Intl.DateTimeFormat("vi-VN", { day: "2-digit", month: "2-digit", year: "numeric", timeZone: "UTC" });
const inGroups = (code) => `${code.slice(0, 3)}-${code.slice(3, 6)}-${code.slice(6)}`;

// Loaded at once, so that the browser, and whoever keeps files for later, has them before the network goes.
const tools = Promise.all([import(main.dataset.ed25519), import(main.dataset.cbor)]).then(([ed25519, cbor]) => ({
  decode: cbor.decode,
  verify: (signature, message, key) => ed25519.verifyAsync(signature, message, key),
}));

async function lists() {
  const sources = { fetch: window.fetch.bind(window), caches: window.caches };
  return Promise.all([newestOrKept(main.dataset.keys, sources), newestOrKept(main.dataset.status, sources)]);
}

function show(finding, { award = null, courses = {}, asOf = "", fresh = true } = {}) {
  const place = at("#finding");
  const said = at(`template[data-finding="${finding}"]`).content.cloneNode(true);
  place.replaceChildren(said);
  if (award) {
    const facts = at("#facts").content.cloneNode(true);
    const told = {
      name: award.name,
      initials: award.name,
      course: courses[award.course] ?? award.course,
      manner: at(`template[data-manner="${award.manner}"]`).content.textContent,
      day: day.format(award.issuedOn),
      code: inGroups(award.code),
    };
    for (const slot of facts.querySelectorAll("[data-fact]")) slot.textContent = told[slot.dataset.fact];
    for (const only of facts.querySelectorAll("[data-only]")) only.hidden = only.dataset.only !== (award.whole ? "name" : "initials");
    place.append(facts);
  }
  if (asOf) {
    const when = at("#as-of").content.cloneNode(true);
    when.querySelector("[data-moment]").textContent = moment.format(new Date(asOf));
    when.querySelector("[data-kept]").hidden = fresh;
    place.append(when);
  }
  place.focus();
}

async function check(text) {
  let scanned;
  try {
    scanned = readScanned(text);
  } catch (error) {
    if (!(error instanceof Mistyped)) throw error;
    return show("mistyped");
  }
  if (!scanned.digits) {
    // A code alone says nothing by itself: only our records know it.
    if (navigator.onLine) window.location.assign(main.dataset.online + scanned.code);
    else show("code_alone");
    return;
  }
  const [keys, status] = await lists();
  if (!keys || !status) return show("nothing_kept");
  let said;
  try {
    said = await checkAward(scanned, keys.content, status.content, await tools);
  } catch (error) {
    // Kept lists that do not belong together, or were tampered with, are as good as none.
    if (!(error instanceof Damaged)) throw error;
    return show("nothing_kept");
  }
  const { finding, award } = said;
  show(finding, { award, courses: keys.content.courses, asOf: status.content.as_of, fresh: status.fresh });
}

let stop = null;

function stopCamera() {
  stop?.();
  stop = null;
  at("#viewfinder").hidden = true;
  at("#start-camera").hidden = false;
}

async function startCamera() {
  at("#finding").replaceChildren();
  at("#start-camera").hidden = true;
  at("#viewfinder").hidden = false;
  try {
    stop = await openCamera(at("video"), main.dataset, (text) => {
      stopCamera();
      at("textarea").value = text;
      check(text);
    });
  } catch {
    stopCamera();
    show("no_camera");
  }
}

at("form").addEventListener("submit", (event) => {
  event.preventDefault();
  check(at("textarea").value);
});
at("#start-camera").addEventListener("click", startCamera);
at("#stop-camera").addEventListener("click", stopCamera);
at("#camera").hidden = !navigator.mediaDevices?.getUserMedia;
// Fetch and keep the lists now, while there may be network.
lists().then(([keys, status]) => {
  at("#ready").hidden = !(keys && status);
});
