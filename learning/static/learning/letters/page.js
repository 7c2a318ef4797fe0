// The page /xac-nhan/quet: camera or box, then what was found. All sentences stand in the page. A browser that cannot check
// by itself leaves it to the server: the box is a form of its own, and a code read by the camera is looked up there.

import { able, refill } from "../able.js";
import { holds } from "../offline/worker_client.js";
import { openCamera } from "./camera.js";
import { checkAward } from "./checking.js";
import { areKept, newestOrKept } from "./list_cache.js";
import { InvalidAward, InvalidCode, readScanned } from "./reading.js";

const main = document.querySelector("#check");
const checksItself = able("letters");
const at = (selector) => main.querySelector(selector);
const moment = new Intl.DateTimeFormat("vi-VN", { day: "2-digit", month: "2-digit", year: "numeric", hour: "2-digit", minute: "2-digit", timeZone: "Asia/Ho_Chi_Minh" });
const day = new Intl.DateTimeFormat("vi-VN", { day: "2-digit", month: "2-digit", year: "numeric", timeZone: "UTC" });
const inGroups = (code) => `${code.slice(0, 3)}-${code.slice(3, 6)}-${code.slice(6)}`;

// Loaded at once, so that the browser, and whoever keeps files for later, has them before the network goes.
const tools = checksItself && import("./tools.js");

async function lists() {
  const sources = { fetch: window.fetch.bind(window), caches: window.caches };
  return Promise.all([newestOrKept(main.dataset.keys, sources), newestOrKept(main.dataset.status, sources)]);
}

function show(finding, { award = null, courses = {}, asOf = "", fresh = true } = {}) {
  const place = at("#finding");
  const said = at(`template[data-finding="${finding}"]`).content.cloneNode(true);
  refill(place, said);
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
    if (!(error instanceof InvalidCode)) throw error;
    return show("mistyped");
  }
  if (!scanned.digits || !checksItself) {
    // A code alone says nothing by itself: only our records know it.
    if (!navigator.onLine) return show(checksItself ? ((await lists()).every(Boolean) ? "code_alone" : "nothing_kept") : "needs_network");
    if (scanned.code) return window.location.assign(main.dataset.online + scanned.code);
    return at("form").submit();
  }
  const [keys, status] = await lists();
  if (!keys || !status) return show("nothing_kept");
  let said;
  try {
    said = await checkAward(scanned, keys.content, status.content, await tools);
  } catch (error) {
    // Kept lists that do not belong together, or were tampered with, are as good as none.
    if (!(error instanceof InvalidAward)) throw error;
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
  refill(at("#finding"));
  at("#start-camera").hidden = true;
  at("#viewfinder").hidden = false;
  try {
    stop = await openCamera(at("video"), main.dataset, (text) => {
      stopCamera();
      at("textarea").value = text;
      check(text).catch(() => at("form").submit());
    });
  } catch {
    stopCamera();
    show("no_camera");
  }
}

/** Whether the next check may happen without network: worker, page, its files and both lists are on this phone. */
async function isReady() {
  if (document.documentElement.dataset.keeping !== "ready") return false;
  const addresses = [main.dataset.keys, main.dataset.status];
  return (await holds({ checking: true })) && (await areKept(addresses, window)) && Boolean(await tools);
}

if (checksItself) {
  at("form").addEventListener("submit", (event) => {
    event.preventDefault();
    check(at("textarea").value).catch(() => at("form").submit());
  });
  tools.catch(() => {});
  const promise = async () => {
    at("#ready").hidden = !(await isReady().catch(() => false));
  };
  // Fetch and keep the lists now, while there may be network; the worker keeps the page in the meantime (hello.js).
  lists().then(promise);
  for (const what of ["keeping", "kept"]) document.addEventListener(what, promise);
}
if (able("camera")) {
  at("#start-camera").addEventListener("click", startCamera);
  at("#stop-camera").addEventListener("click", stopCamera);
  at("#camera").hidden = false;
}
