// Sends the outbox of one member, and acts on the answer. Used by pages and by the service worker.

import { sendWaiting } from "../../../../foundation/web/static/offline/sending.js";
import { visitQueue } from "./sending.js";
import { MEMBER_STORE } from "./store.js";

export const SYNC_TAG = "doi-so-send";

/**
 * @param {string} because  one of Because
 * @param {Record<string, any>} with_  as visitQueue and sendWaiting, and wipe: () => Promise, called when the phone was cut off
 * @returns {Promise<{sent: number, stopped: string | null}>} as sendWaiting, and `device_cut_off`
 */
export async function send(because, with_) {
  const { outbox, member, wipe } = with_;
  const visits = visitQueue(with_);
  const answer = await sendWaiting(MEMBER_STORE + member, because, visits, with_);
  if (answer.stopped === "busy" || answer.stopped === "waiting") return answer;
  await outbox.purge();
  if (answer.stopped === "device_cut_off") await wipe();
  return answer;
}
