// A visit's way: draft -> ready -> sending -> acknowledged -> purged, or needs_person; and what may happen on it.

import "./form.mjs";
import assert from "node:assert/strict";
import { test } from "node:test";

import { Browser, household, offline, PIN, record, refusal } from "./fakes.mjs";

const DAY = 24 * 3600 * 1000;
const states = async (phone) => (await phone.outbox.list()).map(({ state }) => state);

/** A phone without network, with a way to bring it back. */
async function phoneOffline() {
  const browser = new Browser();
  const phone = await browser.unlocked();
  const back = offline(browser.server);
  return { browser, server: browser.server, phone, back };
}

test("a visit goes from draft to ready to acknowledged, and is purged after a week", async () => {
  const { browser, server, phone, back } = await phoneOffline();
  await phone.drafts.save(household(1), { outcome: "met_done" });
  assert.deepEqual(await phone.drafts.households(), [household(1)]);

  const { id } = await phone.outbox.finish(household(1));
  assert.equal(await phone.drafts.get(household(1)), null);
  await phone.outbox.sendNow();
  assert.deepEqual(await states(phone), ["ready"]);

  back();
  assert.deepEqual(await phone.outbox.sendNow(), { sent: 1, stopped: null });
  assert.deepEqual(await states(phone), ["acknowledged"]);
  assert.equal(server.stored.get(id).visit.household, household(1));

  browser.pass(7 * DAY - 1);
  await phone.unlock(PIN);
  await phone.outbox.sendNow();
  assert.equal((await phone.outbox.list()).length, 1);
  browser.pass(2);
  await phone.outbox.sendNow();
  assert.deepEqual(await phone.outbox.list(), []);
});

test("every tap is kept: the last one is what a new app finds", async () => {
  const { browser, phone } = await phoneOffline();
  // Not awaited in between: a thumb is quicker than the disk.
  const taps = Array.from({ length: 20 }, (_, tap) => phone.drafts.save(household(1), { outcome: "met_done", trip_saved_km: tap }));
  await Promise.all(taps);
  phone.close();

  const again = await browser.unlocked();
  const draft = await again.drafts.get(household(1));
  assert.equal(draft.trip_saved_km, 19);
  assert.equal(draft.id, (await taps[0]).id);
});

test("a draft is what it was at the tap, whatever the screen does to it afterwards", async () => {
  const { phone } = await phoneOffline();
  const told = { outcome: "met_done", size: { adults: 2 } };
  const saving = phone.drafts.save(household(1), told);
  told.size.adults = 9;
  await saving;

  assert.equal((await phone.drafts.get(household(1))).size.adults, 2);
});

test("a visit ends when it is finished, never before it began; of one left for days nobody knows when", async () => {
  const { browser, phone } = await phoneOffline();
  const quick = await record(phone, household(1));
  assert.equal(quick.ended_at, quick.started_at);
  await phone.drafts.save(household(2), { outcome: "not_home" });
  browser.pass(90_000);
  const talk = await phone.outbox.finish(household(2));
  assert.equal(Date.parse(talk.ended_at) - Date.parse(talk.started_at), 90_000);
  // Changed later: it ended when it did.
  browser.pass(90_000);
  await phone.outbox.edit(talk.id);
  assert.equal((await phone.outbox.finish(household(2))).ended_at, talk.ended_at);

  await phone.drafts.save(household(3), { outcome: "not_home" });
  browser.pass(25 * 3600_000);
  await phone.unlock(PIN);
  assert.equal((await phone.outbox.finish(household(3))).ended_at, undefined);
});

test("what was not answered is not sent, and 0 and no stay 0 and no", async () => {
  const { server, phone, back } = await phoneOffline();
  await record(phone, household(1), {
    reason: "", note: null, size: { adults: 0, aged_60plus: null }, devices: {}, newborn_pending: false,
    people: [{ age_band: "60-69", skills: { wifi: 0, otp_secret: null } }, {}], issues: [],
  });
  back();
  await phone.outbox.sendNow();

  const [{ visit }] = [...server.stored.values()];
  const { id, started_at, ended_at, ...told } = visit;
  assert.deepEqual(told, {
    form_version: 1, input_type: "phone", outcome: "met_done", household: household(1), size: { adults: 0 },
    newborn_pending: false, people: [{ age_band: "60-69", skills: { wifi: 0 } }],
  });
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.ok(Date.parse(started_at) <= Date.parse(ended_at));
});

test("a visit without an outcome is not finished and stays a draft", async () => {
  const { phone } = await phoneOffline();
  await phone.drafts.save(household(1), { note: "chưa xong" });

  await assert.rejects(phone.outbox.finish(household(1)), (error) => {
    assert.deepEqual([error.code, error.fields], ["incomplete", { outcome: "missing" }]);
    return true;
  });
  assert.equal((await phone.drafts.get(household(1))).note, "chưa xong");
});

test("two taps on the button finish one visit", async () => {
  const { phone } = await phoneOffline();
  await phone.drafts.save(household(1), { outcome: "met_done" });

  const ends = await Promise.allSettled([phone.outbox.finish(household(1)), phone.outbox.finish(household(1))]);

  assert.deepEqual(ends.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
  assert.equal(ends.find(({ status }) => status === "rejected").reason.code, "no_draft");
  assert.equal((await phone.outbox.list()).length, 1);
});

test("a visit is marked on disk as being sent before the request starts", async () => {
  const { browser, server, phone, back } = await phoneOffline();
  await record(phone, household(1));
  back();
  let seen;
  server.before = async () => {
    const tab = await browser.open();
    seen = (await tab.outbox.summary()).waiting;
    const { store } = await peek(browser);
    seen = (await store.read(["outbox"], ({ all }) => all("outbox")))[0].state;
    tab.close();
  };
  await phone.outbox.sendNow();

  assert.equal(seen, "sending");
});

async function peek(browser, member = "7") {
  const { openStore } = await import("../../foundation/web/static/offline/store.js");
  const { MEMBER_STEPS, MEMBER_STORE } = await import("../../community_teams/static/teams/phone/store.js");
  return { store: await openStore(browser.indexedDB, MEMBER_STORE + member, MEMBER_STEPS) };
}

test("a browser killed while sending sends the visit again, and it counts once", async () => {
  const { browser, server, phone, back } = await phoneOffline();
  const { id } = await record(phone, household(1));
  back();
  // The server got it; the answer never came, because the browser died.
  server.after = () => new Promise(() => {});
  const timers = globalThis.setTimeout;
  globalThis.setTimeout = (work, wait, ...rest) => (wait >= 30_000 ? timers(() => {}, 0) : timers(work, wait, ...rest));
  phone.outbox.sendNow();
  await until(() => server.stored.has(id));
  globalThis.setTimeout = timers;

  server.after = async (answer) => answer;
  browser.pass(10 * 60_000); // the dead tab's lease is over
  const again = await browser.unlocked();
  assert.deepEqual(await states(again), ["sending"]);
  assert.equal((await again.outbox.sendNow()).sent, 1);

  assert.deepEqual(await states(again), ["acknowledged"]);
  assert.equal(server.batches.length, 2);
  assert.equal(server.stored.size, 1);
});

async function until(holds) {
  for (let turn = 0; turn < 400; turn += 1) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error("it never came to pass");
}

test("a lost answer is asked for again with the very same content", async () => {
  const { server, phone, back } = await phoneOffline();
  await record(phone, household(1), { note: "hẹn tuần sau" });
  back();
  server.after = async () => {
    throw new TypeError("cut off");
  };
  assert.deepEqual(await phone.outbox.sendNow(), { sent: 0, stopped: "offline" });
  server.after = async (answer) => answer;
  assert.deepEqual(await phone.outbox.sendNow(), { sent: 1, stopped: null });

  assert.deepEqual(server.batches[0].visits, server.batches[1].visits);
  assert.notEqual(server.batches[0].batch, server.batches[1].batch);
});

/** Open a visit again and leave it with another note. */
async function renote(phone, id, note) {
  const place = await phone.outbox.edit(id);
  await phone.drafts.save(place, { ...(await phone.drafts.get(place)), note });
  return phone.outbox.finish(place);
}

test("a visit changed while it is being sent goes back to ready, and the change supersedes what was sent", async () => {
  const { server, phone, back } = await phoneOffline();
  const { id } = await record(phone, household(1), { note: "trước" });
  await phone.outbox.sendNow();
  back();
  let changed = false;
  server.before = async (address) => {
    if (changed || !address.startsWith("/api/v1/visits")) return;
    changed = true;
    await renote(phone, id, "sau");
    assert.deepEqual(await states(phone), ["ready"]);
  };
  await phone.outbox.sendNow();
  await phone.outbox.sendNow();

  const stored = [...server.stored.values()].map(({ visit }) => visit);
  assert.deepEqual(stored.map(({ note }) => note), ["trước", "sau"]);
  assert.deepEqual([stored[0].id, stored[1].supersedes], [id, id]);
  assert.deepEqual(await states(phone), ["acknowledged"]);
});

test("a visit changed after its answer was lost supersedes what the server has, without a conflict", async () => {
  const { server, phone, back } = await phoneOffline();
  const { id } = await record(phone, household(1), { note: "trước" });
  await phone.outbox.sendNow();
  back();
  server.after = async () => {
    throw new TypeError("cut off");
  };
  await phone.outbox.sendNow();
  const up = offline(server);
  await renote(phone, id, "giữa");
  await phone.outbox.sendNow();
  await renote(phone, id, "sau");
  up();
  server.after = async (answer) => answer;
  await phone.outbox.sendNow();

  const stored = [...server.stored.values()].map(({ visit }) => visit);
  assert.deepEqual(stored.map(({ note }) => note), ["trước", "sau"]);
  assert.equal(stored[1].supersedes, id);
  assert.deepEqual(await states(phone), ["acknowledged"]);
});

test("what was taken back before it ever arrived is never sent", async () => {
  const { server, phone, back } = await phoneOffline();
  const { id } = await record(phone, household(1), { note: "gia đình không muốn ghi" });
  await phone.outbox.sendNow();
  await renote(phone, id, "");
  await phone.outbox.sendNow();
  back();
  await phone.outbox.sendNow();

  assert.ok(!JSON.stringify(server.batches).includes("không muốn ghi"));
  const stored = [...server.stored.values()].map(({ visit }) => visit);
  assert.deepEqual(stored.map((visit) => [visit.id, visit.supersedes]), [[id, undefined]]);
});

test("earlier content that reaches the server late is superseded, not doubled", async () => {
  const { server, phone, back } = await phoneOffline();
  const { id } = await record(phone, household(1), { note: "trước" });
  await phone.outbox.sendNow();
  const early = { id, household: household(1), note: "trước" };
  await renote(phone, id, "sau");
  back();
  // It arrives after the server said it does not know it, and before the change comes under its own id.
  server.after = async (answer, address) => {
    if (address.startsWith("/api/v1/visits") && !server.stored.has(id)) server.stored.set(id, { visit: early, member: "7" });
    return answer;
  };
  await phone.outbox.sendNow();

  const stored = [...server.stored.values()].map(({ visit }) => [visit.note, visit.supersedes]);
  assert.deepEqual(stored, [["trước", undefined], ["sau", id]]);
  assert.deepEqual(await states(phone), ["acknowledged"]);
});

test("a visit the server has is superseded when it is changed", async () => {
  const { server, phone, back } = await phoneOffline();
  const { id } = await record(phone, household(1), { note: "trước" });
  back();
  await phone.outbox.sendNow();
  await phone.outbox.edit(id);
  await phone.drafts.save(household(1), { ...(await phone.drafts.get(household(1))), note: "sau" });
  await phone.outbox.finish(household(1));
  await phone.outbox.sendNow();

  const [, second] = [...server.stored.values()].map(({ visit }) => visit);
  assert.equal(second.supersedes, id);
  assert.notEqual(second.id, id);
});

test("a visit corrected twice is corrected where it stands by now, whichever of them is opened", async () => {
  const { server, phone, back } = await phoneOffline();
  const { id } = await record(phone, household(1), { note: "trước" });
  back();
  await phone.outbox.sendNow();
  for (const note of ["sau", "sau nữa"]) {
    await phone.outbox.edit(id);
    assert.equal((await phone.drafts.get(household(1))).note, note === "sau" ? "trước" : "sau");
    await phone.drafts.save(household(1), { ...(await phone.drafts.get(household(1))), note });
    await phone.outbox.finish(household(1));
    await phone.outbox.sendNow();
  }

  const [first, second, third] = [...server.stored.values()].map(({ visit }) => visit);
  assert.deepEqual([second.supersedes, third.supersedes], [first.id, second.id]);
  assert.deepEqual((await phone.outbox.list()).map((line) => line.id), [third.id], "only what stands is listed");
});

test("a rejected visit waits for a person with its codes, holds nobody, and goes out when mended", async () => {
  const { browser, server, phone, back } = await phoneOffline();
  const faulty = await record(phone, household(1), { note: "sai" });
  browser.pass(1);
  await record(phone, household(2));
  server.rejected.set(faulty.id, { household: "not_in_your_area" });
  back();
  await phone.outbox.sendNow();

  const [first] = await phone.outbox.list();
  assert.deepEqual([first.state, first.problems], ["needs_person", { household: "not_in_your_area" }]);
  assert.deepEqual(await states(phone), ["needs_person", "acknowledged"]);
  const batches = server.batches.length;
  await phone.outbox.sendNow();
  assert.equal(server.batches.length, batches, "it is not sent again by itself");

  server.rejected.clear();
  await phone.outbox.edit(faulty.id);
  await phone.drafts.save(household(1), { ...(await phone.drafts.get(household(1))), note: "đúng" });
  await phone.outbox.finish(household(1));
  await phone.outbox.sendNow();
  assert.equal(server.stored.get(faulty.id).visit.note, "đúng", "under its own id: the server never had it");
});

test("a visit told by a clock that had fallen back to 1970 goes out with the day its member names", async () => {
  const { browser, server, phone, back } = await phoneOffline();
  const today = browser.time;
  browser.time = 60_000;
  await phone.unlock(PIN);
  const { id } = await record(phone, household(1), { note: "máy hết pin" });
  browser.time = today;
  server.rejected.set(id, { started_at: "too_long_ago" });
  back();
  await phone.unlock(PIN);
  await phone.outbox.sendNow();
  server.rejected.clear();

  const dayOf = (moment) => new Date(moment + 7 * 3600_000).toISOString().slice(0, 10);
  await assert.rejects(phone.outbox.setDay(id, ""), refusal("not_a_date"));
  await assert.rejects(phone.outbox.setDay(id, dayOf(today + DAY)), refusal("in_the_future"));
  await phone.outbox.setDay(id, dayOf(today - DAY));
  await phone.outbox.sendNow();

  const { visit } = server.stored.get(id);
  assert.equal(dayOf(Date.parse(visit.started_at)), dayOf(today - DAY));
  assert.deepEqual([visit.note, "ended_at" in visit], ["máy hết pin", false]);
  assert.deepEqual(await states(phone), ["acknowledged"]);

  await assert.rejects(phone.outbox.setDay("0198", dayOf(today)), refusal("no_such_visit"));
});

test("a visit named today was not yet to come when it was told", async () => {
  const { browser, server, phone, back } = await phoneOffline();
  const { id } = await record(phone, household(1));
  server.rejected.set(id, { started_at: "in_the_future" });
  back();
  await phone.outbox.sendNow();
  server.rejected.clear();
  await phone.outbox.setDay(id, new Date(browser.time + 7 * 3600_000).toISOString().slice(0, 10));
  await phone.outbox.sendNow();

  assert.ok(Date.parse(server.stored.get(id).visit.started_at) <= browser.time);
});

test("a rejected visit may be tried again as it is", async () => {
  const { server, phone, back } = await phoneOffline();
  const { id } = await record(phone, household(1));
  server.rejected.set(id, { household: "unknown" });
  back();
  await phone.outbox.sendNow();
  server.rejected.clear();
  await phone.outbox.retry(id);
  await phone.outbox.sendNow();

  assert.deepEqual(await states(phone), ["acknowledged"]);
  await assert.rejects(phone.outbox.retry(id), refusal("no_such_visit"));
});

test("a conflict is the server's to settle: told, but no visit is waiting", async () => {
  const { server, phone, back } = await phoneOffline();
  const { id } = await record(phone, household(1));
  server.stored.set(id, { visit: { id, note: "khác" }, member: "7" });
  back();
  await phone.outbox.sendNow();

  const [entry] = await phone.outbox.list();
  assert.deepEqual([entry.state, entry.problems, entry.delivered], ["needs_person", { visit: "conflict" }, true]);
  const { waiting, undelivered, needPerson } = await phone.outbox.summary();
  assert.deepEqual({ waiting, undelivered, needPerson }, { waiting: 0, undelivered: 0, needPerson: 1 });
});

test("the summary says what waits, since when, and when something last left", async () => {
  const { browser, phone, back } = await phoneOffline();
  await record(phone, household(1));
  const made = browser.time;
  browser.pass(60_000);
  await record(phone, household(2));
  await phone.outbox.sendNow();

  let summary = await phone.outbox.summary();
  assert.deepEqual([summary.waiting, summary.oldest, summary.lastSentAt, summary.problem], [2, made, null, "offline"]);
  assert.ok(summary.nextTryAt > browser.time);

  phone.lock();
  back();
  await phone.outbox.sendNow();
  summary = await phone.outbox.summary();
  assert.deepEqual([summary.waiting, summary.oldest, summary.lastSentAt, summary.problem], [0, null, browser.time, null]);
});

test("an answer that refused everything is no sending: the last time is when something was taken", async () => {
  const { browser, server, phone, back } = await phoneOffline();
  const lastSentAt = async () => (await phone.outbox.summary()).lastSentAt;
  back();
  const { id: refused } = await record(phone, household(1));
  server.rejected.set(refused, { household: "unknown" });
  await phone.outbox.sendNow();
  assert.equal(await lastSentAt(), null);

  await record(phone, household(2));
  await phone.outbox.sendNow();
  const taken = browser.time;
  assert.equal(await lastSentAt(), taken);

  browser.pass(60_000);
  await phone.outbox.retry(refused);
  await phone.outbox.sendNow();
  assert.equal(await lastSentAt(), taken, "refused once more");

  const { id: told } = await record(phone, household(3));
  server.stored.set(told, { visit: { id: told, note: "khác" }, member: "7" });
  await phone.outbox.sendNow();
  assert.equal(await lastSentAt(), browser.time, "told in two ways: the server has it");
});

test("the file of waiting visits is what the server would have been sent", async () => {
  const { browser, server, phone, back } = await phoneOffline();
  const first = await record(phone, household(1), { note: "một" });
  browser.pass(1);
  const second = await record(phone, household(2), { note: "hai" });
  server.rejected.set(second.id, { form_version: "too_old" });
  const file = JSON.parse(await (await phone.outbox.toFile()).text());

  assert.deepEqual(file.visits.map(({ id }) => id), [first.id, second.id]);
  assert.equal(file.device, phone.device);
  assert.equal(file.member, "7");
  back();
  await phone.outbox.sendNow();
  const left = JSON.parse(await (await phone.outbox.toFile()).text());
  assert.deepEqual(left.visits.map(({ note }) => note), ["hai"], "what the server refused is on it, what it has is not");
});

test("with nothing waiting there is no file", async () => {
  const { phone } = await phoneOffline();
  assert.equal(await phone.outbox.toFile(), null);
});

test("what a visit told is known at the next one, and a family that withdraws is known by nothing", async () => {
  const { phone } = await phoneOffline();
  const agreed = { consent: { level: "code", text_version: "2026-11", how: "spoken" } };
  await record(phone, household(1), { ...agreed, power: "grid", size: { adults: 3 }, note: "riêng", people: [{ age_band: "70+", helped_with: ["lesson"] }] });
  assert.deepEqual(await phone.drafts.previous(household(1)), {
    power: "grid", size: { adults: 3 }, people: [{ age_band: "70+" }], visited_on: "2026-11-21",
  });

  await record(phone, household(1), { outcome: "not_home" });
  assert.equal((await phone.drafts.previous(household(1))).size.adults, 3, "an empty house tells nothing new");
  await record(phone, household(1), { ...agreed, size: { adults: 4 } });
  assert.equal((await phone.drafts.previous(household(1))).power, "grid");
  assert.equal((await phone.drafts.previous(household(1))).size.adults, 4);

  await record(phone, household(1), { consent: { level: "count", text_version: "2026-11", how: "spoken" }, size: { adults: 4 } });
  assert.equal(await phone.drafts.previous(household(1)), null);
});

test("screens and other tabs are told when something changed", async () => {
  const { browser, phone, back } = await phoneOffline();
  const channels = [];
  class Channel {
    constructor(name) {
      this.name = name;
      channels.push(this);
    }
    postMessage(data) {
      for (const other of channels) if (other !== this && other.name === this.name) other.onmessage?.({ data });
    }
    close() {
      channels.splice(channels.indexOf(this), 1);
    }
  }
  phone.close();
  const [one, other] = [await browser.unlocked({ Channel }), await browser.unlocked({ Channel })];
  const heard = [];
  other.on("change", ({ what }) => heard.push(what));
  await record(one, household(1));
  back();
  await one.outbox.sendNow();

  assert.ok(heard.includes("outbox"));
  assert.equal((await other.outbox.summary()).waiting, 0);
});

test("a server that is shy of JSON's little sisters still gets plain bodies where a phone cannot gzip", async () => {
  const { server, phone, back } = await phoneOffline();
  await record(phone, household(1));
  back();
  const { CompressionStream } = globalThis;
  const seen = [];
  server.before = async (address, { headers }) => {
    if (address === "/api/v1/visits") seen.push(new Headers(headers).get("Content-Encoding"));
  };
  delete globalThis.CompressionStream;
  try {
    await phone.outbox.sendNow();
  } finally {
    globalThis.CompressionStream = CompressionStream;
  }
  assert.deepEqual(seen, [null]);
  await record(phone, household(2));
  await phone.outbox.sendNow();
  assert.ok(seen.includes("gzip"));
});
