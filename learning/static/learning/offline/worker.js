// The worker of learning: what was opened goes on without network, and what was answered is sent.
//
// Not loaded by a page. The build puts it and what it imports into one classic script; views/offline.py serves that as
// /sw.js, after `self.hoc`: what the phone always has, and which addresses are ours to answer.

import { openDB } from "idb";
import { setCacheNameDetails } from "workbox-core";
import { matchPrecache, precacheAndRoute } from "workbox-precaching";
import { registerRoute } from "workbox-routing";

import { openAnswers } from "./answers.js";
import { FILES, openLessons, VOICES } from "./lessons.js";
import { watchLine } from "./line.js";
import { ranged } from "./ranges.js";
import { openSender } from "./sender.js";
import { Because } from "./sending.js";
import { serving } from "./serving.js";

const { hoc, crypto, caches, navigator } = self;
const SYNC_TAG = "hoc-gui";
const CHECKING = "hoc-quet";
const SLOW_MS = 3_000;
const GIVEN_UP_MS = 60_000;
const LEARN_EVERY_MS = 10 * 60_000;
const REFRESH_EVERY_MS = 12 * 3600_000;

const now = () => Date.now();
const line = watchLine({ fetch: heard, now, isOnline: () => navigator.onLine !== false });
let opening = null;

/** What this phone keeps; opened anew after the browser has closed it. */
function answers() {
  opening ??= openAnswers({ openDB, crypto, now }).catch((error) => {
    opening = null;
    throw error;
  });
  return opening;
}

const lang = async () => (await (await answers()).get("lang")) ?? "vi";
const lessons = openLessons({ caches, fetch: watched, lang });

/** fetch, which takes an answer of ours as the sign that what waits can leave. */
async function heard(address, how) {
  const answer = await fetch(address, how);
  // A portal in between, or a server that cannot answer, is no such sign. Our pages all carry this header.
  if (answer.status < 500 && answer.headers.has("Content-Security-Policy")) quietly(() => sender.signOfLife());
  return answer;
}

/** The same for what is fetched in the background; it tells the line when nothing came, or nothing in time. */
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
// Before the files kept with it, or its links would never be greyed.
registerRoute(
  ({ url, request, sameOrigin }) => sameOrigin && request.mode === "navigate" && url.pathname === hoc.shell,
  () => serve().then(async (here) => here.phone(await shellAnswer())).catch(shellAnswer),
);
precacheAndRoute(hoc.files, { cleanURLs: false, directoryIndex: null, ignoreURLParametersMatching: [] });
const shellAnswer = () => matchPrecache(hoc.shell);

async function whoNow(request) {
  const told = request.headers.get("X-Learner") ?? (await self.cookieStore?.get("hoc-ai").catch(() => null))?.value;
  return told || ((await (await answers()).get("now")) ?? null);
}

const sender = openSender({
  answers, line, crypto, now, ended: tellPages,
  fetch: (address, how) => fetch(address, how),
  askForSync: async () => self.registration.sync?.register(SYNC_TAG),
});
const { send } = sender;

/** Pages show how many answers wait. */
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

/** Whether a lesson, or all that checking a letter takes, is on this phone as a whole, and answers can be kept. */
async function holds({ lesson, checking }) {
  await (await answers()).counts();
  if (!checking) return Boolean((await lessons.kept(`/bai-hoc/${lesson}`)) && (await lessons.pack(lesson)));
  const cache = await caches.open(CHECKING);
  return (await Promise.all(hoc.checking.files.map((address) => cache.match(address)))).every(Boolean);
}

/** Who learns here and what they know, as the server has it; only when nothing waits, or it would be told less. */
async function learn(always = false) {
  if (!always && (await oftenEnough("learnt_at", LEARN_EVERY_MS))) return;
  const [people, progress] = await Promise.all(["/api/v1/learners", "/api/v1/progress"].map((address) => fetch(address, { credentials: "same-origin", cache: "no-store" })));
  if (people.ok && progress.ok) await (await answers()).learn(await people.json(), await progress.json());
}

async function refresh() {
  if (await oftenEnough("refreshed_at", REFRESH_EVERY_MS)) return;
  const kept = await lessons.lessons();
  const urgent = hoc.lesson ? [hoc.lesson] : [];
  const courses = new Set(kept.map((lesson) => hoc.courses[lesson]).filter(Boolean));
  try {
    for (const lesson of new Set([...urgent, ...kept])) await lessons.keep(lesson);
    for (const page of [...hoc.pages, ...[...courses].map((course) => `/khoa-hoc/${course}`)]) await lessons.keepPage(page);
    await lessons.tidy();
  } catch {
    await (await answers()).put("refreshed_at", 0); // the next page begins again where it stopped
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

/** A phone that keeps nothing just now (its store is broken, or was taken away) asks the server, as without a worker. */
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

// Whatever is not matched here, and so everything of people who sign in, is none of this worker's business.
const inALesson = ({ url, sameOrigin }) => sameOrigin && IN_A_LESSON.test(url.pathname);
registerRoute(({ request, ...asked }) => inALesson(asked) && (request.mode === "navigate" || request.destination === ""), inLesson, "GET");
registerRoute((asked) => inALesson(asked) && /\/(tap|cau-hoi)\/[^/]+$/.test(asked.url.pathname), inLesson, "POST");

registerRoute(
  ({ url, sameOrigin }) => sameOrigin && (/^\/static\/(web|learning|vendor)\//.test(url.pathname)),
  async ({ request }) => (await inCaches([FILES, CHECKING], request.url)) ?? fetch(request),
);
registerRoute(
  ({ url, sameOrigin }) => sameOrigin && url.pathname.includes("/ghi-am/"),
  async ({ request }) => {
    const kept = await inCaches([VOICES], request.url);
    return kept ? ranged(request, kept) : fetch(request);
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
    // Who learns here may change there; the next word from a page asks anew.
    if (/^\/(toi|the)\b/.test(url.pathname)) await quietly(async () => (await answers()).put("learnt_at", 0));
    if (url.pathname.startsWith("/xac-nhan")) event.waitUntil(quietly(keepChecking));
    if (url.pathname === hoc.checking.page) {
      const kept = await inCaches([CHECKING], url.pathname);
      const fresh = kept && line.isAway() ? null : await line.ask(request, 4_000);
      return fresh ?? kept ?? (await serve()).notHere();
    }
    // The phone's own page stands in for "my learning" while there is no network.
    if (url.pathname === "/toi" || url.pathname === "/toi/them") {
      const fresh = line.isAway() ? null : await line.ask(request, 4_000);
      return fresh ?? Response.redirect(new URL(hoc.shell + (url.pathname === "/toi" ? "" : "#add"), self.location.href), 302);
    }
    return orPlainly(request, async () => (await serve()).page(request));
  },
);
// Being forgotten: what waits leaves first, and what is kept here of that learner goes with it.
registerRoute(
  ({ url, sameOrigin }) => sameOrigin && url.pathname === "/toi/quen",
  async ({ request }) => {
    const told = (await request.clone().formData()).get("learner");
    await quietly(() => sender.sendAsAsked());
    const answer = await fetch(request).catch(() => null);
    if (!answer) return (await serve()).notHere();
    const learner = told || (await whoNow(request));
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

const DOING = {
  /** A page is open, looked at again, or back on a network. */
  async hello({ path, lang: language, learner, online, timer }, tell) {
    const store = await answers();
    if (online) line.revive();
    if (language && (await store.get("lang")) !== language) await store.put("lang", language);
    if (learner) await store.put("now", learner);
    const { stopped, sent } = await send(timer ? Because.TIMER : Because.SEEN);
    const [, lesson] = /^\/bai-hoc\/([a-z0-9-]+)/.exec(path) ?? [];
    if (lesson && !(await lessons.pack(lesson))) await quietly(() => lessons.keep(lesson));
    if (path.startsWith("/xac-nhan")) await quietly(keepChecking);
    tell({ kept: true });
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
    const kept = new Map();
    for (const lesson of await lessons.lessons()) {
      const { pack } = await lessons.pack(lesson);
      const course = kept.get(pack.course) ?? { course: pack.course, order: pack.course_lessons.map(({ id }) => id), lessons: [], bytes: 0 };
      const done = pack.graded.every((step) => right.get(lesson)?.has(step));
      course.lessons.push({ id: lesson, title: pack.title, done });
      course.bytes += await lessons.size(lesson);
      kept.set(pack.course, course);
    }
    for (const course of kept.values()) course.lessons.sort((one, other) => course.order.indexOf(one.id) - course.order.indexOf(other.id));
    return { ...(await store.counts()), people: await store.people(), now: current, kept: [...kept.values()] };
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
  const { what, ...told } = event.data ?? {};
  if (!Object.prototype.hasOwnProperty.call(DOING, what)) return;
  const [port] = event.ports;
  const work = Promise.resolve(DOING[what](told, (progress) => port?.postMessage({ progress })));
  const answer = work.then(
    (result) => port?.postMessage({ result: result ?? null }),
    (error) => port?.postMessage({ fault: error?.name === "QuotaExceededError" ? "full" : "failed" }),
  );
  event.waitUntil(answer);
});
