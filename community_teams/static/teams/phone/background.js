// What the service worker sends while no page is open: only the visits of the member who is signed in now.

import { ask } from "../../../../foundation/web/static/offline/requests.js";
import { Fault } from "../../../../foundation/web/static/offline/faults.js";
import { storedKeys } from "./keys.js";
import { openDevice, openMemberStore } from "./members.js";
import { openOutbox } from "./outbox.js";
import { wipePhone } from "./wipe.js";
import { Because } from "../../../../foundation/web/static/offline/backoff.js";
import { send } from "./sender.js";
import { signedInMember, WORKLIST } from "./identity.js";

const TIMEOUT_MS = 30_000;

// After these faults the browser tries again by itself; after others a person has to do something first.
const PASSING = new Set(["offline", "time_out", "not_our_answer", "later", "busy"]);

/**
 * @param {Record<string, any>} env  indexedDB, crypto, fetch, now, random, locks, storage
 * @returns {Promise<{member: string | null, sent: number, stopped: string | null}>} rejects with a Fault where the browser
 *   should try again
 */
export async function sendInBackground(env) {
  const device = await openDevice(env);
  try {
    const here = await device.members();
    if (here.length === 0) return { member: null, sent: 0, stopped: null };
    const { member, code } = await signedInMember(env.fetch).catch(async (error) => {
      if (PASSING.has(error.code)) throw error;
      return { member: null, code: error.code };
    });
    const isHere = here.some((known) => known.member === String(member));
    const mayBeCutOff = code === undefined || code === "not_signed_in";
    if (mayBeCutOff && (!isHere || (await device.isCutOff())) && (await wipeIfCutOff(device, env))) {
      return { member: null, sent: 0, stopped: "device_cut_off" };
    }
    if (!isHere) return { member: null, sent: 0, stopped: "not_signed_in" };
    const answer = await sendOf(String(member), device.id, env);
    if (PASSING.has(answer.stopped)) throw new Fault(answer.stopped);
    return { member: String(member), ...answer };
  } finally {
    device.close();
  }
}

/** Whether a finished visit of any member waits on this phone, or it was cut off and is not wiped yet. Sends no request. */
export async function somethingWaits(env) {
  const device = await openDevice(env);
  try {
    if (await device.isCutOff()) return true;
    for (const { member } of await device.members()) {
      const store = await openMemberStore(env.indexedDB, member);
      try {
        if ((await openOutbox({ store }).counts()).waiting) return true;
      } finally {
        store.close();
      }
    }
    return false;
  } finally {
    device.close();
  }
}

/** Ask the API, which says so whoever is signed in, and wipe. @returns {Promise<boolean>} whether the phone was cut off */
async function wipeIfCutOff(device, env) {
  try {
    await ask(env.fetch, WORKLIST, { headers: { "X-Device": device.id } }, TIMEOUT_MS);
  } catch (error) {
    if (PASSING.has(error.code)) return false;
    if (error.code === "device_cut_off") {
      await wipe(env);
      return true;
    }
  }
  if (await device.isCutOff()) await device.markCutOff(false);
  return false;
}

async function wipe(env) {
  const { left } = await wipePhone(env);
  // The browser tries again by itself.
  if (left) throw new Fault("later");
}

async function sendOf(member, device, env) {
  const store = await openMemberStore(env.indexedDB, member);
  try {
    const keys = await storedKeys(store, env.crypto);
    const outbox = openOutbox({ store, crypto: env.crypto, now: env.now, key: keys.outbox_key });
    const isPersisted = await env.storage?.persisted?.().catch(() => false);
    const about = { storage: isPersisted ? "persisted" : "best_effort" };
    return await send(Because.BACK, { ...env, store, outbox, member, device, about, wipe: () => wipe(env) });
  } finally {
    store.close();
  }
}
