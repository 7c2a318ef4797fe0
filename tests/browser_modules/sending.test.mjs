// What may come between the phone and the server, and that no visit is lost or double for it.

import "./form.mjs";
import assert from "node:assert/strict";
import { test } from "node:test";

import { retryDelay } from "../../foundation/web/static/offline/backoff.js";
import { bodyOf, Browser, household, json, offline, problem, record, Server } from "./fakes.mjs";

const SENT = "/api/v1/visits";

/** A phone with `count` visits waiting, and a network again. `answers` takes the place of the server for POSTs. */
async function waiting(count, answers = null) {
  const browser = new Browser();
  // Recorded while another tab holds the sending lock, so that nothing leaves yet.
  const busy = { request: (_name, _options, work) => work(null) };
  const recording = await browser.unlocked({ locks: busy });
  for (let number = 1; number <= count; number += 1) {
    browser.pass(1);
    await record(recording, household(number));
  }
  recording.close();
  const phone = await browser.unlocked();
  const sizes = [];
  browser.server.before = async (address, options) => {
    if (address !== SENT) return null;
    sizes.push(bodyOf(options).visits.length);
    return answers ? answers(address, options, sizes.length) : null;
  };
  return { browser, server: browser.server, phone, sizes };
}

const nothingLost = async (phone, count) => {
  const { waiting: left, needPerson } = await phone.outbox.summary();
  assert.deepEqual([left, needPerson], [count, 0]);
};

test("two hundred visits leave in one request", async () => {
  const { server, phone, sizes } = await waiting(200);
  assert.deepEqual(await phone.outbox.sendNow(), { sent: 200, stopped: null });

  assert.deepEqual(sizes, [200]);
  assert.equal(server.stored.size, 200);
});

test("more than two hundred go in batches of two hundred, the oldest first", async () => {
  const { server, phone, sizes } = await waiting(205);
  await phone.outbox.sendNow();

  assert.deepEqual(sizes, [200, 5]);
  const order = server.batches.flatMap(({ visits }) => visits.map(({ household: door }) => door));
  assert.deepEqual(order, [...order].sort());
});

test("a batch says how the phone is", async () => {
  const { browser, server, phone } = await waiting(3);
  await phone.outbox.sendNow();

  const [body] = server.batches;
  assert.deepEqual([body.pending, body.device, body.storage], [3, phone.device, "best_effort"]);
  assert.equal(body.sent_at, new Date(browser.time).toISOString());
});

for (const [what, answer] of [
  ["a captive portal's page", () => new Response("<h1>Wi-Fi miễn phí</h1>", { status: 200, headers: { "Content-Type": "text/html" } })],
  ["a portal that speaks JSON", () => json(200, { status: "ok" })],
  ["a portal that answers an empty list", () => json(200, [])],
  ["JSON that is none", () => new Response("{", { status: 200, headers: { "Content-Type": "application/json" } })],
  ["an answer to another batch", (_, options) => json(200, { batch: "someone-else", results: bodyOf(options).visits.map(({ id }) => ({ id, outcome: "stored" })) })],
  ["an answer without results", (_, options) => json(200, { batch: bodyOf(options).batch })],
  ["a redirect to a login page", () => ({ type: "opaqueredirect", status: 0, redirected: false, headers: new Headers(), text: async () => "" })],
  ["a redirect that was followed", (_, options) => {
    const followed = json(200, { batch: bodyOf(options).batch, results: [] });
    Object.defineProperty(followed, "redirected", { value: true });
    return followed;
  }],
  ["a 201 with our batch in it", (_, options) => json(201, { batch: bodyOf(options).batch, results: bodyOf(options).visits.map(({ id }) => ({ id, outcome: "stored" })) })],
  ["a refusal by somebody else's proxy", () => new Response("Forbidden", { status: 403 })],
]) {
  test(`${what} is no answer: everything still waits`, async () => {
    const { phone } = await waiting(3, answer);
    assert.deepEqual(await phone.outbox.sendNow(), { sent: 0, stopped: "not_our_answer" });
    await nothingLost(phone, 3);
  });
}

test("an answer that leaves visits out settles only those it names", async () => {
  const { server, phone, sizes } = await waiting(3);
  server.after = async (answer) => {
    const body = await answer.json();
    return body.results ? json(200, { ...body, results: body.results.slice(0, 2) }) : json(200, body);
  };
  assert.deepEqual(await phone.outbox.sendNow(), { sent: 3, stopped: null });
  assert.deepEqual(sizes, [3, 1]);
});

test("an answer that invents ids or outcomes settles nothing", async () => {
  const { phone } = await waiting(2, (_, options) => {
    const { batch, visits } = bodyOf(options);
    return json(200, { batch, results: [{ id: "made-up", outcome: "stored" }, { id: visits[0].id, outcome: "perhaps" }] });
  });
  const { sent } = await phone.outbox.sendNow();
  assert.equal(sent, 0);
  await nothingLost(phone, 2);
});

test("batches halve on 413 until they fit, and grow back", async () => {
  const tooLarge = (_, options) => (bodyOf(options).visits.length > 60 ? new Response("", { status: 413 }) : null);
  const { server, phone, sizes } = await waiting(210, tooLarge);
  await phone.outbox.sendNow();

  assert.deepEqual(sizes.slice(0, 4), [200, 100, 50, 100]);
  assert.equal(server.stored.size, 210);
  await nothingLost(phone, 0);
});

test("a visit too large even alone needs a person, and the others leave", async () => {
  const heavy = household(2);
  const { server, phone } = await waiting(5, (_, options) =>
    bodyOf(options).visits.some((visit) => visit.household === heavy) ? problem(413, "too_large") : null,
  );
  await phone.outbox.sendNow();

  assert.equal(server.stored.size, 4);
  const needs = (await allOf(phone)).filter(({ state }) => state === "needs_person");
  assert.deepEqual(needs.map(({ household: door, problems }) => [door, problems]), [[heavy, { visit: "too_large" }]]);
});

/** The list, unlocked again where the time passed. */
async function allOf(phone) {
  if (phone.locked) await phone.unlock("194530");
  return phone.outbox.list();
}

test("a visit that makes the whole batch invalid is found, and the others leave", async () => {
  const poison = household(4);
  const { server, phone } = await waiting(9, (_, options) =>
    bodyOf(options).visits.some((visit) => visit.household === poison) ? problem(422, "invalid", { fields: {} }) : null,
  );
  await phone.outbox.sendNow();

  assert.equal(server.stored.size, 8);
  assert.equal((await phone.outbox.summary()).needPerson, 1);
});

test("a time-out halves the next batch", async () => {
  let slow = true;
  const { browser, phone, sizes } = await waiting(100, (_, { signal }) =>
    slow ? new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason))) : null,
  );
  const { setTimeout: real } = globalThis;
  globalThis.setTimeout = (work, wait, ...rest) => real(work, wait >= 60_000 ? 5 : wait, ...rest);
  try {
    assert.deepEqual(await phone.outbox.sendNow(), { sent: 0, stopped: "time_out" });
  } finally {
    globalThis.setTimeout = real;
  }
  slow = false;
  browser.pass(60_000);
  await phone.outbox.sendNow();
  assert.deepEqual(sizes, [100, 50, 50]);
});

for (const status of [429, 500, 502, 503, 504]) {
  test(`after ${status} it waits, longer each time, and keeps everything`, async () => {
    const { browser, phone, sizes } = await waiting(2, () => new Response("busy", { status, headers: { "Retry-After": "120" } }));
    assert.equal((await phone.outbox.sendNow()).stopped, "later");
    const { nextTryAt, problem: said } = await phone.outbox.summary();
    assert.equal(said, "later");
    assert.ok(nextTryAt >= browser.time + 120_000);
    assert.equal(sizes.length, 1);
    await nothingLost(phone, 2);
  });
}

test("by itself it does not try again before its time, but a person's tap does", async () => {
  const { browser, phone, sizes } = await waiting(1, () => new Response("", { status: 503, headers: { "Retry-After": "300" } }));
  await phone.outbox.sendNow();
  phone.close();
  const window = new EventTarget();
  const document = Object.assign(new EventTarget(), { visibilityState: "visible" });
  const again = await browser.unlocked({ window, document });
  window.dispatchEvent(new Event("online"));
  document.dispatchEvent(new Event("visibilitychange"));
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.equal(sizes.length, 1, "the server asked for 300 seconds");

  await again.outbox.sendNow();
  assert.equal(sizes.length, 2);
  again.close();
});

for (const [what, wake] of [
  ["is opened", () => {}],
  ["is back on a network", ({ window }) => window.dispatchEvent(new Event("online"))],
  ["is looked at again", ({ document }) => document.dispatchEvent(new Event("visibilitychange"))],
  ["gets the focus", ({ window }) => window.dispatchEvent(new Event("focus"))],
]) {
  test(`it sends by itself when the app ${what}`, async () => {
    const { browser, server, phone } = await waiting(1);
    phone.close();
    const window = new EventTarget();
    const document = Object.assign(new EventTarget(), { visibilityState: "visible" });
    const back = what === "is opened" ? () => {} : offline(server);
    const again = await browser.open({ window, document });
    await new Promise((resolve) => setTimeout(resolve, 20));
    back();
    browser.pass(60 * 60_000);
    wake({ window, document });
    await until(() => server.stored.size === 1);
    again.close();
  });
}

async function until(holds) {
  for (let turn = 0; turn < 400; turn += 1) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error("it never came to pass");
}

test("waiting doubles from seconds to a quarter of an hour, half of it chance", () => {
  const longest = Array.from({ length: 12 }, (_, failures) => retryDelay(failures, null, () => 1));
  const shortest = Array.from({ length: 12 }, (_, failures) => retryDelay(failures, null, () => 0));

  assert.deepEqual(longest.slice(0, 4), [5000, 10_000, 20_000, 40_000]);
  assert.equal(longest.at(-1), 15 * 60_000);
  longest.forEach((wait, at) => assert.equal(shortest[at], wait / 2));
  assert.equal(retryDelay(0, 60, () => 0), 60_000);
});

test("one success makes it patient no longer", async () => {
  let down = true;
  const { browser, phone } = await waiting(1, () => (down ? new Response("", { status: 503 }) : null));
  for (let turn = 0; turn < 6; turn += 1) await phone.outbox.sendNow();
  down = false;
  await phone.outbox.sendNow();
  assert.equal((await phone.outbox.summary()).nextTryAt, null);
  down = true;
  if (phone.locked) await phone.unlock("194530");
  await record(phone, household(9));
  await phone.outbox.sendNow();
  const { nextTryAt } = await phone.outbox.summary();
  assert.ok(nextTryAt - browser.time <= 10_000);
});

test("nobody signed in: everything waits, and the screen can say why", async () => {
  const { server, phone } = await waiting(2);
  server.signedIn = null;
  assert.deepEqual(await phone.outbox.sendNow(), { sent: 0, stopped: "not_signed_in" });
  await nothingLost(phone, 2);
  assert.equal((await phone.outbox.summary()).problem, "not_signed_in");

  server.signedIn = "7";
  assert.equal((await phone.outbox.sendNow()).sent, 2);
});

test("two tabs at once send each visit once", async () => {
  const { browser, server, phone } = await waiting(30);
  const other = await browser.open();
  const answers = await Promise.all([phone.outbox.sendNow(), other.outbox.sendNow(), phone.outbox.sendNow()]);

  assert.equal(answers.reduce((sum, { sent }) => sum + sent, 0), 30);
  assert.equal(server.batches.flatMap(({ visits }) => visits).length, 30);
});

test("two tabs at once send each visit once with Web Locks, too", async () => {
  const held = new Set();
  const locks = {
    async request(name, { ifAvailable }, work) {
      assert.ok(ifAvailable);
      if (held.has(name)) return work(null);
      held.add(name);
      try {
        return await work({ name });
      } finally {
        held.delete(name);
      }
    },
  };
  const { browser, server, phone } = await waiting(30);
  phone.close();
  const [one, other] = [await browser.open({ locks }), await browser.open({ locks })];
  await Promise.all([one.outbox.sendNow(), other.outbox.sendNow()]);

  assert.equal(server.batches.flatMap(({ visits }) => visits).length, 30);
  assert.equal(held.size, 0);
});

test("what is finished while sending leaves without waiting for a timer", async () => {
  const { server, phone } = await waiting(1);
  let once = true;
  const before = server.before;
  server.before = async (address, options) => {
    if (once && address === SENT) {
      once = false;
      await phone.unlock("194530");
      await record(phone, household(50));
    }
    return before(address, options);
  };
  await phone.outbox.sendNow();
  await until(() => server.stored.size === 2);
});

test("the clock's offset is said with each batch and learnt from each answer", async () => {
  const { browser, server, phone } = await waiting(1);
  server.date = browser.time - 26 * 3600_000;
  await phone.outbox.sendNow();

  assert.equal(server.batches[0].sent_at, new Date(browser.time).toISOString());
  const { secondsAhead } = await phone.outbox.summary();
  assert.ok(Math.abs(secondsAhead - 26 * 3600) <= 1, `${secondsAhead} seconds`);
});

test("a clock set back does not keep visits for days", async () => {
  const { browser, server, phone } = await waiting(1, null);
  const before = server.before;
  server.before = async () => new Response("", { status: 503, headers: { "Retry-After": "3600" } });
  await phone.outbox.sendNow();
  server.before = before;
  phone.close();
  browser.pass(-5 * 24 * 3600_000);
  const again = await browser.open({ window: new EventTarget(), document: Object.assign(new EventTarget(), { visibilityState: "visible" }) });
  await until(() => server.stored.size === 1);
  again.close();
});

test("a hundred random faults lose nothing and double nothing", async () => {
  let seed = 20261122;
  const chance = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
  const server = new Server();
  const browser = new Browser(server);
  let phone = await browser.unlocked();
  let finished = 0;
  let faults = 0;
  const fault = (list) => {
    faults += 1;
    return list[Math.floor(chance() * list.length)]();
  };
  const refuse = () => {
    throw new TypeError("no network");
  };
  server.before = async () =>
    chance() < 0.5
      ? fault([refuse, () => new Response("<html>", { headers: { "Content-Type": "text/html" } }), () => json(200, { ok: true }), () => new Response("", { status: 503 }), () => new Response("", { status: 413 })])
      : null;
  server.after = async (answer) => (chance() < 0.4 ? fault([refuse, () => new Response("", { status: 504 }), () => new Response('{"bat', { headers: { "Content-Type": "application/json" } })]) : answer);
  while (faults < 100) {
    if (phone.locked) await phone.unlock("194530");
    if (chance() < 0.3) {
      finished += 1;
      await record(phone, household(finished), { trip_saved_km: finished });
    }
    browser.pass(6 * 3600_000);
    await phone.outbox.sendNow();
    if (chance() < 0.02) {
      phone.close();
      phone = await browser.unlocked();
    }
  }
  server.before = async () => null;
  server.after = async (answer) => answer;
  await phone.outbox.sendNow();
  for (const { id, state } of await allOf(phone)) if (state === "needs_person") await phone.outbox.retry(id);
  await phone.outbox.sendNow();

  assert.ok(finished > 20);
  assert.equal(server.stored.size, finished);
  assert.equal(new Set([...server.stored.values()].map(({ visit }) => visit.household)).size, finished);
  assert.equal((await phone.outbox.summary()).undelivered, 0);
});

test("a visit that the server holds for a person, unread, is delivered and goes out no more", async () => {
  const { browser, phone } = await waiting(1);
  browser.server.receive = ({ id }) => ({ id, outcome: "held", problems: { form_version: "not_known_yet" } });
  await phone.outbox.sendNow();
  const { needPerson, undelivered } = await phone.outbox.summary();

  assert.deepEqual([needPerson, undelivered], [1, 0]);
  assert.equal((await phone.outbox.list())[0].problems.visit, "held");
});
