// What a phone keeps of lessons and answers, and what may come between it and the server.

import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { webcrypto as crypto } from "node:crypto";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { openDB } from "idb";

import { openAnswers } from "../../learning/static/learning/offline/answers.js";
import { greyed, withWords, wordsOf } from "../../learning/static/learning/offline/away.js";
import { isId, newId } from "../../learning/static/learning/offline/ids.js";
import { openLessons } from "../../learning/static/learning/offline/lessons.js";
import { watchLine } from "../../learning/static/learning/offline/line.js";
import { ranged } from "../../learning/static/learning/offline/ranges.js";
import { MOST_AT_ONCE, patience, sendWaiting } from "../../learning/static/learning/offline/sending.js";

let opened = 0;
const clock = { now: Date.UTC(2026, 10, 22, 5) };
const now = () => clock.now;
const store = (name = `store-${(opened += 1)}`) => openAnswers({ openDB, crypto, now, name });
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
const send = (answers, fetch, more = {}) => sendWaiting({ answers, fetch, crypto, now, random: () => 0.5, ...more });

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

test("answers leave in the order they were given, whatever the clock says", async () => {
  const answers = await store();
  for (const at of [3000, 1000, 2000]) {
    clock.now = at;
    await answers.give(answer({ step: `luc-${at}` }));
  }
  assert.deepEqual((await answers.take(10)).map(({ step }) => step), ["luc-3000", "luc-1000", "luc-2000"]);
  clock.now = Date.UTC(2026, 10, 22, 5);
});

test("ten thousand answers leave by halves where the server wants fewer", async () => {
  const answers = await store();
  for (let number = 0; number < 40; number += 1) await answers.give(answer({ step: `b-${number}` }));
  const sizes = [];
  assert.deepEqual(await send(answers, taking(sizes, 12)), { sent: 40, stopped: null });
  assert.deepEqual(sizes, [40, 20, 10, 10, 10, 10]);
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
    assert.deepEqual(await send(answers, fetch, { timer: true }), { sent: 0, stopped: "waiting" });
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

test("the pause before trying again grows, and never beyond a quarter of an hour", () => {
  const waits = [0, 1, 5, 50].map((failures) => patience(failures, () => 1));
  assert.deepEqual(waits, [5000, 10_000, 160_000, 900_000]);
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
  assert.match(await (await lessons.kept("/bai-hoc/bai")).text(), /mới/);
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
