// A phone as version 1 of the store left it: two visits waiting, one of them cut off while it was sent, a draft, a work
// list and what is known of a household. Frozen: it speaks IndexedDB and WebCrypto itself and imports nothing of the app.

import { webcrypto } from "node:crypto";

export const PIN = "194530";
const { subtle } = webcrypto;
const id = (number) => `019aa1b2-0000-7000-8000-${String(number).padStart(12, "0")}`;
const door = (number) => `7c0e0000-0000-4000-8000-${String(number).padStart(12, "0")}`;

export const WAITING = [1, 2].map((number) => ({
  id: id(number), household: door(number), outcome: "met_done", started_at: "2026-11-21T01:30:00.000Z", form_version: 1, input_type: "phone",
}));
export const DRAFT = { ...WAITING[0], id: id(3), household: door(3), note: "đang dở" };
export const ROW = {
  id: door(9), short_code: "M1-009", hamlet: "16213-001", lane: "Ngõ 1", label: null, status: "active", last_outcome: null,
  last_visited_on: null, next_visit_on: null, version: 1, folded: "m1 009 ngo 1", waiting: false,
};

async function seal(key, value) {
  const bytes = value instanceof Uint8Array ? value : new TextEncoder().encode(JSON.stringify(value));
  const iv = webcrypto.getRandomValues(new Uint8Array(12));
  return new Uint8Array([...iv, ...new Uint8Array(await subtle.encrypt({ name: "AES-GCM", iv }, key, bytes))]);
}

export async function leaveBehind(indexedDB, name) {
  const aes = ["AES-GCM", false, ["encrypt", "decrypt"]];
  const outboxKey = await subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const deviceKey = await subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const raw = webcrypto.getRandomValues(new Uint8Array(32));
  const memberKey = await subtle.importKey("raw", raw, ...aes);
  const salt = webcrypto.getRandomValues(new Uint8Array(16));
  const typed = await subtle.importKey("raw", new TextEncoder().encode(PIN), "PBKDF2", false, ["deriveBits"]);
  // One round, as the tests' own WebCrypto goes.
  const stretched = await subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations: 1 }, typed, 256);
  const pinKey = await subtle.importKey("raw", await subtle.sign("HMAC", deviceKey, stretched), ...aes);

  const entry = async (record, state, attempted) => ({
    id: record.id, state, at: 1795224600000, rev: 1, sealed: await seal(outboxKey, record), attempted, trail: [],
    tries: attempted ? 1 : 0, problems: null, delivered: false,
  });
  const rows = {
    kept: [
      ["outbox_key", outboxKey],
      ["device_key", deviceKey],
      ["pin", { salt, rounds: 1, locked: await seal(pinKey, raw), wrong: 0, until: 0 }],
      ["cursor", "c1"],
      ["known_cursor", "k1"],
      ["worklist_at", 1795224600000],
      ["hamlet_names", await seal(memberKey, [{ code: "16213-001", name: "Bản Mẫu 1", sample: true }])],
      ["sending", { size: 100, failures: 1, notBefore: 0, asked: false, problem: "offline" }],
    ],
    hamlets: [["16213-001", await seal(memberKey, [ROW])]],
    drafts: [[DRAFT.household, { sealed: await seal(memberKey, DRAFT), savedAt: 1795224600000, edits: null }]],
    known: [[ROW.id, { sealed: await seal(memberKey, { power: "grid" }), on: "2026-11-01" }]],
    outbox: [
      [undefined, await entry(WAITING[0], "ready", null)],
      [undefined, await entry(WAITING[1], "sending", { id: WAITING[1].id, supersedes: null })],
    ],
  };
  await new Promise((resolve, reject) => {
    const opening = indexedDB.open(name, 1);
    opening.onerror = () => reject(opening.error);
    opening.onupgradeneeded = () => {
      for (const room of ["kept", "hamlets", "drafts", "known"]) opening.result.createObjectStore(room);
      opening.result.createObjectStore("outbox", { keyPath: "id" }).createIndex("state", "state");
    };
    opening.onsuccess = () => {
      const writing = opening.result.transaction(Object.keys(rows), "readwrite");
      for (const [room, values] of Object.entries(rows)) for (const [key, value] of values) writing.objectStore(room).put(value, key);
      writing.oncomplete = () => {
        opening.result.close();
        resolve();
      };
      writing.onabort = () => reject(writing.error);
    };
  });
}
