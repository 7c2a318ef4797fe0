// The door of a class: a card held before the camera is sent as if its code had been typed. All sentences stand in the page.

import { able } from "./able.js";
import { openCamera } from "./letters/camera.js";

// The card read last: the page comes back while it is still held there, and must not send it again and again.
const LAST = "hoc-lop-the";

const door = document.querySelector("#door");
const at = (selector) => door.querySelector(selector);
let stop = null;
let wanted = false;

function close() {
  wanted = false;
  stop?.();
  stop = null;
  at("#viewfinder").hidden = true;
  at("#start-camera").hidden = false;
}

/** The card read last, in this tab; "" where the browser keeps nothing for pages. */
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
    // The same card may then be sent again while it is held there: the class takes it once.
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
  form.submit(); // requestSubmit came to Safari in 2022 only
}

async function open() {
  wanted = true;
  at("#no-camera").hidden = true;
  at("#start-camera").hidden = true;
  at("#viewfinder").hidden = false;
  try {
    const opened = await openCamera(at("video"), door.dataset, read);
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
  // Back from the page that follows, the old camera is gone.
  window.addEventListener("pagehide", close);
  at("#camera").hidden = false;
  if ("again" in door.dataset) open();
}
