// What a phone keeps of lessons and answers, and what may come between it and the server.

import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { webcrypto as crypto } from "node:crypto";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";

import { IDBObjectStore } from "fake-indexeddb";

import { DATABASE, openAnswers, STEPS } from "../../learning/static/learning/offline/answers.js";
import { greyed, withWords, wordsOf } from "../../learning/static/learning/offline/away.js";
import { isId, newId, randomId } from "../../foundation/web/static/offline/ids.js";
import { openLessons } from "../../learning/static/learning/offline/lessons.js";
import { watchLine } from "../../learning/static/learning/offline/line.js";
import { ranged } from "../../learning/static/learning/offline/ranges.js";
import { openSender } from "../../learning/static/learning/offline/sender.js";
import { Because } from "../../foundation/web/static/offline/backoff.js";
import { sendWaiting } from "../../foundation/web/static/offline/sending.js";
import { answerQueue, MOST_AT_ONCE } from "../../learning/static/learning/offline/sending.js";
import * as version1 from "./stores/learning_version_1.mjs";

/** Every version of the database that was ever on a phone. Add one when STEPS grows; never change an old one. */
const VERSIONS = [version1];

let opened = 0;
const clock = { now: Date.UTC(2026, 10, 22, 5) };
const now = () => clock.now;
const store = (name = `store-${(opened += 1)}`) => openAnswers({ indexedDB: globalThis.indexedDB, crypto, now, name });
const answer = (more = {}) => ({ id: newId(crypto, now()), learner: null, lesson: "at-otp", step: "cau-1", given: ["a"], right: true, ...more });
const json = (body, status = 200) => new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });
const bodyOf = ({ body, headers }) => JSON.parse(headers["Content-Encoding"] === "gzip" ? gunzipSync(Buffer.from(body)) : body);

/** A server that takes everything; `sizes`: how many answers each request held. */
function taking(sizes = [], most = MOST_AT_ONCE) {
  return async (_address, options) => {
    const { batch, learners, answers } = bodyOf(options);
    sizes.push(answers.length);
    if (answers.length > most) return json({ code: "too_many_answers" }, 413);
    const stored = ({ id }) => ({ id, outcome: "stored", problems: {} });
    return json({ batch, learners: learners.map(stored), results: answers.map(stored) });
  };
}
const send = (answers, fetch, because = Because.ASKED) =>
  sendWaiting("hoc-gui", because, answerQueue({ answers, fetch, crypto }), { store: answers.store, crypto, now, random: () => 0.5 });

test("the same form twice is one answer, with another choice it is another", async () => {
  const answers = await store();
  const once = answer();
  const first = await answers.give(once);
  assert.equal(await answers.give(once), first);
  assert.notEqual(await answers.give({ ...once, given: ["b"], right: false }), first);
  assert.equal(await answers.give({ ...once, id: "tampered" }).then(isId), true);
  assert.equal((await answers.counts()).waiting, 3);
});

test("what waits outlives the tab, is sent once, and leaves when the server has it", async () => {
  const before = await store("outlives");
  await before.give(answer());
  before.close();
  const after = await store("outlives");
  assert.deepEqual(await send(after, taking()), { sent: 1, stopped: null });
  assert.deepEqual(await after.counts(), { waiting: 0, refused: 0 });
});

test("every version of the database has one kept for the tests", () => {
  assert.equal(VERSIONS.length, STEPS.length);
  assert.equal(DATABASE, "hoc-tra-loi");
});

for (const [place, version] of VERSIONS.entries()) {
  test(`a phone with version ${place + 1} keeps who learns on it and what they answered, and sends what waits`, async () => {
    const name = `version-${place + 1}`;
    await version.leaveBehind(globalThis.indexedDB, name);
    const answers = await store(name);
    assert.deepEqual(await answers.counts(), { waiting: version.WAITING.length, refused: 1 });
    assert.deepEqual((await answers.people()).map(({ id }) => id), [version.OLD, version.NEW]);
    assert.deepEqual([...(await answers.rightOf(version.OLD)).get("at-otp")], ["cau-1"]);
    assert.equal(await answers.get("now"), version.NEW);

    const bodies = [];
    const sent = await send(answers, async (address, options) => {
      bodies.push(bodyOf(options));
      return taking()(address, options);
    });
    assert.deepEqual(sent, { sent: version.WAITING.length, stopped: null });
    assert.equal(bodies[0].phone, version.PHONE);
    assert.deepEqual(bodies[0].learners.map(({ id }) => id), [version.NEW]);
    assert.deepEqual(bodies[0].answers.map(({ id }) => id), version.WAITING.map(({ id }) => id));
    assert.deepEqual(await answers.counts(), { waiting: 0, refused: 1 });
    assert.equal((await answers.get("sending")).failures, 0);
    await answers.give(answer());
    assert.equal((await answers.counts()).waiting, 1);
  });
}

test("thirty people added here are all known to the server before any of their answers", async () => {
  const answers = await store();
  const people = [];
  for (let number = 0; number < 30; number += 1) {
    people.push(await answers.add({ nickname: `Bà ${number}`, picture: "trau", age_band: "from_14", guardian_agrees: false }));
    await answers.give(answer({ learner: people[number], step: `b-${number}` }));
  }
  const known = new Set();
  const fetch = async (address, options) => {
    const { learners, answers: told } = bodyOf(options);
    assert.ok(learners.length <= 25);
    for (const { id } of learners) known.add(id);
    for (const { learner } of told) assert.ok(known.has(learner), "an answer came before its learner");
    return taking()(address, options);
  };
  assert.deepEqual(await send(answers, fetch), { sent: 30, stopped: null });
  assert.equal(known.size, 30);
});

test("a full phone still sends its answers, which is what makes room", async () => {
  const answers = await store();
  await answers.give(answer());
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function full() {
    throw new DOMException("full", "QuotaExceededError");
  };
  try {
    await assert.rejects(answers.give(answer({ step: "khac" })), ({ code }) => code === "storage_full");
    assert.equal((await send(answers, taking())).sent, 1);
  } finally {
    IDBObjectStore.prototype.put = put;
  }
  assert.equal((await answers.counts()).waiting, 0);
});

test("two senders at once send each answer once", async () => {
  const name = "two-senders";
  const [one, other] = [await store(name), await store(name)];
  for (let number = 0; number < 20; number += 1) await one.give(answer({ step: `b-${number}` }));
  const sizes = [];
  const stops = await Promise.all([one, other].map((answers) => send(answers, taking(sizes))));
  assert.deepEqual(stops.map(({ stopped }) => stopped).sort(), ["busy", null]);
  assert.deepEqual(sizes, [20]);
});

test("answers leave in the order they were given, whatever the clock says", async () => {
  const answers = await store();
  for (const at of [3000, 1000, 2000]) {
    clock.now = at;
    await answers.give(answer({ step: `luc-${at}` }));
  }
  assert.deepEqual((await answers.take(10)).map(({ step }) => step), ["luc-3000", "luc-1000", "luc-2000"]);
  clock.now = Date.UTC(2026, 10, 22, 5);
});

test("many answers leave by halves where the server wants fewer, which is tried again now and then", async () => {
  const answers = await store();
  for (let number = 0; number < 40; number += 1) await answers.give(answer({ step: `b-${number}` }));
  const sizes = [];
  assert.deepEqual(await send(answers, taking(sizes, 12)), { sent: 40, stopped: null });
  assert.deepEqual(sizes, [40, 20, 10, 20, 10, 20, 10, 10]);
});

for (const [name, fetch] of [
  ["no network", async () => Promise.reject(new TypeError("no network"))],
  ["a page of a portal", async () => new Response("<h1>Wi-Fi</h1>", { headers: { "Content-Type": "text/html" } })],
  ["an answer to another batch", async () => json({ batch: newId(crypto, 1), results: [] })],
  ["an answer that names no batch", async () => json({ results: [] })],
  ["a server that is down", async () => new Response("", { status: 503 })],
  ["an answer that names nothing of ours", async (_address, options) => json({ batch: bodyOf(options).batch, results: [], learners: [] })],
]) {
  test(`nothing leaves the phone after ${name}`, async () => {
    const answers = await store();
    await answers.give(answer());
    const { sent, stopped } = await send(answers, fetch);
    assert.equal(sent, 0);
    assert.notEqual(stopped, null);
    assert.equal((await answers.counts()).waiting, 1);
    assert.deepEqual(await send(answers, fetch, Because.TIMER), { sent: 0, stopped: "waiting" });
    assert.equal((await send(answers, taking())).sent, 1);
  });
}

test("an answer the server refuses is kept aside and holds nobody back", async () => {
  const answers = await store();
  const bad = await answers.give(answer({ step: "sai" }));
  await answers.give(answer({ step: "dung" }));
  const fetch = async (_address, options) => {
    const { batch, answers: told } = bodyOf(options);
    const results = told.map(({ id }) => ({ id, outcome: id === bad ? "rejected" : "stored", problems: {} }));
    return json({ batch, learners: [], results });
  };
  assert.deepEqual(await send(answers, fetch), { sent: 1, stopped: null });
  assert.deepEqual(await answers.counts(), { waiting: 0, refused: 1 });
});

test("somebody added here learns at once, and is told to the server before what they answered", async () => {
  const answers = await store();
  const id = await answers.add({ nickname: "Bà Mến", picture: "trau", age_band: "from_14", guardian_agrees: false });
  await answers.give(answer({ learner: id }));
  assert.equal(await answers.get("now"), id);
  const bodies = [];
  await send(answers, async (address, options) => {
    bodies.push(bodyOf(options));
    return taking()(address, options);
  });
  assert.deepEqual([bodies.length, bodies[0].learners[0].id, bodies[0].answers[0].learner], [1, id, id]);
  assert.deepEqual((await answers.people()).map(({ isNew }) => isNew), [false]);
});

test("what each has answered stays apart, and what nobody in particular did is the first one's", async () => {
  const answers = await store();
  const [one, two] = [newId(crypto, 1), newId(crypto, 2)];
  await answers.give(answer({ learner: two, step: "hai" }));
  await answers.give(answer({ step: "khong-ai" }));
  const told = { learners: [{ id: one, nickname: "A" }, { id: two, nickname: "B" }], now: one };
  await answers.learn(told, { learners: { [one]: { "at-otp": ["mot"] } } });
  assert.deepEqual([...(await answers.rightOf(one)).get("at-otp")].sort(), ["khong-ai", "mot"]);
  assert.deepEqual([...(await answers.rightOf(two)).get("at-otp")], ["hai"]);
  await answers.forget(two);
  assert.equal((await answers.rightOf(two)).size, 0);
});

/** A phone whose browser believes that it is online, before a server that may be stopped: the walks w26 and w27. */
async function learner() {
  const answers = await store();
  const world = { running: true, requests: 0, outcomes: [], answers };
  const server = taking();
  const fetch = async (...asked) => {
    world.requests += 1;
    if (!world.running) throw new TypeError("connection refused");
    return server(...asked);
  };
  const line = watchLine({ fetch, now, isOnline: () => true });
  const ended = async ({ waiting }, stopped) => void world.outcomes.push([waiting, stopped]);
  world.sender = openSender({ answers: async () => answers, line, fetch, crypto, now, random: () => 1, ended });
  /** One answer given, and what the worker does after it; `seconds` pass. */
  world.answer = async (step, seconds = 20) => {
    await answers.give(answer({ step }));
    world.sender.owe();
    await world.sender.send();
    clock.now += seconds * 1000;
  };
  world.waiting = async () => (await answers.counts()).waiting;
  world.pause = async () => (await answers.get("sending")) ?? {};
  return world;
}

test("a lesson done while the server is silent is one outage, however many answers it has", async () => {
  const phone = await learner();
  phone.running = false;
  for (let place = 0; place < 13; place += 1) await phone.answer(`b-${place}`, 1);
  const { failures, notBefore } = await phone.pause();
  assert.equal(failures, 1);
  assert.ok(notBefore - clock.now <= 5_000, `waits ${notBefore - clock.now} ms`);
  assert.ok(phone.requests <= 2, `${phone.requests} requests into nothing`);
});

test("what waits leaves with the first answer of the server, whatever the pause", async () => {
  const phone = await learner();
  phone.running = false;
  for (let place = 0; place < 13; place += 1) await phone.answer(`b-${place}`, 400);
  assert.ok((await phone.pause()).notBefore - clock.now > 60_000);
  assert.equal(await phone.waiting(), 13);
  phone.running = true;
  await phone.sender.signOfLife(); // a page, or the lesson in the background, came from the server
  assert.equal(await phone.waiting(), 0);
  assert.deepEqual(phone.outcomes.pop(), [0, null]);
  assert.deepEqual([(await phone.pause()).failures, (await phone.pause()).notBefore], [0, 0]);
});

test("what waits leaves with the next page, too, when nothing else came from the server", async () => {
  const phone = await learner();
  phone.running = false;
  for (let place = 0; place < 13; place += 1) await phone.answer(`b-${place}`);
  phone.running = true;
  clock.now += 30_000;
  await phone.sender.send(Because.BACK);
  assert.equal(await phone.waiting(), 0);
});

test("a server that is there but asks for patience gets it, until somebody taps", async () => {
  const answers = await store();
  let busy = true;
  const server = taking();
  let requests = 0;
  const fetch = async (...asked) => {
    requests += 1;
    return busy ? new Response("", { status: 503, headers: { "Retry-After": "120" } }) : server(...asked);
  };
  const line = watchLine({ fetch, now, isOnline: () => true });
  const sender = openSender({ answers: async () => answers, line, fetch, crypto, now, random: () => 1 });
  await answers.give(answer());
  assert.equal((await sender.send()).stopped, "later");
  assert.ok((await answers.get("sending")).notBefore - now() >= 120_000);
  await sender.signOfLife();
  assert.equal((await sender.send()).stopped, "waiting");
  assert.equal(requests, 1);
  busy = false;
  assert.equal((await sender.sendAsAsked()).sent, 1);
});

test("an answer given while the last request is under way leaves, too", async () => {
  const phone = await learner();
  let isFirst = true;
  const give = phone.answers.settle;
  phone.answers.settle = async (told) => {
    const done = await give(told);
    if (isFirst) {
      isFirst = false;
      phone.sender.owe();
      await phone.answers.give(answer({ step: "muon" }));
    }
    return done;
  };
  await phone.answer("som");
  assert.equal(await phone.waiting(), 0);
});

test("ids made without crypto.randomUUID are ids", () => {
  const bare = { getRandomValues: (bytes) => crypto.getRandomValues(bytes) };
  const made = new Set(Array.from({ length: 1000 }, () => randomId(bare)));
  assert.equal(made.size, 1000);
  for (const id of made) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

class Caches {
  rooms = new Map();

  async open(name) {
    if (!this.rooms.has(name)) this.rooms.set(name, new Map());
    const room = this.rooms.get(name);
    return {
      match: async (address) => room.get(String(address.url ?? address))?.clone(),
      put: async (address, response) => void room.set(address, response),
      delete: async (address) => room.delete(String(address.url ?? address).replace("http://x", "")),
      keys: async () => [...room.keys()].map((address) => ({ url: `http://x${address}`, toString: () => address })),
    };
  }
}

/** A server with one lesson, whose words may change. */
function library() {
  const served = { words: "cũ", failing: null, asked: [] };
  served.fetch = async (address) => {
    served.asked.push(address);
    if (served.failing === address) throw new TypeError("cut");
    if (address.endsWith("goi.json")) return json({ lesson: "bai", words: served.words, files: ["/static/learning/1/listen.js"], voices: [] });
    return new Response(`<main id="main">${served.words}</main>`);
  };
  return served;
}

test("a new version of a lesson waits until the lesson is opened again", async () => {
  const served = library();
  const lessons = openLessons({ caches: new Caches(), fetch: served.fetch, lang: async () => "vi" });
  const words = async () => (await lessons.pack("bai")).pack.words;
  assert.equal(await lessons.keep("bai"), true);
  assert.equal(await lessons.keep("bai"), false);
  served.words = "mới";
  assert.equal(await lessons.keep("bai"), true);
  assert.equal(await words(), "cũ");
  await lessons.turn("bai");
  assert.equal(await words(), "mới");
  assert.match(await (await lessons.stored("/bai-hoc/bai")).text(), /mới/);
});

test("a lesson is kept whole or not at all, and never what a portal says", async () => {
  const served = library();
  const lessons = openLessons({ caches: new Caches(), fetch: served.fetch, lang: async () => "vi" });
  served.failing = "/static/learning/1/listen.js";
  await assert.rejects(lessons.keep("bai"));
  assert.deepEqual(await lessons.lessons(), []);
  const portal = openLessons({ caches: new Caches(), fetch: async () => new Response("<h1>Wi-Fi</h1>"), lang: async () => "vi" });
  await assert.rejects(portal.keep("bai"));
  await assert.rejects(portal.keepPage("/"));
});

test("links that are not kept are greyed with the reason, others stay as they are", () => {
  const html = '<main id="main"><a class="x" href="/mot">1</a><a href="/hai?b=1#c">2</a><a href="#cho">3</a><a href="/ba">4</a></main>';
  const grey = greyed(html, (path) => path === "/ba");
  assert.equal((grey.match(/aria-describedby="away"/g) ?? []).length, 2);
  assert.match(grey, /<a class="away x" href="\/mot" aria-disabled="true"/);
  assert.match(grey, /<a class="away" href="\/hai\?b=1#c"/);
  assert.match(grey, /<a href="\/ba">4/);
  const shell = '<template id="mat-mang"><p>vì sao</p></template>';
  assert.match(withWords(grey, wordsOf(shell, "mat-mang")), /<main id="main"><p>vì sao<\/p>/);
});

test("a line that answers nothing is given up after a while, and believed again when something comes", async () => {
  let answers = () => new Promise(() => {});
  const line = watchLine({ fetch: () => answers(), now, isOnline: () => true });
  assert.equal(await line.ask("/", 10), null);
  assert.equal(line.isAway(), true);
  answers = async () => new Response("");
  assert.ok(await line.ask("/", 1000));
  assert.equal(line.isAway(), false);
});

test("a player gets the range it asks for out of a kept recording", async () => {
  const asked = async (range) => ranged(new Request("http://x/", { headers: range ? { Range: range } : {} }), new Response("0123456789"));
  assert.equal(await (await asked("bytes=2-4")).text(), "234");
  assert.equal(await (await asked("bytes=7-")).text(), "789");
  assert.equal(await (await asked("bytes=-2")).text(), "89");
  assert.equal((await asked("bytes=20-")).status, 416);
  assert.equal((await asked("")).status, 200);
});
