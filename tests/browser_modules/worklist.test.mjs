// The work list on the phone: changes only, whole or not at all, and sealed.

import "./form.mjs";
import assert from "node:assert/strict";
import { test } from "node:test";

import { Browser, household, json, offline, PIN, record, refusal } from "./fakes.mjs";

const row = (number, more = {}) => ({
  id: household(number), short_code: `M1-${String(number).padStart(3, "0")}`, hamlet: "16213-001", lane: "Ngõ 1", label: null,
  status: "active", last_outcome: null, last_visited_on: null, next_visit_on: null, version: 1, ...more,
});
const answer = (cursor, households, more = {}) => ({ cursor, more: false, households, gone: [], ...more });

/** A phone whose server answers each request for the list with the next of `answers`, keeping what was asked. */
async function listed(...answers) {
  const browser = new Browser();
  const phone = await browser.unlocked();
  const asked = [];
  browser.server.before = async (address, { headers }) => {
    if (!address.startsWith("/api/v1/worklist")) return null;
    if (new Headers(headers).get("X-Member") !== browser.server.signedIn) return null;
    asked.push(address);
    const next = answers.shift();
    return next instanceof Function ? next() : json(200, next);
  };
  return { browser, server: browser.server, phone, asked };
}

const codes = async (phone) => (await phone.worklist.households()).map(({ short_code: code }) => code);

test("the list comes page by page, and later only what changed", async () => {
  const { phone, asked } = await listed(
    answer("c1", [row(1), row(2)], { more: true, reset: true }),
    answer("c2", [row(3)]),
    answer("c3", [row(2, { last_outcome: "not_home", version: 2 })], { gone: [household(1)] }),
  );
  assert.deepEqual(await phone.worklist.refresh(), { changed: 3 });
  assert.deepEqual(await codes(phone), ["M1-001", "M1-002", "M1-003"]);
  assert.deepEqual(await phone.worklist.refresh(), { changed: 2 });

  assert.deepEqual(asked, ["/api/v1/worklist", "/api/v1/worklist?since=c1", "/api/v1/worklist?since=c2"]);
  assert.deepEqual(await codes(phone), ["M1-002", "M1-003"]);
  assert.equal((await phone.worklist.household(household(2))).last_outcome, "not_home");
  assert.equal(await phone.worklist.household(household(1)), null);
});

test("who asks while it is coming waits for the same one, and nothing is fetched twice", async () => {
  const { phone, asked } = await listed(answer("c1", [row(1)]), answer("c2", [row(2)]));
  assert.deepEqual(await Promise.all([phone.worklist.refresh(), phone.worklist.refresh()]), [{ changed: 1 }, { changed: 1 }]);
  assert.deepEqual(asked, ["/api/v1/worklist"]);

  await phone.worklist.refresh();
  assert.deepEqual(await codes(phone), ["M1-001", "M1-002"]);
});

test("it is there again after the app was closed, and gone from memory while locked", async () => {
  const { browser, phone } = await listed(answer("c1", [row(1)]));
  await phone.worklist.refresh();
  phone.close();

  const again = await browser.unlocked();
  assert.deepEqual(await codes(again), ["M1-001"]);
  again.lock();
  await assert.rejects(again.worklist.households(), refusal("locked"));
  await assert.rejects(again.worklist.refresh(), refusal("locked"));
  await again.unlock(PIN);
  assert.deepEqual(await codes(again), ["M1-001"]);
});

test("a line cut between two pages goes on where it was", async () => {
  const cut = () => {
    throw new TypeError("cut off");
  };
  const { phone, asked } = await listed(answer("c1", [row(1)], { more: true }), cut, answer("c2", [row(2)]));
  await assert.rejects(phone.worklist.refresh(), refusal("offline"));
  assert.deepEqual(await codes(phone), ["M1-001"]);
  await phone.worklist.refresh();

  assert.equal(asked.at(-1), "/api/v1/worklist?since=c1");
  assert.deepEqual(await codes(phone), ["M1-001", "M1-002"]);
});

test("a list that begins anew forgets what is not told again", async () => {
  const { phone } = await listed(answer("c1", [row(1), row(2, { hamlet: "16213-002" })]), answer("n1", [row(3)], { reset: true }));
  await phone.worklist.refresh();
  await phone.worklist.refresh();

  assert.deepEqual(await codes(phone), ["M1-003"]);
});

test("a household that moved to another hamlet stands there once", async () => {
  const { phone } = await listed(answer("c1", [row(1)]), answer("c2", [row(1, { hamlet: "16213-002", version: 2 })]));
  await phone.worklist.refresh();
  await phone.worklist.refresh();

  assert.deepEqual(await phone.worklist.households({ hamlet: "16213-001" }), []);
  assert.equal((await phone.worklist.households({ hamlet: "16213-002" })).length, 1);
});

test("lane 10 comes after lane 2, and marks do not matter when searching", async () => {
  const { phone } = await listed(answer("c1", [row(1, { lane: "Ngõ 10" }), row(2, { lane: "Ngõ 2", label: "Nhà ông Đặng" })]));
  await phone.worklist.refresh();

  assert.deepEqual(await codes(phone), ["M1-002", "M1-001"]);
  const [first] = await phone.worklist.households();
  assert.ok(first.folded.includes("dang"));
});

test("hamlets are called as the server calls them, those without households too", async () => {
  const { server, phone } = await listed(answer("c1", [row(1)]));
  server.hamlets = [{ code: "16213-002", name: "Bản Mẫu 2", sample: true }, { code: "16213-001", name: "Bản Mẫu 1", sample: true }];
  await phone.worklist.refresh();

  assert.deepEqual((await phone.worklist.hamlets()).map(({ name }) => name), ["Bản Mẫu 2", "Bản Mẫu 1"]);
});

test("a visit shows at once, and the server's own word takes over when it is newer", async () => {
  const { browser, server, phone } = await listed(
    answer("c1", [row(1)]),
    answer("c2", [row(1, { last_outcome: "met_done", last_visited_on: "2026-11-21", next_visit_on: "2026-12-01", version: 2 })]),
    answer("c3", [row(1, { last_outcome: "not_home", last_visited_on: "2026-11-22", version: 3 })]),
  );
  await phone.worklist.refresh();
  const back = offline(server);
  await record(phone, household(1), { next_visit_on: "2026-12-01" });
  let now = await phone.worklist.household(household(1));
  assert.deepEqual([now.last_outcome, now.last_visited_on, now.next_visit_on, now.waiting], ["met_done", "2026-11-21", "2026-12-01", true]);
  phone.close();
  const again = await browser.unlocked();
  assert.equal((await again.worklist.household(household(1))).waiting, true, "also after a new start");

  back();
  await again.outbox.sendNow();
  await again.worklist.refresh();
  now = await again.worklist.household(household(1));
  assert.deepEqual([now.last_outcome, now.waiting], ["met_done", false]);
  await again.worklist.refresh();
  assert.equal((await again.worklist.household(household(1))).last_outcome, "not_home");
});

test("a visit the server refused changes no list", async () => {
  const { server, phone } = await listed(answer("c1", [row(1)]));
  await phone.worklist.refresh();
  const back = offline(server);
  const { id } = await record(phone, household(1));
  server.rejected.set(id, { household: "unknown" });
  back();
  await phone.outbox.sendNow();

  const now = await phone.worklist.household(household(1));
  assert.deepEqual([now.last_outcome, now.waiting], [null, false]);
});

test("what others learnt of a household comes with the list; what this phone heard later stays", async () => {
  const { server, phone } = await listed(answer("c1", [row(1)]), answer("c2", []), answer("c3", []));
  server.known = { cursor: "k1", more: false, gone: [], households: [{ id: household(1), on: "2026-11-01", known: { power: "own", size: { adults: 2 } } }] };
  await phone.worklist.refresh();
  assert.deepEqual(await phone.drafts.previous(household(1)), { power: "own", size: { adults: 2 }, visited_on: "2026-11-01" });

  const back = offline(server);
  await record(phone, household(1), { power: "grid" });
  back();
  await phone.worklist.refresh();
  assert.deepEqual(await phone.drafts.previous(household(1)), { power: "grid", size: { adults: 2 }, visited_on: "2026-11-21" });

  server.known = { cursor: "k2", more: false, gone: [household(1)], households: [] };
  await phone.worklist.refresh();
  assert.equal(await phone.drafts.previous(household(1)), null);
});

for (const [what, body] of [["a list without rows", { cursor: "c" }], ["a portal's JSON", { ok: true }]]) {
  test(`${what} is no list`, async () => {
    const { phone } = await listed(answer("c1", [row(1)]), body);
    await phone.worklist.refresh();
    await assert.rejects(phone.worklist.refresh(), refusal("not_our_answer"));
    assert.deepEqual(await codes(phone), ["M1-001"]);
  });
}

test("somebody else's list never enters", async () => {
  const { server, phone } = await listed(answer("c1", [row(1)]));
  server.signedIn = "8";
  await assert.rejects(phone.worklist.refresh(), refusal("other_member"));
  assert.deepEqual(await phone.worklist.households(), []);
});

test("ten thousand households are listed in little time", async () => {
  const rows = Array.from({ length: 10_000 }, (_, number) => row(number, { lane: `Ngõ ${number % 60}`, hamlet: `16213-0${10 + (number % 33)}` }));
  const { browser, phone } = await listed(answer("c1", rows));
  await phone.worklist.refresh();
  phone.close();
  const again = await browser.unlocked();
  const start = performance.now();
  assert.equal((await again.worklist.households()).length, 10_000);
  assert.ok(performance.now() - start < 2000);
});

test("a half-written visit to a household that was merged into another is finished and sent as it was begun", async () => {
  const { browser, phone, server } = await listed(
    answer("c1", [row(1), row(2)]),
    answer("c2", [row(2, { last_outcome: "met_done", version: 2 })], { gone: [household(1)] }),
  );
  await phone.worklist.refresh();
  await phone.drafts.save(household(1), { outcome: "not_home" });
  await phone.worklist.refresh();
  phone.close();

  const again = await browser.unlocked();
  assert.deepEqual(await codes(again), ["M1-002"]);
  assert.equal((await again.drafts.get(household(1))).outcome, "not_home");
  await again.outbox.finish(household(1));
  await again.outbox.sendNow();
  assert.deepEqual([...server.stored.values()].map(({ visit }) => visit.household), [household(1)]);
});

test("a household that left the list keeps its name and its half-written visit until that is told", async () => {
  const { browser, phone, server } = await listed(
    answer("c1", [row(1, { label: "Nhà Mẫu" }), row(2), row(3)]),
    answer("c2", [row(3)], { reset: true }),
    answer("c3", []),
  );
  await phone.worklist.refresh();
  await phone.drafts.save(household(1), { outcome: "not_home" });
  await phone.worklist.refresh();
  phone.close();

  const again = await browser.unlocked();
  assert.deepEqual(await codes(again), ["M1-003"]);
  assert.equal(await again.worklist.household(household(2)), null);
  const { label, isGone } = await again.worklist.household(household(1));
  assert.deepEqual({ label, isGone }, { label: "Nhà Mẫu", isGone: true });
  await again.outbox.finish(household(1));
  await again.outbox.sendNow();
  assert.equal(server.stored.size, 1);
  // Told: this phone has no more business with that family.
  await again.worklist.refresh();
  assert.equal(await again.worklist.household(household(1)), null);
});
