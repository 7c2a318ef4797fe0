// Requests to the server for one member: reading, sending, and wiping the phone when it was cut off.

import { ask } from "../../../../foundation/web/static/offline/requests.js";
import { Because } from "../../../../foundation/web/static/offline/backoff.js";
import { endPause } from "../../../../foundation/web/static/offline/sending.js";
import { send, SYNC_TAG } from "./sender.js";
import { WORKLIST } from "./identity.js";

const TIMEOUT_MS = 30_000;

/**
 * @param {Record<string, any>} with_
 *   env: as environment(); store, outbox: the member's; device: the phone's id
 *   changed: (change) => Promise  called with the result of sending; wipe: () => Promise  called when the phone was cut off
 */
export function openApiClient({ env, store, outbox, member, device, appVersion, changed, wipe }) {
  // One run at a time from this page. A call meanwhile starts another run after it, so that nothing waits for a timer.
  let running = null;
  let next = null;

  async function storageGranted() {
    const isGranted = await env.storage?.persisted?.().catch(() => false);
    return isGranted ? "persisted" : "best_effort";
  }

  /** The value of the X-Device header: what the phone reports of itself with each request. */
  async function deviceHeader() {
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

  /** After any answer of the server: end a pause that its silence caused, and send at once. */
  async function serverAnswered() {
    if (await endPause(store)) await apiClient.sendNow(Because.BACK);
  }

  const apiClient = {
    storageGranted,

    /** GET `address` as this member; the body. Rejects as requests.js does; after `device_cut_off` the phone is wiped. */
    async ask(address, timeoutMs = TIMEOUT_MS) {
      const headers = { "X-Member": member, "X-Device": await deviceHeader() };
      try {
        const { body } = await ask(env.fetch, address, { headers }, timeoutMs);
        serverAnswered().catch(() => {}); // its result is in the summary
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
          return apiClient.sendNow(because);
        });
      return next;
    },

    /** Ask whether the phone was cut off. A lost phone is locked and may have nothing to send, so it has to ask. */
    async ping() {
      const since = await store.get("kept", "cursor");
      await apiClient.ask(WORKLIST + (since ? `?since=${encodeURIComponent(since)}` : ""));
    },

    /** Register a background sync: the browser sends when it is online again, even if this page is closed. */
    async askForSync() {
      const registration = await env.worker?.getRegistration?.("/doi-so");
      await registration?.sync?.register(SYNC_TAG);
    },
  };
  return apiClient;
}
