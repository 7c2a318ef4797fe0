// Decides whether to send now, sends, and does what the answer asks for. The same for a page and for the worker.

import { alone } from "./alone.js";
import { LONGEST_PAUSE_MS } from "./patience.js";
import { MEMBER_STORE } from "./store.js";
import { sendWaiting } from "./sending.js";

export const SYNC_TAG = "doi-so-send";

/** Why somebody wants to send. A person's tap goes out at once; a timer waits as long as the last failure asks. */
export const Because = Object.freeze({ ASKED: "asked", BACK: "back", TIMER: "timer" });

/**
 * The server has answered something: what waits need not wait any longer, and the next outage begins anew. A pause that the
 * server itself asked for goes on.
 * @returns {Promise<boolean>} whether a pause was on, so that something is worth sending now
 */
export async function endPause(store) {
  const { failures = 0, asked = false } = (await store.get("kept", "sending")) ?? {};
  if (!failures || asked) return false;
  await store.write(["kept"], async ({ get, put }) => {
    await put("kept", { ...(await get("kept", "sending")), failures: 0, notBefore: 0 }, "sending");
  });
  return true;
}

/**
 * @param {Record<string, any>} with_  as sendWaiting, and: locks, and wipe: () => Promise, called when the phone was cut off
 * @returns {Promise<{sent: number, stopped: string | null}>} stopped also `busy` (another tab is at it) or `waiting`
 */
export async function send(because, with_) {
  const { store, now, member, wipe } = with_;
  const { notBefore = 0, asked = false } = (await store.get("kept", "sending")) ?? {};
  // A clock set back must not keep visits for days.
  const isEarly = notBefore > now() && notBefore < now() + LONGEST_PAUSE_MS;
  const waits = because === Because.TIMER || (because === Because.BACK && asked);
  if (isEarly && waits) return { sent: 0, stopped: "waiting" };

  const turn = await alone(MEMBER_STORE + member, () => sendWaiting(with_), with_);
  if (turn.busy) return { sent: 0, stopped: "busy" };
  await with_.outbox.purge();
  if (turn.result.stopped === "device_cut_off") await wipe();
  return turn.result;
}
