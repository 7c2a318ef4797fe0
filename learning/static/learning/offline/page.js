// The page of the downloads on this phone. Contains no sentences: they are in the page.

import { able, refill } from "../able.js";
import { ask, nowLearning, takeTurn } from "./worker_client.js";

const find = (selector, within = document) => within.querySelector(selector);
const copy = (id) => document.getElementById(id).content.cloneNode(true);
const show = (element, isShown) => {
  element.hidden = !isShown;
};

function calledAs({ nickname, picture }) {
  const drawing = picture && find(`[data-face="${CSS.escape(picture)}"]`);
  return nickname || drawing?.textContent || copy("nameless").textContent;
}

function drawPeople(people, now) {
  show(document.getElementById("people"), people.length > 0);
  const current = people.some(({ id }) => id === now) ? now : people[0]?.id;
  const tiles = people.map((person) => {
    const tile = copy("tile").firstElementChild;
    const drawing = person.picture && find(`[data-face="${CSS.escape(person.picture)}"]`)?.parentElement.querySelector("img");
    if (drawing) find(".face-place", tile).append(drawing.cloneNode());
    find("[data-name]", tile).textContent = calledAs(person);
    show(find("small", tile), person.id === current);
    if (person.id === current) tile.setAttribute("aria-current", "true");
    tile.addEventListener("click", () => takeTurn(person.id).then(draw));
    return tile;
  });
  refill(find("#people .tiles"), ...tiles);
}

function drawWaiting({ waiting, refused }) {
  const place = document.getElementById("waiting");
  show(find("[data-none]", place), waiting === 0 && refused === 0);
  show(find("[data-refused]", place), refused > 0);
  find("[data-refused] [data-count]", place).textContent = refused;
}

function drawDownloads(courses, titles) {
  show(document.getElementById("no-downloads"), courses.length === 0);
  const articles = courses.map(({ course, lessons, bytes }) => {
    const article = copy("downloaded-course").firstElementChild;
    find("[data-title]", article).textContent = titles[course] ?? lessons[0].title;
    find("[data-lessons]", article).textContent = lessons.length;
    find("[data-size]", article).textContent = Math.ceil(bytes / 1024).toLocaleString("vi-VN");
    for (const lesson of lessons) {
      const item = copy("downloaded-lesson").firstElementChild;
      find("a", item).href = `/bai-hoc/${lesson.id}`;
      find("[data-title]", item).textContent = lesson.title;
      show(find("[data-done]", item), lesson.done);
      find("[data-list]", article).append(item);
    }
    const [drop, sure] = [find("[data-drop]", article), find("[data-sure]", article)];
    const confirm = (isConfirming) => {
      show(drop, !isConfirming);
      show(sure, isConfirming);
    };
    drop.addEventListener("click", () => confirm(true));
    find("[data-keep]", article).addEventListener("click", () => confirm(false));
    find("[data-drop-now]", article).addEventListener("click", () =>
      ask("drop", { lessons: lessons.map(({ id }) => id), page: `/khoa-hoc/${course}` }).then(draw),
    );
    return article;
  });
  refill(document.getElementById("downloads"), ...articles);
}

async function draw() {
  const state = await ask("state");
  drawWaiting(state);
  drawPeople(state.people, nowLearning() ?? state.now);
  drawDownloads(state.kept, JSON.parse(document.getElementById("downloads").dataset.titles));
}

async function add(event) {
  event.preventDefault();
  const form = new FormData(event.target);
  const isChild = form.get("age_band") === "under_14";
  const agrees = form.get("guardian_agrees") === "1";
  show(document.getElementById("guardian-first"), isChild && !agrees);
  if (isChild && !agrees) return;
  const person = { nickname: String(form.get("nickname")).trim(), picture: form.get("picture"), age_band: form.get("age_band"), guardian_agrees: agrees };
  try {
    const { learner } = await ask("add", person);
    await takeTurn(learner);
  } catch (why) {
    location.hash = why.message === "full" ? "#may-day" : "#chua-them";
    return;
  }
  document.getElementById("add").open = false;
  location.hash = "#da-them";
  await draw();
}

/** Show what is on this phone, once the worker answers. If there is no worker, web/keeping.js says why. */
async function begin() {
  const looking = document.getElementById("looking");
  show(looking, true);
  try {
    await draw();
    show(document.getElementById("able"), true);
  } catch {
    const { keeping } = document.documentElement.dataset;
    if (["able", "ready", undefined].includes(keeping)) show(find('[data-keeping="refused"]'), true);
  }
  show(looking, false);
}

if (able("phone")) {
  find("#add form").addEventListener("submit", add);
  if (location.hash === "#add") document.getElementById("add").open = true;
  const redraw = () => draw().catch(() => {});
  // After every attempt to send, and after the learners were fetched again (hello.js).
  navigator.serviceWorker.addEventListener("message", ({ data }) => data?.what === "unsent" && redraw());
  document.addEventListener("greeted", redraw);
  begin();
}
