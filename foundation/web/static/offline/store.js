// A database in the browser (IndexedDB, by the library idb), so that what it holds outlives the page, the browser and the battery.

import { wrap } from "idb";

import { Fault, faultOf } from "./faults.js";

/**
 * Open a database, moving it up from whatever version it has.
 *
 * @param {((database: IDBDatabase, transaction: IDBTransaction) => void)[]} steps  what each version brings. A step once
 *   released is never changed: a phone may come from any version, with records waiting
 * @param {(newVersion: number | null) => void} [onTaken]  called once when another tab needs it at a newer version, or
 *   deletes it (null): this connection is closed then and refuses with `store_closed`
 * @returns {Promise<Store>} rejects with `newer_store` where it was made by a newer app, `no_storage` where the browser
 *   keeps nothing
 */
export async function openStore(indexedDB, name, steps, onTaken = () => {}) {
  const store = new Store(() => connect(indexedDB, name, steps), onTaken);
  await store.connection();
  return store;
}

export class Store {
  #open;
  #onTaken;
  #opening = null;
  #closed = false;

  constructor(open, onTaken) {
    this.#open = open;
    this.#onTaken = onTaken;
  }

  /** Read from `rooms`. `work` gets {get, all, keys, count, where} and may await only those. */
  read(rooms, work) {
    return this.#transact(rooms, "readonly", work);
  }

  /**
   * Write to `rooms`: all of it or nothing, and on disk when this resolves. `work` gets also {put, remove, clear}.
   * A full phone rejects with `storage_full`, and what was stored before stays as it was.
   */
  write(rooms, work) {
    return this.#transact(rooms, "readwrite", work);
  }

  get(room, key) {
    return this.read([room], ({ get }) => get(room, key));
  }

  put(room, value, key) {
    return this.write([room], ({ put }) => put(room, value, key));
  }

  close() {
    this.#closed = true;
    this.#opening?.then((database) => database.close()).catch(() => {});
  }

  connection() {
    if (this.#closed) return Promise.reject(new Fault("store_closed"));
    this.#opening ??= this.#connect();
    return this.#opening;
  }

  async #connect() {
    try {
      const database = await this.#open();
      // The browser may drop a connection by itself, for example while it cleans up: the next use opens it again.
      database.onclose = () => {
        this.#opening = null;
      };
      database.onversionchange = (event) => {
        this.close();
        this.#onTaken(event.newVersion);
      };
      return database;
    } catch (error) {
      this.#opening = null;
      throw error;
    }
  }

  async #transact(rooms, mode, work) {
    const database = await this.connection();
    let transaction;
    try {
      // Strict: a battery that dies a moment later must not take the record with it.
      transaction = database.transaction(rooms, mode, { durability: "strict" });
      transaction.done.catch(() => {}); // also where `work` fails first
      const result = await work(operationsOf(transaction));
      await transaction.done;
      return result;
    } catch (error) {
      const cause = transaction?.error ?? error;
      try {
        transaction?.abort();
      } catch {
        // It has ended by itself already.
      }
      throw faultOf(cause);
    }
  }
}

/** Delete a database. Where another tab holds it open, its contents are gone first all the same. */
export async function wipeStore(indexedDB, name, steps) {
  const database = await connect(indexedDB, name, steps);
  const rooms = [...database.objectStoreNames];
  const transaction = database.transaction(rooms, "readwrite");
  try {
    await Promise.all([...rooms.map((room) => transaction.objectStore(room).clear()), transaction.done]);
  } catch (error) {
    throw faultOf(error);
  }
  database.close();
  await new Promise((resolve) => {
    const deleting = indexedDB.deleteDatabase(name);
    deleting.onsuccess = resolve;
    deleting.onerror = resolve;
    deleting.onblocked = resolve;
  });
}

async function connect(indexedDB, name, steps) {
  if (!indexedDB) throw new Fault("no_storage");
  try {
    const opening = indexedDB.open(name, steps.length);
    opening.onupgradeneeded = ({ oldVersion }) => {
      for (const step of steps.slice(oldVersion)) step(opening.result, opening.transaction);
    };
    return await wrap(opening);
  } catch (error) {
    throw faultOf(error);
  }
}

function operationsOf(transaction) {
  const room = (name) => transaction.objectStore(name);
  return {
    get: (name, key) => room(name).get(key),
    all: (name) => room(name).getAll(),
    keys: (name) => room(name).getAllKeys(),
    count: (name) => room(name).count(),
    where: (name, index, value, most) => room(name).index(index).getAll(value, most),
    put: (name, value, key) => room(name).put(value, key),
    remove: (name, key) => room(name).delete(key),
    clear: (name) => room(name).clear(),
  };
}
