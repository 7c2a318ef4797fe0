// Decides when waiting answers are sent: at once on a person's tap, and as soon as the server responds again.

import { Because } from "../../../../foundation/web/static/offline/backoff.js";
import { endPause, sendWaiting } from "../../../../foundation/web/static/offline/sending.js";
import { answerQueue } from "./sending.js";

const LOCK = "hoc-gui";

/**
 * @param {Record<string, any>} with_
 *   answers: () => Promise of what openAnswers returns; line: as watchLine; fetch, crypto, now, random, locks (or null)
 *   ended: (counts, stopped) => Promise  called after every attempt; stopped: as sendWaiting returns it
 *   askForSync: () => Promise  lets the browser try again by itself
 */
export function openSender({ answers, line, fetch, crypto, now, random = Math.random, locks = null, ended = async () => {}, askForSync = async () => {} }) {
  let sending = null;
  // Whether something may be waiting. Unknown when the worker starts, so assumed.
  let owes = true;

  async function sendNow(because) {
    const outbox = await answers();
    // A request failed a moment ago: do not try again for every page and answer.
    if (because === Because.BACK && line.isAway()) {
      await ended(await outbox.counts(), "offline");
      return { sent: 0, stopped: "offline" };
    }
    let outcome;
    do {
      owes = false;
      const queue = answerQueue({ answers: outbox, fetch, crypto });
      outcome = await sendWaiting(LOCK, because, queue, { store: outbox.store, locks, crypto, now, random });
      // An answer was given during the last request.
    } while (owes && outcome.stopped === null);
    owes = outcome.stopped !== null;
    if (outcome.sent) line.revive();
    if (outcome.stopped === "offline" || outcome.stopped === "time_out") line.fail();
    await ended(await outbox.counts(), outcome.stopped);
    if (owes && outcome.stopped !== "waiting") await askForSync().catch(() => {});
    return outcome;
  }

  const sender = {
    /** Send what waits. Concurrent calls share one sending. @returns {Promise<{sent: number, stopped: string | null}>} */
    send(/** @type {string} */ because = Because.BACK) {
      sending ??= sendNow(because).finally(() => {
        sending = null;
      });
      return sending;
    },

    /** Somebody tapped "send": wait for a running attempt, then try without regard to a pause. */
    async sendAsAsked() {
      line.revive();
      await sending?.catch(() => {});
      return sender.send(Because.ASKED);
    },

    /** Something waits from now on. */
    owe() {
      owes = true;
    },

    /**
     * The server responded to some request: it is reachable again, so the pause is over.
     * @returns {Promise<void>} after an attempt to send what waits; at once if nothing waits
     */
    async signOfLife() {
      line.revive();
      if (!owes) return;
      await endPause((await answers()).store);
      await sender.send();
    },
  };
  return sender;
}
