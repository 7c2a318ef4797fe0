// IndexedDB on a disk: fake-indexeddb, whose committed transactions are written to a file before anybody hears of them.
// A process that is killed finds them there when it starts again, whole transactions and nothing else.

import "fake-indexeddb/auto";
import { IDBFactory, IDBObjectStore } from "fake-indexeddb";
import { appendFileSync, existsSync, readFileSync, truncateSync } from "node:fs";
import { KeyObject, webcrypto } from "node:crypto";
import { deserialize, serialize } from "node:v8";

import { openStore } from "../../foundation/web/static/offline/store.js";
import { DEVICE_STEPS, DEVICE_STORE, MEMBER_STEPS } from "../../community_teams/static/teams/phone/store.js";

/** @returns {Promise<{indexedDB, isFull: () => boolean}>} isFull: whether the next write finds no room; set it at will */
export async function openDisk(file) {
  const disk = { indexedDB: new IDBFactory(), isFull: () => false };
  if (existsSync(file)) await replay(disk.indexedDB, wholeLines(file));
  keepWhatIsCommitted(disk, file);
  return disk;
}

function keepWhatIsCommitted(disk, file) {
  const open = new WeakMap();
  const note = (room, ...what) => {
    const { transaction, name } = room;
    if (!open.has(transaction)) {
      const acts = [];
      open.set(transaction, acts);
      // Before oncomplete, which is when the phone believes it.
      transaction.addEventListener("complete", () => {
        appendFileSync(file, `${serialize([transaction.db.name, acts]).toString("base64")}\n`, "latin1");
      });
    }
    open.get(transaction).push([name, ...what]);
  };
  const { put, delete: remove, clear } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function (value, key) {
    if (disk.isFull()) throw new DOMException("no room", "QuotaExceededError");
    note(this, "put", plain(value), key);
    return put.call(this, value, key);
  };
  IDBObjectStore.prototype.delete = function (key) {
    note(this, "delete", key);
    return remove.call(this, key);
  };
  IDBObjectStore.prototype.clear = function () {
    note(this, "clear");
    return clear.call(this);
  };
}

/** A last line without its end was being written when the process died: nobody has heard of it, and it goes. */
function wholeLines(file) {
  const text = readFileSync(file, "latin1");
  const end = text.lastIndexOf("\n") + 1;
  if (end < text.length) truncateSync(file, end);
  return text.slice(0, end).split("\n").slice(0, -1);
}

async function replay(indexedDB, lines) {
  const stores = new Map();
  for (const line of lines) {
    const [name, acts] = deserialize(Buffer.from(line, "base64"));
    if (!stores.has(name)) stores.set(name, await openStore(indexedDB, name, name === DEVICE_STORE ? DEVICE_STEPS : MEMBER_STEPS));
    const filled = await Promise.all(acts.map(async ([room, act, value, key]) => [room, act, await alive(value), key]));
    await stores.get(name).write([...new Set(filled.map(([room]) => room))], async (rooms) => {
      for (const [room, act, value, key] of filled) {
        if (act === "put") await rooms.put(room, value, key);
        else if (act === "delete") await rooms.remove(room, value);
        else await rooms.clear(room);
      }
    });
  }
  for (const store of stores.values()) store.close();
}

// A browser keeps keys that nobody can read out of it; here they lie in the file.
function plain(value) {
  if (!(value instanceof CryptoKey)) return value;
  const { algorithm, usages } = value;
  return { keptKey: KeyObject.from(value).export(), algorithm: { ...algorithm, hash: algorithm.hash?.name }, usages };
}

async function alive(value) {
  if (!value?.keptKey) return value;
  const { hash, name, length } = value.algorithm;
  const algorithm = hash ? { name, hash } : { name, length };
  return webcrypto.subtle.importKey("raw", value.keptKey, algorithm, false, value.usages);
}
