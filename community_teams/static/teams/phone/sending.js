// The batches of visits that the phone sends, and their answers. When and how often: foundation/web/static/offline/sending.js.

import { Fault, unlessFull } from "../../../../foundation/web/static/offline/faults.js";
import { randomId } from "../../../../foundation/web/static/offline/ids.js";
import { ask, jsonBody } from "../../../../foundation/web/static/offline/requests.js";
import { secondsAhead } from "./clock.js";

export const VISITS = "/api/v1/visits";
export const MOST_AT_ONCE = 200;
const TIMEOUT_MS = 60_000;

const OUTCOMES = new Set(["stored", "already_stored", "conflict", "held", "rejected"]);
// Faults of one visit or of the batch's size; all others concern the connection or the member.
export const ABOUT_THE_BATCH = new Set(["invalid", "bad_json", "too_many_visits", "too_large"]);

/**
 * The member's outbox as a queue for the shared sending.
 *
 * @param {Record<string, any>} with_
 *   outbox: as openOutbox; store: the member's; member: whose visits, as the server calls them; device: its id;
 *   about: {app_version?, storage?} sent with each batch
 * @returns {import("../../../../foundation/web/static/offline/sending.js").Queue}
 */
export function visitQueue({ outbox, store, fetch, crypto, now, member, device, about = {} }) {
  return {
    most: MOST_AT_ONCE,
    recover: () => outbox.recover(),
    take: (most) => outbox.take(most),
    post: sendBatch,
    giveBack: (batch) => outbox.giveBack(batch.map((entry) => entry.id)),
    aboutTheBatch: ABOUT_THE_BATCH,
    refuse: ({ id, record }, code) => outbox.refuse(id, record, { visit: code }),
    noPause: new Set(["device_cut_off"]),
  };

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

  /** sent: how many the server counts; accepted: how many it has, including those that a person must settle there. */
  async function settle(batch, results) {
    const left = new Map(batch.map((entry) => [entry.record.id, entry]));
    let sent = 0;
    let accepted = 0;
    for (const { id: sentAs, outcome, problems } of results) {
      const entry = left.get(sentAs);
      if (!entry || !OUTCOMES.has(outcome)) continue;
      left.delete(sentAs);
      const { id, rev, record } = entry;
      if (outcome !== "rejected") accepted += 1;
      if (outcome === "rejected") await unlessFull(outbox.refuse(id, record, problems ?? {}));
      else if (outcome === "conflict" || outcome === "held") {
        await unlessFull(outbox.conflict(id, record, { visit: outcome, ...problems }));
      }
      else {
        if (!(await unlessFull(outbox.acknowledge(id, record)))) await outbox.drop(id, rev);
        sent += 1;
      }
    }
    // Visits that the answer does not name were not received.
    await unlessFull(outbox.giveBack([...left.values()].map(({ id }) => id)));
    return { sent, accepted };
  }
}
