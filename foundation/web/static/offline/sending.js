// Sends what waits, batch after batch. Safe to call at any time, from any tab and from the worker: the server knows each
// record by its id.
//
// The state stands in the store, room `kept`, key `sending`: {size, failures, notBefore, asked, problem, lastSentAt}.

import { isPaused, mustWait, retryDelay } from "./backoff.js";
import { Fault, unlessFull } from "./faults.js";
import { exclusively } from "./lock.js";

const GROWS_AGAIN_ONLY_LATER = new Set(["too_large", "too_many_visits", "time_out"]);

const nothing = async () => {};

/**
 * What is waiting, and how to send it.
 *
 * @typedef {object} Queue
 * @property {number} most  records in a batch, at first
 * @property {() => Promise<any>} [recover]  what a crash left half sent waits again; called before the first batch
 * @property {(most: number) => Promise<any[]>} take  the next batch, oldest first; each has a `turn`, which changes with its content
 * @property {(batch: any[]) => Promise<{sent: number, accepted: number}>} post  send it and do what the answer says. sent:
 *   how many are settled; accepted: how many the server has. Rejects with a Fault
 * @property {(batch: any[]) => Promise<any>} [giveBack]  no answer: they wait again
 * @property {Set<string>} aboutTheBatch  codes of faults that a smaller batch may escape
 * @property {(entry: any, code: string) => Promise<any>} [refuse]  what to do with one that fails even alone; without it
 *   sending pauses
 * @property {Set<string>} [noPause]  codes of answers after which no pause begins
 */

/**
 * Send until nothing is left or something stands in the way. One sender at a time, also where pages and workers try at once.
 *
 * @param {string} name  of the lock
 * @param {Queue} queue
 * @param {Record<string, any>} env  store, locks (or null), crypto, now, random
 * @returns {Promise<{sent: number, stopped: string | null}>} stopped: code of what stood in the way: `offline`, `time_out`,
 *   `not_our_answer`, `later`, a code of the server's, `busy` (another sender is at it) or `waiting` (for the end of a
 *   pause); null when all is out
 */
export async function sendWaiting(name, because, queue, env) {
  if (mustWait(await stateOf(env.store), because, env.now())) return { sent: 0, stopped: "waiting" };
  const turn = await exclusively(name, () => sendBatches(queue, env), env);
  return turn.busy ? { sent: 0, stopped: "busy" } : turn.result;
}

async function sendBatches(queue, /** @type {Record<string, any>} */ { store, now, random = Math.random }) {
  const { most, recover = nothing, take, post, giveBack = nothing, aboutTheBatch, refuse, noPause = new Set() } = queue;
  await unlessFull(recover());
  let { size = most } = await stateOf(store);
  let sent = 0;
  let last = null;
  for (;;) {
    const batch = await take(size);
    if (batch.length === 0) return { sent, stopped: null };
    // The same records and the same fault again: nothing moves.
    const turn = batch.map((entry) => entry.turn).join();
    const stuck = turn === last;
    last = turn;
    try {
      if (stuck) throw new Fault("not_our_answer");
      const answer = await post(batch);
      sent += answer.sent;
      size = Math.min(size * 2, most);
      // An answer that refused everything is an answer, but nothing was sent that stayed there.
      await change(store, { size, failures: 0, notBefore: 0, problem: null, ...(answer.accepted ? { lastSentAt: now() } : {}) });
    } catch (error) {
      await unlessFull(giveBack(batch));
      if (!(error instanceof Fault)) throw error;
      if (noPause.has(error.code)) return { sent, stopped: error.code };
      if (aboutTheBatch.has(error.code) || error.code === "time_out") {
        const halved = Math.floor(batch.length / 2);
        if (halved >= 1) size = halved;
        if (aboutTheBatch.has(error.code) && (halved >= 1 || refuse)) {
          if (halved < 1) await unlessFull(refuse(batch[0], error.code));
          if (GROWS_AGAIN_ONLY_LATER.has(error.code)) await change(store, { size });
          last = null;
          continue;
        }
      }
      await pause(/** @type {any} */ (error), size, { store, now, random });
      return { sent, stopped: error.code };
    }
  }
}

/** Begin a pause. During one a further failure is the same outage, unless the server asks for time. */
async function pause({ code, retryAfter = null }, size, { store, now, random }) {
  const state = await stateOf(store);
  const { failures = 0 } = state;
  const asked = retryAfter !== null;
  const begun = { failures: failures + 1, notBefore: now() + retryDelay(failures, retryAfter, random), asked };
  await change(store, { size, problem: code, ...(isPaused(state, now()) && !asked ? {} : begun) });
}

/**
 * The server has answered something: what waits need not wait any longer, and the next outage begins anew. A pause that the
 * server itself asked for goes on.
 * @returns {Promise<boolean>} whether a pause was on, so that something is worth sending now
 */
export async function endPause(store) {
  const { failures = 0, asked = false } = await stateOf(store);
  if (!failures || asked) return false;
  await change(store, { failures: 0, notBefore: 0 });
  return true;
}

async function stateOf(store) {
  return (await store.get("kept", "sending")) ?? {};
}

async function change(store, changes) {
  const writing = store.write(["kept"], async ({ get, put }) => {
    await put("kept", { ...(await get("kept", "sending")), ...changes }, "sending");
  });
  await unlessFull(writing);
}
