// What is on the phone stays on the phone: full disks, newer apps, other tabs, dropped connections.

import "./form.mjs";
import assert from "node:assert/strict";
import { test } from "node:test";

import { IDBFactory, IDBObjectStore } from "fake-indexeddb";

import { openStore } from "../../foundation/web/static/offline/store.js";
import { MEMBER_STEPS, MEMBER_STORE } from "../../community_teams/static/teams/phone/store.js";
import { Browser, household, offline, record, refusal } from "./fakes.mjs";
import * as version1 from "./stores/version_1.mjs";

/** Every version of the store that was ever on a phone. Add one when MEMBER_STEPS grows; never change an old one. */
const VERSIONS = [version1];

test("every version of the store has one kept for the tests", () => {
  assert.equal(VERSIONS.length, MEMBER_STEPS.length);
});

for (const [place, version] of VERSIONS.entries()) {
  test(`a phone with version ${place + 1} keeps its draft, its list and what waits, and sends it`, async () => {
    const browser = new Browser();
    await version.leaveBehind(browser.indexedDB, MEMBER_STORE + "7");
    const phone = await browser.open();
    assert.equal((await phone.outbox.summary()).waiting, 2);

    await phone.unlock(version.PIN);
    assert.equal((await phone.drafts.get(version.DRAFT.household)).note, version.DRAFT.note);
    assert.deepEqual((await phone.worklist.households()).map(({ id }) => id), [version.ROW.id]);
    assert.equal((await phone.drafts.previous(version.ROW.id)).power, "grid");
    await phone.outbox.sendNow();

    assert.deepEqual([...browser.server.stored.keys()].sort(), version.WAITING.map(({ id }) => id).sort());
  });
}

/** From now on the phone is full: every write of something new fails as browsers fail. Returns how to empty it. */
function fill() {
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function full() {
    throw new DOMException("full", "QuotaExceededError");
  };
  return () => {
    IDBObjectStore.prototype.put = put;
  };
}

test("a full phone says so, and loses nothing that was stored", async () => {
  const browser = new Browser();
  const phone = await browser.unlocked();
  const back = offline(browser.server);
  await record(phone, household(1));
  await phone.drafts.save(household(2), { outcome: "met_done", note: "trước" });
  await phone.outbox.sendNow();
  const empty = fill();
  try {
    await assert.rejects(phone.drafts.save(household(2), { outcome: "met_done", note: "sau" }), refusal("storage_full"));
    await assert.rejects(phone.drafts.save(household(3), { outcome: "met_done" }), refusal("storage_full"));
    await assert.rejects(phone.outbox.finish(household(2)), refusal("storage_full"));
  } finally {
    empty();
  }

  assert.equal((await phone.drafts.get(household(2))).note, "trước");
  assert.equal((await phone.outbox.summary()).waiting, 1);
  back();
  await phone.drafts.save(household(2), { outcome: "met_done", note: "sau" });
  await phone.outbox.finish(household(2));
  await phone.outbox.sendNow();
  assert.equal(browser.server.stored.size, 2);
});

test("a full phone still sends, which is what makes room", async () => {
  const browser = new Browser();
  const phone = await browser.unlocked();
  const back = offline(browser.server);
  await record(phone, household(1));
  await record(phone, household(2));
  await phone.outbox.sendNow();
  back();
  browser.pass(60 * 60_000);
  const empty = fill();
  try {
    assert.equal((await phone.outbox.sendNow()).sent, 2);
  } finally {
    empty();
  }
  assert.equal(browser.server.stored.size, 2);
  assert.equal((await phone.outbox.summary()).waiting, 0);
});

test("a store made by a newer app is left alone", async () => {
  const browser = new Browser();
  (await browser.unlocked()).close();
  const newer = await openStore(browser.indexedDB, MEMBER_STORE + "7", [...MEMBER_STEPS, () => {}]);
  await newer.put("kept", "kept by the newer app", "note");
  newer.close();

  await assert.rejects(browser.open(), refusal("newer_store"));
});

test("an old tab lets a newer app take the store over, and says so", async () => {
  const browser = new Browser();
  const phone = await browser.unlocked();
  await phone.drafts.save(household(1), { outcome: "met_done" });
  const told = new Promise((resolve) => phone.on("change", ({ what }) => what === "newer" && resolve()));
  const newer = await openStore(browser.indexedDB, MEMBER_STORE + "7", [...MEMBER_STEPS, (database) => database.createObjectStore("new")]);
  await told;

  assert.equal((await newer.read(["drafts"], ({ keys }) => keys("drafts"))).length, 1);
  await assert.rejects(phone.outbox.summary(), refusal("store_closed"));
});

test("a write that fails half-way leaves nothing of it", async () => {
  const store = await openStore(new IDBFactory(), "doi-so-member-1", MEMBER_STEPS);
  await assert.rejects(
    store.write(["kept"], async ({ put }) => {
      await put("kept", 1, "first");
      throw new TypeError("half-way");
    }),
  );
  assert.equal(await store.get("kept", "first"), undefined);
});

test("a browser that keeps nothing is told apart from a fault", async () => {
  const browser = new Browser();
  await assert.rejects(browser.open({ indexedDB: undefined }), refusal("no_storage"));
});

test("persistent storage is asked for, and what came of it is said and sent", async () => {
  const browser = new Browser();
  for (const isGranted of [true, false]) {
    let asked = 0;
    const storage = {
      persist: async () => {
        asked += 1;
        return isGranted;
      },
      persisted: async () => isGranted,
    };
    const phone = await browser.unlocked({ storage });
    assert.ok(asked > 0);
    assert.equal((await phone.outbox.summary()).storage, isGranted ? "persisted" : "best_effort");
    await record(phone, household(isGranted ? 1 : 2));
    await phone.outbox.sendNow();
    assert.equal(browser.server.batches.at(-1).storage, isGranted ? "persisted" : "best_effort");
    phone.close();
  }
});

test("the app opens while the browser still asks the person about persistent storage, as Firefox does", async () => {
  const storage = { persist: () => new Promise(() => {}), persisted: async () => false };
  const phone = await new Browser().unlocked({ storage });
  assert.equal(phone.locked, false);
  assert.equal((await phone.outbox.summary()).storage, "best_effort");
  phone.close();
});
