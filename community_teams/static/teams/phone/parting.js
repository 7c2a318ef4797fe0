// A phone that was cut off: it hands over what it holds, whoever recorded it, then forgets everything and everybody.

import { ask, jsonBody } from "./asking.js";
import { Fault } from "./faults.js";
import { keptKeys, unseal } from "./keys.js";
import { openDevice, openMemberStore, SIGN_OUT } from "./members.js";
import { openOutbox } from "./outbox.js";
import { sendWaiting, VISITS } from "./sending.js";

const DRAFTS_AT_ONCE = 50;
const TIMEOUT_MS = 60_000;

/**
 * Everything of everybody goes, and so does the session. Before that each member's finished visits and drafts are sent
 * for a person to look at; nobody need be signed in for it, and no PIN is asked. Where the line breaks twice they go
 * unsent: a lost phone is not kept whole for a better hour.
 */
export async function wipePhone(env) {
  const device = await openDevice(env);
  for (const { member } of await device.members()) {
    // What cannot be opened any more cannot be saved either, and must not keep the rest.
    await handOver(member, device.id, env).catch(() => {});
  }
  await device.wipeAll();
  await env.fetch(SIGN_OUT, { method: "POST", credentials: "same-origin", redirect: "manual" }).catch(() => {});
}

async function handOver(member, device, env) {
  const store = await openMemberStore(env.indexedDB, member);
  try {
    const keys = await keptKeys(store, env.crypto);
    const outbox = openOutbox({ store, crypto: env.crypto, now: env.now, key: keys.outbox_key });
    await outbox.retryAll();
    const { undelivered } = await outbox.counts();
    await sendWaiting({ ...env, store, outbox, member, device, parting: true });
    const drafts = await readDrafts(store, keys.outbox_key, env);
    for (let start = 0; start < drafts.length; start += DRAFTS_AT_ONCE) {
      await sendDrafts(drafts.slice(start, start + DRAFTS_AT_ONCE), undelivered, member, device, env);
    }
  } finally {
    store.close();
  }
}

/** Those that can be read without the PIN: all that were saved since drafts have a copy for it. */
async function readDrafts(store, key, env) {
  const entries = await store.read(["drafts"], ({ all }) => all("drafts"));
  const records = await Promise.all(
    entries.map(({ handover }) => (handover ? unseal(env.crypto, key, handover).catch(() => null) : null)),
  );
  return records.filter((record) => record !== null);
}

/** pending: finished visits that it held when it began to hand over. */
async function sendDrafts(drafts, pending, member, device, env) {
  const batch = env.crypto.randomUUID ? env.crypto.randomUUID() : drafts[0].id;
  const sentAt = new Date(env.now()).toISOString();
  const { body, headers } = await jsonBody({ batch, device, pending, sent_at: sentAt, visits: [], drafts });
  const options = { method: "POST", body, headers: { ...headers, "X-Member": member, "X-Device": device } };
  for (let chances = 2; chances > 0; chances -= 1) {
    try {
      await ask(env.fetch, VISITS, options, TIMEOUT_MS);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      // Heard: the server keeps them for a person.
      if (error.code === "device_cut_off") return;
    }
  }
}
