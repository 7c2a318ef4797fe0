// "Tải khoá học về máy" on the page of a course: what it takes, how far it is, that it is there. Holds no sentence.

import { able } from "../able.js";
import { ask } from "./worker_client.js";

const place = document.querySelector(".keep");
const { course } = place.dataset;
const states = [...place.querySelectorAll("[data-state]")];

function show(state, told = {}) {
  for (const each of states) each.hidden = each.dataset.state !== state;
  for (const [name, value] of Object.entries(told))
    for (const slot of place.querySelectorAll(`[data-told=${name}]`)) slot.textContent = value;
  place.hidden = false;
}

async function look() {
  const { kept } = await ask("state");
  const here = new Set(kept.find((each) => each.course === course)?.lessons.map(({ id }) => id));
  const { lessons, bytes, voices } = await ask("weigh", { course });
  const size = Math.ceil((bytes + voices) / 1024).toLocaleString("vi-VN");
  show(lessons.every((id) => here.has(id)) ? "kept" : "offered", { size });
}

async function keep() {
  const bar = place.querySelector("progress");
  bar.removeAttribute("value");
  show("coming", { done: 0, total: bar.max });
  try {
    await ask("keep", { course, page: location.pathname }, ({ done, total }) => {
      [bar.value, bar.max] = [done, total];
      show("coming", { done, total });
    });
    show("kept");
  } catch (why) {
    show(why.message === "full" ? "full" : "broken");
  }
}

if (able("keeping")) {
  for (const button of place.querySelectorAll("[data-start]")) button.addEventListener("click", keep);
  look().catch(() => {}); // no worker, or no network: nothing is offered that would not work
}
