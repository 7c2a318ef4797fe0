// Sends the outbox. Safe to call at any time, from any tab and from the worker: the server knows each visit by its id.

import { ask, jsonBody } from "./asking.js";
import { secondsAhead } from "./clock.js";
import { Fault, unlessFull } from "./faults.js";
import { randomId } from "../../../../foundation/web/static/ids.js";
import { LONGEST_PAUSE_MS, nextTry } from "./patience.js";

export const VISITS = "/api/v1/visits";
export const MOST_AT_ONCE = 200;
const TIMEOUT_MS = 60_000;

const HEARD = new Set(["stored", "already_stored", "conflict", "held", "rejected"]);
// Faults of one visit, or of the size of the batch; anything else is about the connection or the member.
export const ABOUT_THE_BATCH = new Set(["invalid", "bad_json", "too_many_visits", "too_large"]);
const GROWS_AGAIN_ONLY_LATER = new Set(["too_large", "too_many_visits", "time_out"]);

/**
 * Send what is ready, batch after batch, until nothing is left or something stands in the way.
 *
 * The caller holds the sending lock. Deletes nothing, and calls a visit acknowledged only when an answer names our own
 * batch and that visit.
 *
 * @param {Record<string, any>} with_
 *   outbox: as openOutbox; store: the member's; member: whose visits, as the server calls them; device: its id;
 *   about: {app_version?, storage?} said with each batch
 * @returns {Promise<{sent: number, stopped: string | null}>} stopped: code of what stood in the way: `offline`,
 *   `time_out`, `not_our_answer`, `later`, `not_signed_in`, `other_member`, `device_cut_off`, …; null when all is out
 */
export async function sendWaiting(with_) {
  const { outbox, store, fetch, crypto, now, random = Math.random, member, device, about = {} } = with_;
  await unlessFull(outbox.recover());
  let { size = MOST_AT_ONCE } = (await store.get("kept", "sending")) ?? {};
  let sent = 0;
  let last = null;
  for (;;) {
    const batch = await outbox.take(size);
    if (batch.length === 0) return { sent, stopped: null };
    // The same visits and the same fault again: nothing moves.
    const turn = batch.map((entry) => entry.turn).join();
    const stuck = turn === last;
    last = turn;
    try {
      if (stuck) throw new Fault("not_our_answer");
      const { stored, taken } = await sendBatch(batch);
      sent += stored;
      size = Math.min(size * 2, MOST_AT_ONCE);
      // An answer that refused everything is an answer, but nothing was sent that stayed there.
      await remember({ size, failures: 0, notBefore: 0, problem: null, ...(taken ? { lastSentAt: now() } : {}) });
    } catch (error) {
      await unlessFull(outbox.giveBack(batch.map((entry) => entry.id)));
      if (!(error instanceof Fault)) throw error;
      if (error.code === "device_cut_off") return { sent, stopped: error.code };
      if (ABOUT_THE_BATCH.has(error.code) || error.code === "time_out") {
        const halved = Math.floor(batch.length / 2);
        if (halved >= 1) size = halved;
        if (ABOUT_THE_BATCH.has(error.code)) {
          if (halved < 1) await unlessFull(outbox.refuse(batch[0].id, batch[0].record, { visit: error.code }));
          if (GROWS_AGAIN_ONLY_LATER.has(error.code)) await remember({ size });
          last = null;
          continue;
        }
      }
      const { failures = 0, notBefore: until = 0 } = (await store.get("kept", "sending")) ?? {};
      const asked = /** @type {any} */ (error).retryAfter != null;
      // During a pause a further failure is the same outage. A clock set back ends it.
      const isPaused = until > now() && until < now() + LONGEST_PAUSE_MS && !asked;
      const pause = { failures: failures + 1, notBefore: now() + nextTry(failures, /** @type {any} */ (error).retryAfter ?? null, random), asked };
      await remember({ size, problem: error.code, ...(isPaused ? {} : pause) });
      return { sent, stopped: error.code };
    }
  }

  async function sendBatch(batch) {
    const id = randomId(crypto);
    const { undelivered } = await outbox.counts();
    const sentAt = now();
    const { body, headers } = await jsonBody({
      batch: id,
      device,
      pending: undelivered,
      sent_at: new Date(sentAt).toISOString(),
      ...about,
      visits: batch.map((entry) => entry.record),
    });
    const options = { method: "POST", body, headers: { ...headers, "X-Member": member, "X-Device": device } };
    const answer = await ask(fetch, VISITS, options, TIMEOUT_MS);
    const ahead = secondsAhead(answer.date, sentAt, now());
    if (ahead !== null) await unlessFull(store.put("kept", ahead, "seconds_ahead"));
    if (answer.body.batch !== id || !Array.isArray(answer.body.results)) throw new Fault("not_our_answer");
    return settle(batch, answer.body.results);
  }

  /** stored: how many the server counts now; taken: how many it has, those included that a person must settle there. */
  async function settle(batch, results) {
    const left = new Map(batch.map((entry) => [entry.record.id, entry]));
    let stored = 0;
    let taken = 0;
    for (const { id: sentAs, outcome, problems } of results) {
      const entry = left.get(sentAs);
      if (!entry || !HEARD.has(outcome)) continue;
      left.delete(sentAs);
      const { id, rev, record } = entry;
      if (outcome !== "rejected") taken += 1;
      if (outcome === "rejected") await unlessFull(outbox.refuse(id, record, problems ?? {}));
      else if (outcome === "conflict" || outcome === "held") {
        await unlessFull(outbox.conflict(id, record, { visit: outcome, ...problems }));
      }
      else {
        if (!(await unlessFull(outbox.acknowledge(id, record)))) await outbox.drop(id, rev);
        stored += 1;
      }
    }
    // What the answer did not name is unsent.
    await unlessFull(outbox.giveBack([...left.values()].map(({ id }) => id)));
    return { stored, taken };
  }

  async function remember(changes) {
    const writing = store.write(["kept"], async ({ get, put }) => {
      await put("kept", { ...(await get("kept", "sending")), ...changes }, "sending");
    });
    await unlessFull(writing);
  }
}
