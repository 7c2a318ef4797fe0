// Speaks to the server for one member: asks, sends, and says when the phone was cut off.

import { ask } from "../../../../foundation/web/static/offline/requests.js";
import { Because } from "../../../../foundation/web/static/offline/backoff.js";
import { endPause } from "../../../../foundation/web/static/offline/sending.js";
import { send, SYNC_TAG } from "./sender.js";
import { WORKLIST } from "./who.js";

const TIMEOUT_MS = 30_000;

/**
 * @param {Record<string, any>} with_
 *   env: as environment(); store, outbox: the member's; device: the phone's id
 *   changed: (change) => Promise  what a sending came to; wipe: () => Promise  the phone was cut off
 */
export function openSpeaking({ env, store, outbox, member, device, appVersion, changed, wipe }) {
  // One run at a time from this page; who asks meanwhile gets another run after it, so that nothing waits for a timer.
  let running = null;
  let next = null;

  async function storageGranted() {
    const isGranted = await env.storage?.persisted?.().catch(() => false);
    return isGranted ? "persisted" : "best_effort";
  }

  /** What the phone says of itself with each question. */
  async function deviceTold() {
    const { undelivered } = await outbox.counts();
    const version = appVersion ? `; app=${appVersion}` : "";
    return `${device}; pending=${undelivered}${version}; storage=${await storageGranted()}`;
  }

  async function sendOnce(because) {
    const about = { storage: await storageGranted(), ...(appVersion ? { app_version: appVersion } : {}) };
    const answer = await send(because, { ...env, store, outbox, member, device, about, wipe });
    const isNews = !["busy", "waiting", "device_cut_off"].includes(answer.stopped);
    if (isNews) await changed({ what: "outbox", ...answer });
    return answer;
  }

  /** The server answers again: what waits leaves at once, whatever pause its silence had led to. */
  async function signOfLife() {
    if (await endPause(store)) await speaking.sendNow(Because.BACK);
  }

  const speaking = {
    storageGranted,

    /** The member's own answer. Rejects as requests.js does; after `device_cut_off` nothing is left on the phone. */
    async ask(address, timeoutMs = TIMEOUT_MS) {
      const headers = { "X-Member": member, "X-Device": await deviceTold() };
      try {
        const { body } = await ask(env.fetch, address, { headers }, timeoutMs);
        signOfLife().catch(() => {}); // what comes of it is in the summary
        return body;
      } catch (error) {
        if (error.code === "device_cut_off") await wipe();
        throw error;
      }
    },

    sendNow(because) {
      if (!running) {
        running = sendOnce(because).finally(() => {
          running = null;
        });
        return running;
      }
      next ??= running
        .catch(() => {})
        .then(() => {
          next = null;
          return speaking.sendNow(because);
        });
      return next;
    },

    /** A phone in a finder's hand is locked and has little to send: it asks by itself whether it was cut off. */
    async knock() {
      const since = await store.get("kept", "cursor");
      await speaking.ask(WORKLIST + (since ? `?since=${encodeURIComponent(since)}` : ""));
    },

    /** Let the browser send when it is back on a network, even when this page is long closed. */
    async askForSync() {
      const registration = await env.worker?.getRegistration?.("/doi-so");
      await registration?.sync?.register(SYNC_TAG);
    },
  };
  return speaking;
}
