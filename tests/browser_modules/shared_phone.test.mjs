// One phone, several members: each sees only their own, and what one recorded never counts as another's.

import "./form.mjs";
import assert from "node:assert/strict";
import { test } from "node:test";

import { membersHere, signedInMember } from "../../community_teams/static/teams/phone/phone.js";
import { sendInBackground, somethingWaits } from "../../community_teams/static/teams/phone/background.js";
import { Fault } from "../../foundation/web/static/offline/faults.js";
import { openMemberStore } from "../../community_teams/static/teams/phone/members.js";
import { bodyOf, Browser, household, offline, PIN, problem, record, refusal } from "./fakes.mjs";

const SENT = "/api/v1/visits";
const A = { member: "7", name: "Lò Thị Mẫu" };
const B = { member: "8", name: "Hà Văn Mẫu" };
const PIN_OF_B = "551902";

/** A has one visit waiting and a draft; then B signs in on the same phone. */
async function handedOver() {
  const browser = new Browser();
  const server = browser.server;
  const a = await browser.unlocked(A);
  const back = offline(server);
  const visit = await record(a, household(1), { note: "của A" });
  await a.drafts.save(household(2), { outcome: "met_partial" });
  await a.outbox.sendNow();
  a.close();
  back();
  browser.pass(60 * 60_000);
  server.signedIn = "8";
  const b = await browser.open(B);
  await b.setPin(PIN_OF_B);
  return { browser, server, b, visit, asA: () => browser.open(A) };
}

test("each member has a PIN, drafts and visits of their own", async () => {
  const { b, asA } = await handedOver();

  assert.equal(await b.drafts.get(household(2)), null);
  assert.deepEqual(await b.outbox.list(), []);
  const a = await asA();
  await assert.rejects(a.unlock(PIN_OF_B), refusal("wrong_pin"));
  await a.unlock(PIN);
  assert.equal((await a.outbox.list())[0].household, household(1));
});

test("A's visit is never sent under B's session, and leaves when A is signed in again", async () => {
  const { server, b, asA } = await handedOver();
  await b.outbox.sendNow();
  const a = await asA();
  assert.deepEqual(await a.outbox.sendNow(), { sent: 0, stopped: "other_member" });
  assert.equal(server.stored.size, 0);
  assert.equal((await a.outbox.summary()).waiting, 1);

  server.signedIn = "7";
  assert.equal((await a.outbox.sendNow()).sent, 1);
  assert.deepEqual([...server.stored.values()].map(({ member }) => member), ["7"]);
});

test("whoever signs in between two requests changes nothing: each request says whose it is", async () => {
  const { server, b, asA } = await handedOver();
  b.close();
  server.signedIn = "7";
  const a = await asA();
  const seen = [];
  server.before = async (address, { headers }) => {
    if (address !== SENT) return null;
    seen.push(new Headers(headers).get("X-Member"));
    server.signedIn = "8";
    return null;
  };
  assert.equal((await a.outbox.sendNow()).stopped, "other_member");
  assert.deepEqual(seen, ["7"]);
  assert.equal(server.stored.size, 0);
});

test("the worker, too, sends only what the signed-in member recorded", async () => {
  const { browser, server, b } = await handedOver();
  b.close();
  assert.deepEqual(await sendInBackground(browser.given), { member: "8", sent: 0, stopped: null });
  assert.equal(server.stored.size, 0);

  server.signedIn = "7";
  assert.deepEqual(await sendInBackground(browser.given), { member: "7", sent: 1, stopped: null });
  assert.equal(server.stored.size, 1);
});

test("the worker sends while the app is locked and closed", async () => {
  const browser = new Browser();
  const phone = await browser.unlocked();
  const back = offline(browser.server);
  await record(phone, household(1));
  await phone.outbox.sendNow();
  phone.close();
  back();
  browser.pass(60 * 60_000);

  assert.equal((await sendInBackground(browser.given)).sent, 1);
  const again = await browser.unlocked();
  assert.equal((await again.outbox.list())[0].state, "acknowledged");
});

test("the worker asks the browser to try again when there is no network, and not when nobody is signed in", async () => {
  const { browser, server, b } = await handedOver();
  b.close();
  const back = offline(server);
  await assert.rejects(sendInBackground(browser.given), refusal("offline"));
  back();
  server.signedIn = null;
  assert.deepEqual(await sendInBackground(browser.given), { member: null, sent: 0, stopped: "not_signed_in" });
});

test("the phone remembers who uses it, for choosing without network", async () => {
  const { browser } = await handedOver();
  const here = await membersHere(browser.given);

  assert.deepEqual(here.map(({ name }) => name), ["Hà Văn Mẫu", "Lò Thị Mẫu"]);
  assert.equal((await signedInMember(browser.given)).member, "8");
});

test("signing out is refused while visits wait, and nothing is deleted", async () => {
  const browser = new Browser();
  const phone = await browser.unlocked();
  const back = offline(browser.server);
  await record(phone, household(1));
  await assert.rejects(phone.signOut(), (error) => error.code === "visits_waiting" && error.count === 1);
  assert.equal((await phone.outbox.list()).length, 1);
  assert.equal(browser.server.signedIn, "7");

  back();
  await phone.signOut();
  assert.equal(browser.server.stored.size, 1, "it is sent first");
  assert.equal(browser.server.signedIn, null);
  assert.deepEqual(await membersHere(browser.given), []);
  const names = (await browser.indexedDB.databases()).map(({ name }) => name);
  assert.deepEqual(names, ["doi-so-device"]);
});

test("a rejected visit holds the sign-out back, a conflict does not", async () => {
  const browser = new Browser();
  const phone = await browser.unlocked();
  const back = offline(browser.server);
  const { id } = await record(phone, household(1));
  browser.server.rejected.set(id, { household: "unknown" });
  back();
  await assert.rejects(phone.signOut(), refusal("visits_waiting"));

  browser.server.rejected.clear();
  browser.server.stored.set(id, { visit: { id }, member: "7" });
  await phone.outbox.retry(id);
  await phone.signOut();
});

test("drafts hold the sign-out back unless they are given up", async () => {
  const browser = new Browser();
  const phone = await browser.unlocked();
  await phone.drafts.save(household(1), { outcome: "met_done" });
  await assert.rejects(phone.signOut(), refusal("drafts_open"));
  await phone.signOut({ evenDrafts: true });
  assert.deepEqual(await membersHere(browser.given), []);
});

test("without network nobody is signed out: the session would stay on the phone", async () => {
  const browser = new Browser();
  const phone = await browser.unlocked();
  offline(browser.server);
  await assert.rejects(phone.signOut(), refusal("offline"));
  assert.equal(phone.locked, false);
});

test("a phone cut off wipes everything of everybody at its next contact, and ends the session", async () => {
  const { browser, server, b } = await handedOver();
  await record(b, household(3)).catch(() => {});
  await b.outbox.sendNow();
  const wiped = new Promise((resolve) => b.on("change", ({ what }) => what === "wiped" && resolve()));
  const device = b.device;
  server.lost = true;
  await assert.rejects(b.worklist.refresh(), refusal("device_cut_off"));
  await wiped;

  assert.deepEqual(await browser.indexedDB.databases(), []);
  assert.equal(server.signedIn, null);
  await assert.rejects(b.outbox.summary(), refusal("store_closed"));
  const stranger = await browser.open(B);
  assert.equal(stranger.hasPin, false);
  assert.notEqual(stranger.device, device);
});

test("what a phone cut off still holds is sent once, for a person to look at, before it is wiped", async () => {
  const browser = new Browser();
  const phone = await browser.unlocked();
  const back = offline(browser.server);
  for (let number = 1; number <= 3; number += 1) await record(phone, household(number));
  await phone.outbox.sendNow();
  back();
  browser.server.lost = true;
  await phone.worklist.refresh().catch(() => {});

  assert.equal(browser.server.aside.length, 3);
  assert.deepEqual(await browser.indexedDB.databases(), []);
});

test("what the others of a shared phone wrote is handed over as theirs before all is wiped, also what was refused", async () => {
  const { browser, server, b, visit } = await handedOver();
  server.receive = ({ id }) => ({ id, outcome: "rejected", problems: { household: "not_in_your_area" } });
  const refused = await record(b, household(3));
  await b.outbox.sendNow();
  server.lost = true;
  await assert.rejects(b.worklist.refresh(), refusal("device_cut_off"));

  const told = server.aside.map(({ visit: { id, note }, member }) => ({ id, note, member }));
  assert.deepEqual(told, [
    { id: refused.id, note: undefined, member: "8" },
    { id: visit.id, note: "của A", member: "7" },
  ]);
  assert.deepEqual(await browser.indexedDB.databases(), []);
});

test("a locked phone with nobody signed in hands over what it holds, too", async () => {
  const browser = new Browser();
  const phone = await browser.unlocked();
  const back = offline(browser.server);
  await record(phone, household(1));
  await phone.outbox.sendNow();
  phone.close();
  back();
  browser.server.lost = true;
  browser.server.signedIn = null;
  browser.pass(60 * 60_000);
  await sendInBackground(browser.given);

  assert.deepEqual(browser.server.aside.map(({ member }) => member), ["7"]);
  assert.deepEqual(await browser.indexedDB.databases(), []);
});

test("what somebody was still writing is handed over, too, by a locked phone with nobody signed in", async () => {
  const browser = new Browser();
  const phone = await browser.unlocked();
  await phone.drafts.save(household(1), { outcome: "met_done" });
  await phone.drafts.save(household(1), { outcome: "met_done", note: "Bác đang kể dở" });
  const sent = await record(phone, household(2), { note: "Đã xong" });
  await phone.outbox.sendNow();
  await phone.outbox.edit(sent.id);
  await phone.drafts.save(household(2), { ...(await phone.drafts.get(household(2))), note: "Sửa dở" });
  phone.close();
  browser.server.lost = true;
  browser.server.signedIn = null;
  let broken = 0;
  browser.server.before = async (address) => {
    if (address === SENT && broken++ < 1) throw new TypeError("cut");
    return null;
  };
  browser.pass(60 * 60_000);
  await sendInBackground(browser.given);

  const told = browser.server.drafts.map(({ draft: { household: at, note }, member }) => ({ at, note, member }));
  assert.deepEqual(told, [
    { at: household(1), note: "Bác đang kể dở", member: "7" },
    { at: household(2), note: "Sửa dở", member: "7" },
  ]);
  assert.deepEqual(browser.server.aside, []);
  assert.deepEqual(await browser.indexedDB.databases(), []);
});

test("a batch too large for the server is handed over in halves", async () => {
  const browser = new Browser();
  const phone = await browser.unlocked();
  const back = offline(browser.server);
  for (let number = 1; number <= 5; number += 1) await record(phone, household(number));
  await phone.outbox.sendNow();
  back();
  browser.server.lost = true;
  browser.server.before = async (address, options) => {
    if (address === SENT && bodyOf(options).visits.length > 1) return problem(413, "too_large");
    return null;
  };
  await phone.worklist.refresh().catch(() => {});

  assert.equal(browser.server.aside.length, 5);
  assert.deepEqual(await browser.indexedDB.databases(), []);
});

const left = async (browser) => {
  const databases = await browser.indexedDB.databases();
  return databases.map(({ name }) => name).sort();
};

/** A phone of two members, one of whom still writes, whose line breaks from now on. */
async function lostWithoutALine() {
  const browser = new Browser();
  const phone = await browser.unlocked();
  browser.server.worklist = { cursor: "c2", more: false, households: [{ id: household(1), hamlet: "16213-001", lane: "", code: "1" }], gone: [] };
  await phone.worklist.refresh();
  const back = offline(browser.server);
  for (let number = 1; number <= 3; number += 1) await record(phone, household(number));
  await phone.drafts.save(household(9), { outcome: "met_done", note: "dở" });
  await phone.outbox.sendNow();
  back();
  browser.server.lost = true;
  browser.breaks = Infinity;
  browser.server.before = async (address) => {
    if (address === SENT && browser.breaks > 0) {
      browser.breaks -= 1;
      throw new TypeError("cut");
    }
    return null;
  };
  return { browser, server: browser.server, phone };
}

test("a line that breaks while a lost phone hands over takes nothing, however often it breaks", async () => {
  const { browser, server, phone } = await lostWithoutALine();
  const told = new Promise((resolve) => phone.on("change", ({ what, left }) => what === "wiped" && resolve(left)));
  await assert.rejects(phone.worklist.refresh(), refusal("device_cut_off"));
  assert.equal(await told, true);
  for (let time = 0; time < 5; time += 1) {
    browser.pass(60 * 60_000);
    assert.equal(await somethingWaits(browser.given), true);
    await assert.rejects(sendInBackground(browser.given), refusal("later"));
  }
  // The list went at once; what was told at the doors is here.
  const store = await openMemberStore(browser.indexedDB, "7");
  assert.deepEqual(await store.read(["hamlets"], ({ keys }) => keys("hamlets")), []);
  store.close();
  assert.deepEqual(await left(browser), ["doi-so-device", "doi-so-member-7"]);
  assert.equal(server.aside.length, 0);

  browser.breaks = 1;
  await sendInBackground(browser.given);
  assert.equal(server.aside.length, 3);
  assert.deepEqual(server.drafts.map(({ draft }) => draft.note), ["dở"]);
  assert.deepEqual(await left(browser), []);
});

test("a page that is open hands over at the next sign of life", async () => {
  const { browser, server, phone } = await lostWithoutALine();
  phone.close();
  const window = new EventTarget();
  const again = await browser.open({ window, document: Object.assign(new EventTarget(), { visibilityState: "visible" }) });
  const heard = [];
  const done = new Promise((resolve) => again.on("change", (change) => {
    if (change.what !== "wiped") return;
    heard.push(change.left);
    if (!change.left) resolve();
  }));
  while (heard.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual(heard, [true]);
  browser.breaks = 0;
  window.dispatchEvent(new Event("online"));
  await done;

  assert.equal(server.aside.length, 3);
  assert.deepEqual(await left(browser), []);
});

test("what was received is gone, what was not stays, and none is sent twice for it", async () => {
  const { browser, server } = await lostWithoutALine();
  browser.breaks = 0;
  server.mostAside = 2;
  await assert.rejects(sendInBackground(browser.given), refusal("later"));
  assert.equal(server.aside.length, 2);
  server.mostAside = Infinity;
  await sendInBackground(browser.given);

  assert.deepEqual(server.aside.map(({ visit }) => visit.household).sort(), [1, 2, 3].map(household));
  assert.deepEqual(await left(browser), []);
});

test("an answer that does not say what was kept takes nothing", async () => {
  const { browser, server } = await lostWithoutALine();
  server.before = async (address) => (address === SENT ? problem(403, "device_cut_off") : null);
  await assert.rejects(sendInBackground(browser.given), refusal("later"));
  server.before = async (address) =>
    address === SENT ? problem(403, "device_cut_off", { batch: "another", visits_held: 3, drafts_held: 1 }) : null;
  await assert.rejects(sendInBackground(browser.given), refusal("later"));
  server.before = async () => null;
  await sendInBackground(browser.given);

  assert.deepEqual([server.aside.length, server.drafts.length], [3, 1]);
  assert.deepEqual(await left(browser), []);
});

test("a line too thin for all of it takes it in parts", async () => {
  const { browser, server } = await lostWithoutALine();
  server.before = async (address, options) => {
    if (address === SENT && bodyOf(options).visits.length > 1) throw new Fault("time_out");
    return null;
  };
  await sendInBackground(browser.given);

  assert.equal(server.aside.length, 3);
  assert.deepEqual(await left(browser), []);
});

test("a phone let back before all was handed over keeps the rest, and goes on", async () => {
  const { browser, server } = await lostWithoutALine();
  await assert.rejects(sendInBackground(browser.given), refusal("later"));
  server.lost = false;
  browser.breaks = 0;
  server.signedIn = null;
  await sendInBackground(browser.given);
  server.signedIn = "7";
  await sendInBackground(browser.given);

  assert.equal(server.stored.size, 3);
  assert.equal(await somethingWaits(browser.given), false);
  const phone = await browser.unlocked();
  assert.equal((await phone.drafts.get(household(9))).note, "dở");
});

test("the worker wipes a phone cut off, too", async () => {
  const browser = new Browser();
  const phone = await browser.unlocked();
  phone.close();
  browser.server.lost = true;
  await sendInBackground(browser.given);

  assert.deepEqual(await browser.indexedDB.databases(), []);
});

test("a finder who opens the app, locked and with nobody signed in, finds it wiped", async () => {
  const browser = new Browser();
  (await browser.unlocked()).close();
  browser.server.lost = true;
  browser.server.signedIn = null;
  const phone = await browser.open({ window: new EventTarget(), document: Object.assign(new EventTarget(), { visibilityState: "visible" }) });
  await new Promise((resolve) => phone.on("change", ({ what }) => what === "wiped" && resolve()));

  assert.deepEqual(await browser.indexedDB.databases(), []);
});

test("a page of somebody's that says 403 wipes nothing", async () => {
  const browser = new Browser();
  const phone = await browser.unlocked();
  browser.server.before = async () => new Response('{"code": "device_cut_off"}', { status: 403, headers: { "Content-Type": "text/html" } });
  await record(phone, household(1));
  await phone.outbox.sendNow();

  assert.equal((await phone.outbox.list()).length, 1);
});
