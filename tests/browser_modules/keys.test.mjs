import "./form.mjs";
import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { test } from "node:test";

import { IDBFactory } from "fake-indexeddb";

import { Fault } from "../../foundation/web/static/offline/faults.js";
import { changePin, checkPin, storedKeys, makeMemberKey, newSealingKey, seal, unlockMemberKey, unseal } from "../../community_teams/static/teams/phone/keys.js";
import { openStore } from "../../foundation/web/static/offline/store.js";
import { MEMBER_STEPS } from "../../community_teams/static/teams/phone/store.js";
import { Browser, household, NOON, PIN, quickCrypto, record, refusal } from "./fakes.mjs";

const SECOND = 1000;

async function lockedStore(crypto = quickCrypto) {
  const store = await openStore(new IDBFactory(), "doi-so-member-7", MEMBER_STEPS);
  const { device_key: deviceKey } = await storedKeys(store, crypto);
  const key = await makeMemberKey(store, crypto, deviceKey, PIN);
  const unlock = (pin, at = NOON) => unlockMemberKey(store, crypto, deviceKey, pin, at);
  return { store, deviceKey, key, unlock };
}

test("what was sealed opens with its key and with no other", async () => {
  const key = await newSealingKey(webcrypto);
  const sealed = await seal(webcrypto, key, { note: "bà Mẫu" });

  assert.deepEqual(await unseal(webcrypto, key, sealed), { note: "bà Mẫu" });
  await assert.rejects(async () => unseal(webcrypto, await newSealingKey(webcrypto), sealed), refusal("unreadable"));
});

test("the same words are never sealed alike, and a changed byte is noticed", async () => {
  const key = await newSealingKey(webcrypto);
  const [one, other] = [await seal(webcrypto, key, "vắng"), await seal(webcrypto, key, "vắng")];

  assert.notDeepEqual(one, other);
  one[20] ^= 1;
  await assert.rejects(unseal(webcrypto, key, one), refusal("unreadable"));
});

test("no key that stays in the store can be read out of it", async () => {
  const { store, key } = await lockedStore();
  const kept = await store.read(["kept"], ({ all }) => all("kept"));

  const keys = [key, ...kept.filter((value) => value?.type === "secret")];
  assert.equal(keys.length, 3);
  for (const each of keys) {
    assert.equal(each.extractable, false);
    await assert.rejects(webcrypto.subtle.exportKey("raw", each));
  }
});

test("the PIN opens the same key again, with PBKDF2 of hundreds of thousands of rounds", async () => {
  const { store, key, unlock } = await lockedStore(webcrypto);
  const sealed = await seal(webcrypto, key, "hẹn lại");

  assert.equal(await unseal(webcrypto, await unlock(PIN), sealed), "hẹn lại");
  const { rounds, salt } = await store.get("kept", "pin");
  assert.ok(rounds >= 200_000 && rounds <= 1_000_000, `${rounds} rounds`);
  assert.equal(salt.length, 16);
});

test("a copy of the store without the phone's own key is not opened by the right PIN", async () => {
  const { store, unlock } = await lockedStore();
  const elsewhere = await webcrypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign"]);

  await assert.rejects(unlockMemberKey(store, quickCrypto, elsewhere, PIN, NOON), refusal("wrong_pin"));
  await unlock(PIN);
});

test("wrong PINs make the next one wait, longer and longer, also for the right one", async () => {
  const { unlock } = await lockedStore();
  let time = NOON;
  const waits = [];
  for (let turn = 0; turn < 10; turn += 1) {
    await assert.rejects(unlock("222333", time), (error) => {
      assert.equal(error.code, "wrong_pin");
      waits.push((error.until - time) / SECOND);
      time = error.until;
      return true;
    });
  }

  assert.deepEqual(waits, [0, 0, 0, 0, 30, 60, 300, 900, 3600, 3600]);
  await assert.rejects(unlock(PIN, time - 1), refusal("pin_wait"));
  await unlock(PIN, time);
  await assert.rejects(unlock("222333", time), (error) => error.until === time, "the right one starts the count anew");
});

test("guesses are counted before they are tried, and outlive the app", async () => {
  const browser = new Browser();
  let phone = await browser.unlocked();
  phone.lock();
  for (let turn = 0; turn < 5; turn += 1) await assert.rejects(phone.unlock("222333"), refusal("wrong_pin"));
  phone.close();

  phone = await browser.open();
  await assert.rejects(phone.unlock(PIN), refusal("pin_wait"));
  browser.pass(30 * SECOND);
  await phone.unlock(PIN);
});

test("a clock set back by a day lets nobody wait longer than was meant", async () => {
  const { store, unlock } = await lockedStore();
  const dayBefore = NOON - 24 * 3600 * SECOND;
  // The app was killed between counting and opening.
  await store.put("kept", { ...(await store.get("kept", "pin")), wrong: 1, until: NOON }, "pin");
  await unlock(PIN, dayBefore);

  for (let turn = 0; turn < 5; turn += 1) await assert.rejects(unlock("222333"), refusal("wrong_pin"));
  await assert.rejects(unlock(PIN, dayBefore), (error) => error.until === dayBefore + 30 * SECOND);
  await assert.rejects(unlock(PIN, dayBefore + 29 * SECOND), refusal("pin_wait"));
  await unlock(PIN, dayBefore + 30 * SECOND);
});

test("the right PIN opens although the phone is too full to forget the wrong ones", async () => {
  const { store, deviceKey } = await lockedStore();
  const full = {
    get: (...asked) => store.get(...asked),
    write: (...asked) => store.write(...asked),
    put: () => Promise.reject(new Fault("storage_full")),
  };
  assert.ok(await unlockMemberKey(full, quickCrypto, deviceKey, PIN, NOON));
});

test("guesses from many tabs at once are all counted", async () => {
  const { store, unlock } = await lockedStore();
  await Promise.allSettled(Array.from({ length: 4 }, () => unlock("222333")));

  assert.equal((await store.get("kept", "pin")).wrong, 4);
});

for (const [pin, code] of [
  ["1945", "pin_too_short"],
  ["000000", "pin_too_easy"],
  ["123456", "pin_too_easy"],
  ["987654", "pin_too_easy"],
  ["matkhau", "pin_not_digits"],
  ["1234567890123", "pin_too_long"],
]) {
  test(`${pin} is no PIN: ${code}`, () => assert.throws(() => checkPin(pin), refusal(code)));
}

test("another PIN opens what was sealed before", async () => {
  const { store, deviceKey, key, unlock } = await lockedStore();
  const sealed = await seal(webcrypto, key, "tự làm");

  await assert.rejects(changePin(store, quickCrypto, deviceKey, "222333", "778899", NOON), refusal("wrong_pin"));
  await changePin(store, quickCrypto, deviceKey, PIN, "778890", NOON);

  await assert.rejects(unlock(PIN), refusal("wrong_pin"));
  assert.equal(await unseal(webcrypto, await unlock("778890"), sealed), "tự làm");
});

test("fifteen idle minutes lock the phone, and using it keeps it open", async () => {
  const browser = new Browser();
  const phone = await browser.unlocked();
  await phone.drafts.save(household(1), { outcome: "met_done" });
  const seen = [];
  phone.on("change", ({ what }) => seen.push(what));

  browser.pass(14 * 60 * SECOND);
  phone.touch();
  browser.pass(14 * 60 * SECOND);
  assert.equal(phone.locked, false);
  browser.pass(60 * SECOND);

  assert.equal(phone.locked, true);
  assert.deepEqual(seen, ["locked"]);
  for (const asked of [
    () => phone.drafts.get(household(1)),
    () => phone.worklist.hamlets(),
    () => phone.drafts.previous(household(1)),
    () => phone.outbox.list(),
    () => phone.outbox.toFile(),
    () => phone.drafts.save(household(1), {}),
  ]) {
    await assert.rejects(asked, refusal("locked"));
  }
  await phone.unlock(PIN);
  assert.equal((await phone.drafts.get(household(1))).outcome, "met_done");
});

test("a touch after the time is over does not open it again", async () => {
  const browser = new Browser();
  const phone = await browser.unlocked();
  browser.pass(16 * 60 * SECOND);
  phone.touch();

  assert.equal(phone.locked, true);
});

test("nothing that was written can be read in the store", async () => {
  const browser = new Browser();
  const phone = await browser.unlocked();
  browser.server.before = async (address) => {
    if (address.startsWith("/api/v1/visits")) throw new TypeError("no network");
  };
  browser.server.worklist.households = [
    { id: household(1), short_code: "M1-001", hamlet: "16213-001", lane: "Ngõ Đầu", label: "Nhà bà Mẫu", status: "active" },
  ];
  await phone.worklist.refresh();
  await record(phone, household(1), { note: "điện chập chờn", consent: { level: "code" }, size: { adults: 3 } });
  await phone.drafts.save(household(2), { outcome: "met_partial", note: "sóng yếu" });
  phone.close();

  const { openStore: open } = await import("../../foundation/web/static/offline/store.js");
  const store = await open(browser.indexedDB, "doi-so-member-7", MEMBER_STEPS);
  const rooms = ["kept", "hamlets", "drafts", "known", "outbox"];
  const everything = await store.read(rooms, async ({ all }) => Promise.all(rooms.map((room) => all(room))));
  const bytes = [];
  const collect = (value) => {
    if (value instanceof Uint8Array) bytes.push(Buffer.from(value).toString("latin1"), Buffer.from(value).toString("utf8"));
    else if (value && typeof value === "object") Object.values(value).forEach(collect);
    else bytes.push(String(value));
  };
  collect(everything);
  const text = bytes.join("\n");
  for (const word of ["Mẫu", "Ngõ", "chập", "sóng", "met_done", "met_partial", "adults"]) {
    assert.ok(!text.includes(word), `"${word}" stands in the store`);
  }
});

test("a forgotten PIN costs the drafts, never a finished visit", async () => {
  const browser = new Browser();
  const phone = await browser.unlocked();
  browser.server.before = async (address) => {
    if (address.startsWith("/api/v1/visits")) throw new TypeError("no network");
  };
  await record(phone, household(1));
  await phone.drafts.save(household(2), { outcome: "met_done" });
  phone.lock();

  await phone.forgetPin("778890");

  assert.equal(await phone.drafts.get(household(2)), null);
  assert.equal((await phone.outbox.list()).length, 1);
  browser.server.before = async () => null;
  // By this call, or by the try that began when the visit was finished: it waits for both.
  await phone.outbox.sendNow();
  assert.equal(browser.server.stored.size, 1);
});

test("only whom the server knows to be signed in may replace a forgotten PIN", async () => {
  const browser = new Browser();
  const phone = await browser.unlocked();
  await phone.drafts.save(household(2), { outcome: "met_done" });
  phone.lock();

  browser.server.signedIn = "8";
  await assert.rejects(phone.forgetPin("778890"), refusal("other_member"));
  browser.server.signedIn = null;
  await assert.rejects(phone.forgetPin("778890"), refusal("not_signed_in"));

  await phone.unlock(PIN);
  assert.notEqual(await phone.drafts.get(household(2)), null);
});
