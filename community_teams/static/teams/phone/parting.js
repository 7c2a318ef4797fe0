// A phone that was cut off: it hands over what it holds, whoever recorded it, and forgets it as the server has it.

import { ask, jsonBody } from "../../../../foundation/web/static/offline/requests.js";
import { Fault, unlessFull } from "../../../../foundation/web/static/offline/faults.js";
import { randomId } from "../../../../foundation/web/static/offline/ids.js";
import { keptKeys, unseal } from "./keys.js";
import { forgetList, openDevice, openMemberStore, SIGN_OUT } from "./members.js";
import { sendBySelf } from "./moments.js";
import { openOutbox } from "./outbox.js";
import { ABOUT_THE_BATCH, MOST_AT_ONCE, VISITS } from "./sending.js";

const DRAFTS_AT_ONCE = 50;
const TIMEOUT_MS = 60_000;
const BREAKS = new Set(["offline", "later", "not_our_answer"]);
// What a phone hears that was let back meanwhile: whose visits these are is asked as ever.
const LET_IN = new Set(["let_in", "not_signed_in", "other_member"]);

/**
 * The lists of everybody go at once. Each member's finished visits and drafts go as the server says that it has set them
 * aside for a person; nobody need be signed in for it, and no PIN is asked. Once nothing is left the phone is a stranger.
 * Call it again at every sign of life: what was handed over is not sent twice.
 *
 * @returns {Promise<{left: boolean, letIn: boolean}>} left: something is still here that the server has not; letIn: the
 *   phone was let back meanwhile, and keeps what is left
 */
export async function wipePhone(env) {
  const device = await openDevice(env);
  let left = false;
  try {
    await unlessFull(device.markCutOff(true));
    for (const { member } of await device.members()) {
      const rest = await handOver(member, device.id, env);
      if (LET_IN.has(rest.stopped)) {
        await device.markCutOff(false);
        return { left: true, letIn: true };
      }
      if (rest.left) left = true;
      else await device.wipeMember(member);
    }
    await env.fetch(SIGN_OUT, { method: "POST", credentials: "same-origin", redirect: "manual" }).catch(() => {});
    if (!left) await device.wipeAll();
  } finally {
    device.close();
  }
  return { left, letIn: false };
}

/** Wipe again at every sign of life until nothing is left, then `done(false)`. @returns {() => void} stops it */
export function wipeBySelf(env, done) {
  let running = null;
  const stop = sendBySelf(() => {
    running ??= wipePhone(env)
      .then(({ left, letIn }) => {
        if (left && !letIn) return;
        stop();
        if (!left) done(false);
      })
      .catch(() => {}) // tried again at the next sign of life
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
    const keys = await keptKeys(store, env.crypto);
    const outbox = openOutbox({ store, crypto: env.crypto, now: env.now, key: keys.outbox_key });
    await forgetList(store);
    await outbox.purge({ all: true });
    const tell = openTelling(member, device, outbox, env);
    const unreadable = await handOverVisits(outbox, tell);
    await handOverDrafts(store, keys.outbox_key, tell, env);
    const { undelivered } = await outbox.counts();
    // What cannot be opened any more cannot be saved either.
    return { left: undelivered > unreadable };
  } catch (error) {
    return { left: true, stopped: error.code ?? null };
  } finally {
    store.close();
  }
}

/** Says one batch; a line that breaks gets one more chance, so that a moment's silence costs no second visit here. */
function openTelling(member, device, outbox, env) {
  /** @returns {Promise<{visits: number, drafts: number}>} how many of each, from the first, the server has now */
  return async function tell({ visits = [], drafts = [] }) {
    for (let chances = 2; ; chances -= 1) {
      const batch = randomId(env.crypto);
      const { undelivered } = await outbox.counts();
      const sentAt = new Date(env.now()).toISOString();
      const told = { batch, device, pending: undelivered, sent_at: sentAt, parting: true, visits, drafts };
      const { body, headers } = await jsonBody(told);
      const options = { method: "POST", body, headers: { ...headers, "X-Member": member, "X-Device": device } };
      try {
        await ask(env.fetch, VISITS, options, TIMEOUT_MS);
      } catch (error) {
        const heard = /** @type {any} */ (error).told;
        if (error.code === "device_cut_off" && heard?.batch === batch) {
          return { visits: count(heard.visits_held), drafts: count(heard.drafts_held) };
        }
        if (chances > 1 && BREAKS.has(error.code)) continue;
        throw error;
      }
      throw new Fault("let_in");
    }
  };
}

const count = (told) => (Number.isInteger(told) ? told : 0);

/** @returns {Promise<number>} how many cannot be read any more. Rejects with what stood in the way. */
async function handOverVisits(outbox, tell) {
  await outbox.retryAll();
  await unlessFull(outbox.recover());
  let size = MOST_AT_ONCE;
  let unreadable = 0;
  // On a phone too full for marks the same visits come again and again.
  for (let turns = 2 * (await outbox.counts()).undelivered + 10; turns > 0; turns -= 1) {
    const batch = await outbox.take(size).catch((error) => {
      if (error.code !== "unreadable") throw error;
      return null;
    });
    if (batch === null) {
      // Alone it stays marked as sent, so that the next one is another.
      if (size === 1) unreadable += 1;
      else await outbox.recover();
      size = 1;
      continue;
    }
    if (batch.length === 0) return unreadable;
    try {
      const { visits } = await tell({ visits: batch.map((entry) => entry.record) });
      for (const { id, rev } of batch.slice(0, visits)) await outbox.drop(id, rev);
      if (visits < batch.length) throw new Fault("not_held");
    } catch (error) {
      const isTooMuch = ABOUT_THE_BATCH.has(error.code) || (error.code === "time_out" && batch.length > 1);
      // Refused alone it stays marked as sent, and holds back no other.
      if (!isTooMuch || batch.length > 1) await unlessFull(outbox.giveBack(batch.map((entry) => entry.id)));
      if (!isTooMuch) throw error;
      size = Math.max(1, Math.floor(batch.length / 2));
    }
  }
  throw new Fault("storage_full");
}

/** Those that can be read without the PIN: all that were saved since drafts have a copy for it. */
async function handOverDrafts(store, key, tell, env) {
  const entries = await store.read(["drafts"], async ({ keys, get }) => {
    const households = await keys("drafts");
    return Promise.all(households.map(async (household) => ({ household, kept: await get("drafts", household) })));
  });
  const readable = [];
  for (const { household, kept } of entries) {
    const record = kept.handover ? await unseal(env.crypto, key, kept.handover).catch(() => null) : null;
    if (record !== null) readable.push({ household, savedAt: kept.savedAt, record });
  }
  for (let start = 0; start < readable.length; start += DRAFTS_AT_ONCE) {
    const some = readable.slice(start, start + DRAFTS_AT_ONCE);
    const { drafts } = await tell({ drafts: some.map(({ record }) => record) });
    for (const { household, savedAt } of some.slice(0, drafts)) {
      await store.write(["drafts"], async ({ get, remove }) => {
        if ((await get("drafts", household))?.savedAt === savedAt) await remove("drafts", household);
      });
    }
    if (drafts < some.length) throw new Fault("not_held");
  }
}
