// A phone that was cut off: it hands over what it holds, whoever recorded it, then forgets everything and everybody.

import { keptKeys } from "./keys.js";
import { openDevice, openMemberStore, SIGN_OUT } from "./members.js";
import { openOutbox } from "./outbox.js";
import { sendWaiting } from "./sending.js";

/**
 * Everything of everybody goes, and so does the session. Before that each member's finished visits are sent for a person
 * to look at; nobody need be signed in for it, and no PIN is asked. Where the line breaks twice they go unsent: a lost
 * phone is not kept whole for a better hour. Drafts cannot be read without the PIN.
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
    await sendWaiting({ ...env, store, outbox, member, device, parting: true });
  } finally {
    store.close();
  }
}
