// Adding people to a class by camera: a scanned card is sent as if its code had been typed. All sentences are in the page.

import { able } from "./able.js";
import { openCamera } from "./letters/camera.js";

// The card scanned last. The page reloads while the card is still in front of the camera and must not send it again.
const LAST = "hoc-lop-the";

const entry = document.querySelector("#entry");
const at = (selector) => entry.querySelector(selector);
let stop = null;
let wanted = false;

function close() {
  wanted = false;
  stop?.();
  stop = null;
  at("#viewfinder").hidden = true;
  at("#start-camera").hidden = false;
}

/** The card scanned last in this tab; "" if the browser has no session storage. */
function lastRead() {
  try {
    return sessionStorage.getItem(LAST) ?? "";
  } catch {
    return "";
  }
}

function remember(text) {
  try {
    sessionStorage.setItem(LAST, text);
  } catch {
    // The same card may then be sent several times. The server adds it to the class once.
  }
}

function read(text) {
  if (!wanted || text === lastRead()) return;
  remember(text);
  close();
  const form = at("form");
  form.elements.ma.value = text;
  const by = document.createElement("input");
  Object.assign(by, { type: "hidden", name: "may", value: "1" });
  form.append(by);
  form.submit(); // Safari has requestSubmit only since 2022
}

async function open() {
  wanted = true;
  at("#no-camera").hidden = true;
  at("#start-camera").hidden = true;
  at("#viewfinder").hidden = false;
  try {
    const opened = await openCamera(at("video"), entry.dataset, read);
    if (wanted) stop = opened;
    else opened();
  } catch {
    close();
    at("#no-camera").hidden = false;
  }
}

if (able("camera")) {
  at("#start-camera").addEventListener("click", () => {
    remember("");
    open();
  });
  at("#stop-camera").addEventListener("click", close);
  // Going back to this page does not restart the camera.
  window.addEventListener("pagehide", close);
  at("#camera").hidden = false;
  if ("again" in entry.dataset) open();
}
