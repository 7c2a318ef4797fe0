// One sender at a time, whether tabs or the worker: Web Locks, and a lease in the store where a phone has none.

import { unlessFull } from "./faults.js";

const LEASE_MS = 150_000;

/**
 * Do `work` unless somebody else is at it. A tab that dies frees a Web Lock at once, and a lease after two and a half
 * minutes. Two at once would harm nothing (the server knows each record by its id), only cost bytes.
 *
 * @param {Record<string, any>} with_  locks, store (with a room `kept`), crypto, now
 * @returns {Promise<{busy: boolean, result?: any}>}  result: what `work` gave, unless busy
 */
export async function exclusively(name, work, with_) {
  const { locks, store, crypto, now } = with_;
  if (locks) {
    return locks.request(name, { ifAvailable: true }, async (lock) =>
      lock ? { busy: false, result: await work() } : { busy: true },
    );
  }
  const holder = Array.from(crypto.getRandomValues(new Uint8Array(8))).join();
  // On a phone too full for a lease two may send at once.
  if ((await unlessFull(take(store, holder, now))) === false) return { busy: true };
  // Held on to while it works: a thin line may take longer than a lease.
  const holding = setInterval(() => take(store, holder, now).catch(() => {}), LEASE_MS / 3);
  /** @type {any} */ (holding).unref?.(); // in Node it would keep the process alive
  try {
    return { busy: false, result: await work() };
  } finally {
    clearInterval(holding);
    await store.write(["kept"], async ({ get, remove }) => {
      if ((await get("kept", "lease"))?.holder === holder) await remove("kept", "lease");
    });
  }
}

function take(store, holder, now) {
  return store.write(["kept"], async ({ get, put }) => {
    const lease = await get("kept", "lease");
    const isFree = !lease || lease.holder === holder || lease.until <= now() || lease.until > now() + 2 * LEASE_MS;
    if (isFree) await put("kept", { holder, until: now() + LEASE_MS }, "lease");
    return isFree;
  });
}
