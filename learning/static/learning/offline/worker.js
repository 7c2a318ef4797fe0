// The service worker of learning: opened lessons work without network, and answers are sent later.
//
// Not loaded by a page. The build bundles it with its imports into one classic script; views/offline.py serves that as
// /sw.js, after `self.hoc`: the files every phone stores, and the addresses this worker may respond to.

import { setCacheNameDetails } from "workbox-core";
import { matchPrecache, precacheAndRoute } from "workbox-precaching";
import { registerRoute } from "workbox-routing";

import { Because } from "../../../../foundation/web/static/offline/backoff.js";
import { openAnswers } from "./answers.js";
import { FILES, openLessons, VOICES } from "./lessons.js";
import { watchLine } from "./line.js";
import { ranged } from "./ranges.js";
import { openSender } from "./sender.js";
import { serving } from "./serving.js";

const { hoc, crypto, caches, indexedDB, navigator } = self;
const SYNC_TAG = "hoc-gui";
const CHECKING = "hoc-quet";
const SLOW_MS = 3_000;
const GIVEN_UP_MS = 60_000;
const LEARN_EVERY_MS = 10 * 60_000;
const REFRESH_EVERY_MS = 12 * 3600_000;

const now = () => Date.now();
const line = watchLine({ fetch: heard, now, isOnline: () => navigator.onLine !== false });
let opening = null;

/** The database of this phone; opened again after the browser has closed it or another version took it. */
function answers() {
  const forget = () => {
    opening = null;
  };
  opening ??= openAnswers({ indexedDB, crypto, now, onTaken: forget }).catch((error) => {
    forget();
    throw error;
  });
  return opening;
}

const lang = async () => (await (await answers()).get("lang")) ?? "vi";
const lessons = openLessons({ caches, fetch: watched, lang });

/** fetch; a response from our server also starts sending what waits. */
async function heard(address, how) {
  const answer = await fetch(address, how);
  // Not after a captive portal's response or a server error. All our pages have this header.
  if (answer.status < 500 && answer.headers.has("Content-Security-Policy")) quietly(() => sender.signOfLife());
  return answer;
}

/** The same for background fetches; also reports failures and timeouts to `line`. */
async function watched(address, how) {
  const stop = new AbortController();
  const late = setTimeout(() => line.fail(), SLOW_MS);
  const givenUp = setTimeout(() => stop.abort(), GIVEN_UP_MS);
  try {
    return await heard(address, { signal: stop.signal, ...how });
  } catch (error) {
    line.fail();
    throw error;
  } finally {
    clearTimeout(late);
    clearTimeout(givenUp);
  }
}

setCacheNameDetails({ prefix: "hoc", precache: "vo", runtime: "none", suffix: "" });
// Registered before the precached files, else its links would never be disabled.
registerRoute(
  ({ url, request, sameOrigin }) => sameOrigin && request.mode === "navigate" && url.pathname === hoc.shell,
  () => serve().then(async (here) => here.phone(await shellAnswer())).catch(shellAnswer),
);
precacheAndRoute(hoc.files, { cleanURLs: false, directoryIndex: null, ignoreURLParametersMatching: [] });
const shellAnswer = () => matchPrecache(hoc.shell);

async function whoNow(request) {
  const current = request.headers.get("X-Learner") ?? (await self.cookieStore?.get("hoc-ai").catch(() => null))?.value;
  return current || ((await (await answers()).get("now")) ?? null);
}

const sender = openSender({
  answers, line, crypto, now, locks: navigator.locks ?? null, ended: tellPages,
  fetch: (address, how) => fetch(address, how),
  askForSync: async () => self.registration.sync?.register(SYNC_TAG),
});
const { send } = sender;

/** Send the number of waiting answers to all open pages. */
async function tellPages(counts, stopped) {
  for (const page of await self.clients.matchAll({ type: "window" })) page.postMessage({ what: "unsent", stopped, ...counts });
}

const oftenEnough = async (what, every) => {
  const store = await answers();
  const at = (await store.get(what)) ?? 0;
  if (at <= now() && now() - at < every) return true;
  await store.put(what, now());
  return false;
};

/** Whether all files of a lesson, or of the letter check, are on this phone. Rejects if answers cannot be stored. */
async function holds({ lesson, checking }) {
  await (await answers()).counts();
  if (!checking) return Boolean((await lessons.stored(`/bai-hoc/${lesson}`)) && (await lessons.pack(lesson)));
  const cache = await caches.open(CHECKING);
  return (await Promise.all(hoc.checking.files.map((address) => cache.match(address)))).every(Boolean);
}

/** Fetch learners and progress from the server. Only when nothing waits, since the server does not know waiting answers. */
async function learn(always = false) {
  if (!always && (await oftenEnough("learnt_at", LEARN_EVERY_MS))) return;
  const [people, progress] = await Promise.all(["/api/v1/learners", "/api/v1/progress"].map((address) => fetch(address, { credentials: "same-origin", cache: "no-store" })));
  if (people.ok && progress.ok) await (await answers()).learn(await people.json(), await progress.json());
}

async function refresh() {
  if (await oftenEnough("refreshed_at", REFRESH_EVERY_MS)) return;
  const stored = await lessons.lessons();
  const urgent = hoc.lesson ? [hoc.lesson] : [];
  const courses = new Set(stored.map((lesson) => hoc.courses[lesson]).filter(Boolean));
  try {
    for (const lesson of new Set([...urgent, ...stored])) await lessons.keep(lesson);
    for (const page of [...hoc.pages, ...[...courses].map((course) => `/khoa-hoc/${course}`)]) await lessons.keepPage(page);
    await lessons.tidy();
  } catch {
    await (await answers()).put("refreshed_at", 0); // the next page tries again
  }
}

async function keepChecking() {
  const cache = await caches.open(CHECKING);
  const missing = [];
  for (const address of hoc.checking.files) if (!(await cache.match(address))) missing.push(address);
  await cache.addAll(missing);
}

const alwaysThere = (path) => path === hoc.shell || path === "/toi" || path === "/toi/them";
const server = { crypto, now, line, lessons, whoNow, alwaysThere, shellAddress: hoc.shell };
Object.assign(server, {
  shell: async () => (await shellAnswer()).text(),
  send: () => send(),
  update: (lesson) => quietly(() => lessons.keep(lesson)),
  redirect: (address, status) => Response.redirect(new URL(address, self.location.href), status),
});
const serve = async () => serving({ ...server, answers: await answers() });
const quietly = (work) => Promise.resolve().then(work).catch(() => {});

const isOurs = (url) => url.pathname === "/" || hoc.ours.includes(url.pathname.split("/")[1]);
const IN_A_LESSON = /^\/bai-hoc\/[a-z0-9-]+(?:\/(?:tap|cau-hoi|xong)(?:\/[^/]+)?)?$/;

/** If storage fails (broken, or cleared by the browser), ask the server, as without a worker. */
async function orPlainly(request, work) {
  const plain = request.clone();
  try {
    return await work();
  } catch {
    return fetch(plain);
  }
}

async function inLesson({ request, event }) {
  const answer = await orPlainly(request, async () => (await serve()).serve(request, await lang()));
  if (request.method === "POST") {
    sender.owe();
    event.waitUntil(quietly(() => send()));
  }
  return answer;
}

// This worker ignores every request not matched here, and so all pages of people who sign in.
const inALesson = ({ url, sameOrigin }) => sameOrigin && IN_A_LESSON.test(url.pathname);
registerRoute(({ request, ...match }) => inALesson(match) && (request.mode === "navigate" || request.destination === ""), inLesson, "GET");
registerRoute((match) => inALesson(match) && /\/(tap|cau-hoi)\/[^/]+$/.test(match.url.pathname), inLesson, "POST");

registerRoute(
  ({ url, sameOrigin }) => sameOrigin && (/^\/static\/(web|learning|vendor)\//.test(url.pathname)),
  async ({ request }) => (await inCaches([FILES, CHECKING], request.url)) ?? fetch(request),
);
registerRoute(
  ({ url, sameOrigin }) => sameOrigin && url.pathname.includes("/ghi-am/"),
  async ({ request }) => {
    const stored = await inCaches([VOICES], request.url);
    return stored ? ranged(request, stored) : fetch(request);
  },
);

async function inCaches(names, address) {
  for (const name of names) {
    const found = await (await caches.open(name)).match(address, { ignoreVary: true });
    if (found) return found;
  }
  return undefined;
}

registerRoute(
  ({ url, request, sameOrigin }) => sameOrigin && request.mode === "navigate" && isOurs(url),
  async ({ url, request, event }) => {
    // The learners may change on these pages; the next message from a page fetches them again.
    if (/^\/(toi|the)\b/.test(url.pathname)) await quietly(async () => (await answers()).put("learnt_at", 0));
    if (url.pathname.startsWith("/xac-nhan")) event.waitUntil(quietly(keepChecking));
    if (url.pathname === hoc.checking.page) {
      const stored = await inCaches([CHECKING], url.pathname);
      const fresh = stored && line.isAway() ? null : await line.ask(request, 4_000);
      return fresh ?? stored ?? (await serve()).notHere();
    }
    // Without network, the downloads page replaces "my learning".
    if (url.pathname === "/toi" || url.pathname === "/toi/them") {
      const fresh = line.isAway() ? null : await line.ask(request, 4_000);
      return fresh ?? Response.redirect(new URL(hoc.shell + (url.pathname === "/toi" ? "" : "#add"), self.location.href), 302);
    }
    return orPlainly(request, async () => (await serve()).page(request));
  },
);
// A learner leaves this phone: first send what waits, then delete the learner's data here.
registerRoute(
  ({ url, sameOrigin }) => sameOrigin && url.pathname === "/toi/quen",
  async ({ request }) => {
    const named = (await request.clone().formData()).get("learner");
    await quietly(() => sender.sendAsAsked());
    const answer = await fetch(request).catch(() => null);
    if (!answer) return (await serve()).notHere();
    const learner = named || (await whoNow(request));
    if (learner && (answer.ok || answer.type === "opaqueredirect")) await quietly(async () => (await answers()).forget(learner));
    return answer;
  },
  "POST",
);

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("sync", (event) => event.tag === SYNC_TAG && event.waitUntil(send(Because.ASKED).then(({ stopped }) => {
  if (stopped) throw new Error(stopped); // the browser tries again by itself
})));

// The names of these actions, and the keys of what they return, are also used by pages loaded before an update.
const ACTIONS = {
  /** A page was opened, shown again, or is online again. */
  async hello({ path, lang: language, learner, online, timer }, tell) {
    const store = await answers();
    if (online) line.revive();
    if (language && (await store.get("lang")) !== language) await store.put("lang", language);
    if (learner) await store.put("now", learner);
    const { stopped, sent } = await send(timer ? Because.TIMER : Because.BACK);
    const [, lesson] = /^\/bai-hoc\/([a-z0-9-]+)/.exec(path) ?? [];
    if (lesson && !(await lessons.pack(lesson))) await quietly(() => lessons.keep(lesson));
    if (path.startsWith("/xac-nhan")) await quietly(keepChecking);
    tell({ stored: true });
    if (stopped === null) await quietly(() => learn(sent > 0));
    await quietly(refresh);
  },
  async send() {
    return { ...(await sender.sendAsAsked()), ...(await (await answers()).counts()) };
  },
  holds,
  counts: async () => (await answers()).counts(),
  async state() {
    const store = await answers();
    const current = (await store.get("now")) ?? null;
    const right = await store.rightOf(current);
    const courses = new Map();
    for (const lesson of await lessons.lessons()) {
      const { pack } = await lessons.pack(lesson);
      const course = courses.get(pack.course) ?? { course: pack.course, order: pack.course_lessons.map(({ id }) => id), lessons: [], bytes: 0 };
      const done = pack.graded.every((step) => right.get(lesson)?.has(step));
      course.lessons.push({ id: lesson, title: pack.title, done });
      course.bytes += await lessons.size(lesson);
      courses.set(pack.course, course);
    }
    for (const course of courses.values()) course.lessons.sort((one, other) => course.order.indexOf(one.id) - course.order.indexOf(other.id));
    return { ...(await store.counts()), people: await store.people(), now: current, kept: [...courses.values()] };
  },
  weigh: ({ course }) => lessons.weigh(course),
  async keep({ course, page }, tell) {
    const { lessons: wanted, title } = await lessons.weigh(course);
    for (const [place, lesson] of wanted.entries()) {
      await lessons.keep(lesson);
      tell({ done: place + 1, total: wanted.length });
    }
    await lessons.keepPage(page);
    self.navigator.storage?.persist?.().catch(() => {});
    return { title, lessons: wanted };
  },
  drop: ({ lessons: dropped, page }) => lessons.drop(dropped, [page]),
  async turn({ learner }) {
    await (await answers()).put("now", learner);
  },
  async add(person) {
    const learner = await (await answers()).add(person);
    sender.owe();
    quietly(() => send());
    return { learner };
  },
};

self.addEventListener("message", (event) => {
  const { what, ...payload } = event.data ?? {};
  if (!Object.prototype.hasOwnProperty.call(ACTIONS, what)) return;
  const [port] = event.ports;
  const work = Promise.resolve(ACTIONS[what](payload, (progress) => port?.postMessage({ progress })));
  const answer = work.then(
    (result) => port?.postMessage({ result: result ?? null }),
    (error) => port?.postMessage({ fault: error?.code === "storage_full" || error?.name === "QuotaExceededError" ? "full" : "failed" }),
  );
  event.waitUntil(answer);
});
