// Wipes a phone that was cut off. It hands over its visits and drafts, of every member, and deletes what the server has.

import { ask, jsonBody } from "../../../../foundation/web/static/offline/requests.js";
import { Fault, unlessFull } from "../../../../foundation/web/static/offline/faults.js";
import { randomId } from "../../../../foundation/web/static/offline/ids.js";
import { storedKeys, unseal } from "./keys.js";
import { forgetList, openDevice, openMemberStore, SIGN_OUT } from "./members.js";
import { sendAutomatically } from "./send_triggers.js";
import { openOutbox } from "./outbox.js";
import { ABOUT_THE_BATCH, MOST_AT_ONCE, VISITS } from "./sending.js";

const DRAFTS_AT_ONCE = 50;
const TIMEOUT_MS = 60_000;
const BREAKS = new Set(["offline", "later", "not_our_answer"]);
// Answers to a phone that was unblocked meanwhile: the server asks again who is signed in.
const UNBLOCKED = new Set(["unblocked", "not_signed_in", "other_member"]);

/**
 * Hand over everything and delete it.
 *
 * The worklists of all members are deleted first. Finished visits and drafts are deleted when the server confirms that it
 * holds them for a person; nobody needs to be signed in, and no PIN is needed. When nothing is left, the phone's own
 * database is deleted, too. May be called again: what was handed over is not sent twice.
 *
 * @returns {Promise<{left: boolean, unblocked: boolean}>} left: something is still here that the server does not have;
 *   unblocked: the phone was unblocked meanwhile and keeps what is left
 */
export async function wipePhone(env) {
  const device = await openDevice(env);
  let left = false;
  try {
    await unlessFull(device.markCutOff(true));
    for (const { member } of await device.members()) {
      const rest = await handOver(member, device.id, env);
      if (UNBLOCKED.has(rest.stopped)) {
        await device.markCutOff(false);
        return { left: true, unblocked: true };
      }
      if (rest.left) left = true;
      else await device.wipeMember(member);
    }
    await env.fetch(SIGN_OUT, { method: "POST", credentials: "same-origin", redirect: "manual" }).catch(() => {});
    if (!left) await device.wipeAll();
  } finally {
    device.close();
  }
  return { left, unblocked: false };
}

/** Wipe again at every trigger of send_triggers.js until nothing is left, then `done(false)`. @returns {() => void} stops it */
export function wipeUntilDone(env, done) {
  let running = null;
  const stop = sendAutomatically(() => {
    running ??= wipePhone(env)
      .then(({ left, unblocked }) => {
        if (left && !unblocked) return;
        stop();
        if (!left) done(false);
      })
      .catch(() => {}) // tried again at the next trigger
      .finally(() => {
        running = null;
      });
  }, env);
  return stop;
}

/** @returns {Promise<{left: boolean, stopped?: string | null}>} stopped: code of what stood in the way */
async function handOver(member, device, env) {
  const store = await openMemberStore(env.indexedDB, member);
  try {
    const keys = await storedKeys(store, env.crypto);
    const outbox = openOutbox({ store, crypto: env.crypto, now: env.now, key: keys.outbox_key });
    await forgetList(store);
    await outbox.purge({ all: true });
    const send = openHandover(member, device, outbox, env);
    const unreadable = await handOverVisits(outbox, send);
    await handOverDrafts(store, keys.outbox_key, send, env);
    const { undelivered } = await outbox.counts();
    // What cannot be decrypted any more cannot be saved either.
    return { left: undelivered > unreadable };
  } catch (error) {
    return { left: true, stopped: error.code ?? null };
  } finally {
    store.close();
  }
}

/** Makes the function that hands over one batch. A broken connection is tried once more. */
function openHandover(member, device, outbox, env) {
  /** @returns {Promise<{visits: number, drafts: number}>} how many of each, counted from the first, the server has now */
  return async function send({ visits = [], drafts = [] }) {
    for (let chances = 2; ; chances -= 1) {
      const batch = randomId(env.crypto);
      const { undelivered } = await outbox.counts();
      const sentAt = new Date(env.now()).toISOString();
      const content = { batch, device, pending: undelivered, sent_at: sentAt, parting: true, visits, drafts };
      const { body, headers } = await jsonBody(content);
      const options = { method: "POST", body, headers: { ...headers, "X-Member": member, "X-Device": device } };
      try {
        await ask(env.fetch, VISITS, options, TIMEOUT_MS);
      } catch (error) {
        const answer = /** @type {any} */ (error).body;
        if (error.code === "device_cut_off" && answer?.batch === batch) {
          return { visits: count(answer.visits_held), drafts: count(answer.drafts_held) };
        }
        if (chances > 1 && BREAKS.has(error.code)) continue;
        throw error;
      }
      throw new Fault("unblocked");
    }
  };
}

const count = (number) => (Number.isInteger(number) ? number : 0);

/** @returns {Promise<number>} how many cannot be read any more. Rejects with the fault that stopped it. */
async function handOverVisits(outbox, send) {
  await outbox.retryAll();
  await unlessFull(outbox.recover());
  let size = MOST_AT_ONCE;
  let unreadable = 0;
  // On a phone too full to store marks the same visits are taken again, so the turns are limited.
  for (let turns = 2 * (await outbox.counts()).undelivered + 10; turns > 0; turns -= 1) {
    const batch = await outbox.take(size).catch((error) => {
      if (error.code !== "unreadable") throw error;
      return null;
    });
    if (batch === null) {
      // Alone it stays marked as being sent, so that the next take() returns another one.
      if (size === 1) unreadable += 1;
      else await outbox.recover();
      size = 1;
      continue;
    }
    if (batch.length === 0) return unreadable;
    try {
      const { visits } = await send({ visits: batch.map((entry) => entry.record) });
      for (const { id, rev } of batch.slice(0, visits)) await outbox.drop(id, rev);
      if (visits < batch.length) throw new Fault("not_held");
    } catch (error) {
      const isTooMuch = ABOUT_THE_BATCH.has(error.code) || (error.code === "time_out" && batch.length > 1);
      // Refused alone it stays marked as being sent, and does not block the others.
      if (!isTooMuch || batch.length > 1) await unlessFull(outbox.giveBack(batch.map((entry) => entry.id)));
      if (!isTooMuch) throw error;
      size = Math.max(1, Math.floor(batch.length / 2));
    }
  }
  throw new Fault("storage_full");
}

/** Drafts that can be read without the PIN: those saved with a copy under the outbox key. */
async function handOverDrafts(store, key, send, env) {
  const entries = await store.read(["drafts"], async ({ keys, get }) => {
    const households = await keys("drafts");
    return Promise.all(households.map(async (household) => ({ household, draft: await get("drafts", household) })));
  });
  const readable = [];
  for (const { household, draft } of entries) {
    const record = draft.handover ? await unseal(env.crypto, key, draft.handover).catch(() => null) : null;
    if (record !== null) readable.push({ household, savedAt: draft.savedAt, record });
  }
  for (let start = 0; start < readable.length; start += DRAFTS_AT_ONCE) {
    const some = readable.slice(start, start + DRAFTS_AT_ONCE);
    const { drafts } = await send({ drafts: some.map(({ record }) => record) });
    for (const { household, savedAt } of some.slice(0, drafts)) {
      await store.write(["drafts"], async ({ get, remove }) => {
        if ((await get("drafts", household))?.savedAt === savedAt) await remove("drafts", household);
      });
    }
    if (drafts < some.length) throw new Fault("not_held");
  }
}
