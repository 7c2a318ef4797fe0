// "Tải khoá học về máy" on the page of a course: download size, progress, done. Contains no sentences.

import { able } from "../able.js";
import { ask } from "./worker_client.js";

const place = document.querySelector(".keep");
const { course } = place.dataset;
const states = [...place.querySelectorAll("[data-state]")];

function show(state, values = {}) {
  for (const each of states) each.hidden = each.dataset.state !== state;
  for (const [name, value] of Object.entries(values))
    for (const slot of place.querySelectorAll(`[data-value=${name}]`)) slot.textContent = value;
  place.hidden = false;
}

async function look() {
  const { kept: courses } = await ask("state");
  const here = new Set(courses.find((each) => each.course === course)?.lessons.map(({ id }) => id));
  const { lessons, bytes, voices } = await ask("weigh", { course });
  const size = Math.ceil((bytes + voices) / 1024).toLocaleString("vi-VN");
  show(lessons.every((id) => here.has(id)) ? "downloaded" : "offered", { size });
}

async function download() {
  const bar = place.querySelector("progress");
  bar.removeAttribute("value");
  show("coming", { done: 0, total: bar.max });
  try {
    await ask("keep", { course, page: location.pathname }, ({ done, total }) => {
      [bar.value, bar.max] = [done, total];
      show("coming", { done, total });
    });
    show("downloaded");
  } catch (why) {
    show(why.message === "full" ? "full" : "broken");
  }
}

if (able("keeping")) {
  for (const button of place.querySelectorAll("[data-start]")) button.addEventListener("click", download);
  look().catch(() => {}); // no worker or no network: no download is offered
}
