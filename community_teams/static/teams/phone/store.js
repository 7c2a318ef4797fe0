// What the phone keeps, in IndexedDB, so that it outlives the page, the browser and the battery.
// One database for each member who uses this phone, and one for the phone itself.

import { Fault, faultOf } from "./faults.js";

export const MEMBER_STORE = "doi-so-member-";
export const DEVICE_STORE = "doi-so-device";

/**
 * What each version brought. A step once released is never changed: a phone may come from any version, with visits
 * waiting. Keep a store of every version in tests/browser_modules/stores/ and move it in the tests.
 */
export const MEMBER_STEPS = [
  (database) => {
    database.createObjectStore("kept");
    database.createObjectStore("hamlets");
    database.createObjectStore("drafts");
    database.createObjectStore("known");
    database.createObjectStore("outbox", { keyPath: "id" }).createIndex("state", "state");
  },
];

export const DEVICE_STEPS = [
  (database) => {
    database.createObjectStore("kept");
    database.createObjectStore("members", { keyPath: "member" });
  },
];

/**
 * Open a database, moving it up from whatever version it has.
 *
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

  /** Read from `rooms`. `work` gets {get, all, keys, count} and may await only those. */
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
    return new Promise((resolve, reject) => {
      let transaction;
      try {
        // Strict: a battery that dies a moment later must not take the visit with it.
        transaction = database.transaction(rooms, mode, { durability: "strict" });
      } catch (error) {
        reject(faultOf(error));
        return;
      }
      let failure = null;
      const done = (async () => work(roomsOf(transaction)))();
      done.catch((error) => {
        failure = error;
        try {
          transaction.abort();
        } catch {
          // It has ended by itself already.
          reject(faultOf(error));
        }
      });
      transaction.oncomplete = () => done.then(resolve, (error) => reject(faultOf(error)));
      transaction.onabort = () => reject(faultOf(failure ?? transaction.error));
    });
  }
}

/** Delete a database. Where another tab holds it open, its contents are gone first all the same. */
export async function wipeStore(indexedDB, name, steps) {
  const database = await connect(indexedDB, name, steps);
  const rooms = [...database.objectStoreNames];
  await new Promise((resolve, reject) => {
    const transaction = database.transaction(rooms, "readwrite");
    for (const room of rooms) transaction.objectStore(room).clear();
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(faultOf(transaction.error));
  });
  database.close();
  await new Promise((resolve) => {
    const deleting = indexedDB.deleteDatabase(name);
    deleting.onsuccess = resolve;
    deleting.onerror = resolve;
    deleting.onblocked = resolve;
  });
}

function connect(indexedDB, name, steps) {
  return new Promise((resolve, reject) => {
    if (!indexedDB) {
      reject(new Fault("no_storage"));
      return;
    }
    const opening = indexedDB.open(name, steps.length);
    opening.onupgradeneeded = ({ oldVersion }) => {
      for (const step of steps.slice(oldVersion)) step(opening.result, opening.transaction);
    };
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(faultOf(opening.error));
  });
}

function roomsOf(transaction) {
  const room = (name) => transaction.objectStore(name);
  return {
    get: (name, key) => settled(room(name).get(key)),
    all: (name) => settled(room(name).getAll()),
    keys: (name) => settled(room(name).getAllKeys()),
    count: (name) => settled(room(name).count()),
    withState: (name, state, most) => settled(room(name).index("state").getAll(state, most)),
    put: (name, value, key) => settled(room(name).put(value, key)),
    remove: (name, key) => settled(room(name).delete(key)),
    clear: (name) => settled(room(name).clear()),
  };
}

function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
