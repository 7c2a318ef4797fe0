// Decides when what waits is sent: at once where somebody asks, and at the first sign that the server is there again.

import { Because, endPause, sendWaiting } from "./sending.js";

/**
 * @param {Record<string, any>} with_
 *   answers: () => Promise of what openAnswers gives; line: as watchLine; fetch, crypto, now, random
 *   ended: (counts, stopped) => Promise  told after every try; stopped: as sendWaiting gives it
 *   askForSync: () => Promise  lets the browser try again by itself
 */
export function openSender({ answers, line, fetch, crypto, now, random, ended = async () => {}, askForSync = async () => {} }) {
  let sending = null;
  // Whether something may be waiting; not known when the worker starts.
  let owes = true;

  async function sendNow(because) {
    const store = await answers();
    // The line was silent a moment ago: pages and answers need not find that out one after the other.
    if (because === Because.SEEN && line.isAway()) {
      await ended(await store.counts(), "offline");
      return { sent: 0, stopped: "offline" };
    }
    let outcome;
    do {
      owes = false;
      outcome = await sendWaiting({ answers: store, fetch, crypto, now, random, because });
      // Something was given while the last request was under way.
    } while (owes && outcome.stopped === null);
    owes = outcome.stopped !== null;
    if (outcome.sent) line.revive();
    if (outcome.stopped === "offline") line.fail();
    await ended(await store.counts(), outcome.stopped);
    if (owes && outcome.stopped !== "waiting") await askForSync().catch(() => {});
    return outcome;
  }

  const sender = {
    /** Send what waits. Two at once are one. @returns {Promise<{sent: number, stopped: string | null}>} */
    send(/** @type {string} */ because = Because.SEEN) {
      sending ??= sendNow(because).finally(() => {
        sending = null;
      });
      return sending;
    },

    /** Somebody tapped "send": a try that was under way before has not tried as hard. */
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
     * An answer of ours came, whatever was asked: the server is there again, and the pause is over.
     * @returns {Promise<void>} when what waited has been tried; at once where nothing waits
     */
    async signOfLife() {
      line.revive();
      if (!owes) return;
      await endPause(await answers());
      await sender.send();
    },
  };
  return sender;
}
