// The page /xac-nhan/quet: camera or text box, then the finding. All sentences are in the page. A browser that cannot check
// by itself leaves it to the server: the text box is a form, and a code read by the camera is looked up there.

import { able, refill } from "../able.js";
import { holds } from "../offline/worker_client.js";
import { openCamera } from "./camera.js";
import { checkAward } from "./checking.js";
import { areCached, newestOrCached } from "./list_cache.js";
import { InvalidAward, InvalidCode, readScanned } from "./reading.js";

const main = document.querySelector("#check");
const checksItself = able("letters");
const at = (selector) => main.querySelector(selector);
const moment = new Intl.DateTimeFormat("vi-VN", { day: "2-digit", month: "2-digit", year: "numeric", hour: "2-digit", minute: "2-digit", timeZone: "Asia/Ho_Chi_Minh" });
const day = new Intl.DateTimeFormat("vi-VN", { day: "2-digit", month: "2-digit", year: "numeric", timeZone: "UTC" });
const inGroups = (code) => `${code.slice(0, 3)}-${code.slice(3, 6)}-${code.slice(6)}`;

// Loaded at once, so that the browser and the service worker have them before the network is lost.
const tools = checksItself && import("./tools.js");

async function lists() {
  const sources = { fetch: window.fetch.bind(window), caches: window.caches };
  return Promise.all([newestOrCached(main.dataset.keys, sources), newestOrCached(main.dataset.status, sources)]);
}

function show(finding, { award = null, courses = {}, asOf = "", fresh = true } = {}) {
  const place = at("#finding");
  refill(place, at(`template[data-finding="${finding}"]`).content.cloneNode(true));
  if (award) {
    const facts = at("#facts").content.cloneNode(true);
    const values = {
      name: award.name,
      initials: award.name,
      course: courses[award.course] ?? award.course,
      manner: at(`template[data-manner="${award.manner}"]`).content.textContent,
      day: day.format(award.issuedOn),
      code: inGroups(award.code),
    };
    for (const slot of facts.querySelectorAll("[data-fact]")) slot.textContent = values[slot.dataset.fact];
    for (const only of facts.querySelectorAll("[data-only]")) only.hidden = only.dataset.only !== (award.whole ? "name" : "initials");
    place.append(facts);
  }
  if (asOf) {
    const when = at("#as-of").content.cloneNode(true);
    when.querySelector("[data-moment]").textContent = moment.format(new Date(asOf));
    when.querySelector("[data-cached]").hidden = fresh;
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
    // A code without an award can be checked only in the server's records.
    if (!navigator.onLine) return show(checksItself ? ((await lists()).every(Boolean) ? "code_alone" : "nothing_cached") : "needs_network");
    if (scanned.code) return window.location.assign(main.dataset.online + scanned.code);
    return at("form").submit();
  }
  const [keys, status] = await lists();
  if (!keys || !status) return show("nothing_cached");
  let result;
  try {
    result = await checkAward(scanned, keys.content, status.content, await tools);
  } catch (error) {
    // Cached lists that do not belong together, or were changed, are not used.
    if (!(error instanceof InvalidAward)) throw error;
    return show("nothing_cached");
  }
  const { finding, award } = result;
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

/** Whether the next check works without network: worker, page, its files and both lists are on this phone. */
async function isReady() {
  if (document.documentElement.dataset.keeping !== "ready") return false;
  const addresses = [main.dataset.keys, main.dataset.status];
  return (await holds({ checking: true })) && (await areCached(addresses, window)) && Boolean(await tools);
}

if (checksItself) {
  at("form").addEventListener("submit", (event) => {
    event.preventDefault();
    check(at("textarea").value).catch(() => at("form").submit());
  });
  tools.catch(() => {});
  const showReady = async () => {
    at("#ready").hidden = !(await isReady().catch(() => false));
  };
  // Fetch and cache the lists now, while there may be network; meanwhile the worker stores the page (hello.js).
  lists().then(showReady);
  for (const event of ["keeping", "stored"]) document.addEventListener(event, showReady);
}
if (able("camera")) {
  at("#start-camera").addEventListener("click", startCamera);
  at("#stop-camera").addEventListener("click", stopCamera);
  at("#camera").hidden = false;
}
