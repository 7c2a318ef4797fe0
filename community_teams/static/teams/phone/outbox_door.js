// What the screens may do with finished visits. Rejections: phone.js.

import { dayInVietnam } from "./clock.js";
import { fileOf } from "./exporting.js";
import { Fault } from "../../../../foundation/web/static/offline/faults.js";
import { finishDraft } from "./finishing.js";
import { State } from "./outbox.js";
import { Because } from "../../../../foundation/web/static/offline/backoff.js";
import { lineOf, summaryOf } from "./telling.js";

/**
 * @param {Record<string, any>} room
 *   device: the phone's id; memberKey: () => CryptoKey, throws `locked`; outbox, drafts, known, speaking: the member's
 *   changed: (change) => Promise; sendQuietly: (because) => Promise that never rejects
 */
export function openOutboxDoor(room) {
  const { store, crypto, now, member, device, appVersion, memberKey } = room;
  const { outbox, drafts, known, speaking, changed, sendQuietly } = room;
  return {
    /**
     * Draft to outbox, and off it goes when there is a network. Rejects with `no_draft`, `incomplete` {fields}.
     * @returns {Promise<Record<string, any>>} the record as it will be sent
     */
    async finish(household) {
      const record = await finishDraft(household, { store, drafts, outbox, known, now });
      await changed({ what: "outbox" });
      speaking.askForSync().catch(() => {});
      sendQuietly(Because.BACK);
      return record;
    },
    /**
     * {waiting, needPerson, undelivered, oldest, lastSentAt, drafts, problem, nextTryAt, storage, secondsAhead}; works while
     * locked. Times in ms or null. waiting: ready or being sent. undelivered: all that the server does not have.
     * problem: what stood in the way last, such as `not_signed_in`, or null. storage: `persisted` or `best_effort`.
     */
    async summary() {
      return summaryOf({ outbox, store, now, storage: await speaking.storageGranted() });
    },
    /** [{id, household, outcome, started_at, state, tries, problems, delivered}], oldest first, without those that were
     *  corrected here since. problems: {field: code} */
    async list() {
      memberKey();
      return (await outbox.standing()).map(lineOf);
    },
    /** One visit as it is or was sent, or null. */
    async record(id) {
      memberKey();
      return (await outbox.get(id))?.record ?? null;
    },
    /** Make it, or its latest correction, a draft again; finish() then changes it, or supersedes it where the server has
     *  it. Rejects with `no_such_visit`, `draft_exists`. @returns {Promise<string>} its household */
    async edit(id) {
      memberKey();
      const entry = await outbox.latest(id);
      if (!entry) throw new Fault("no_such_visit");
      const { household } = entry.record;
      if (await drafts.get(household)) throw new Fault("draft_exists");
      await drafts.reopen(household, entry.record, entry.id);
      return household;
    },
    /** Send one that needed a person again, as it is. Rejects with `no_such_visit`. */
    async retry(id) {
      await outbox.retry(id);
      await changed({ what: "outbox" });
      sendQuietly(Because.BACK);
    },
    /** Say on which day a visit was, "2026-11-22", after the phone's clock had lost it; it goes out again with the noon of
     *  that day, and without an end. Rejects with `no_such_visit`, `not_a_date`, `in_the_future`. */
    async tellDay(id, day) {
      memberKey();
      const noon = Date.parse(`${day}T12:00:00+07:00`);
      if (Number.isNaN(noon)) throw new Fault("not_a_date");
      if (day > dayInVietnam(now())) throw new Fault("in_the_future");
      const entry = await outbox.get(id);
      if (!entry) throw new Fault("no_such_visit");
      const { ended_at: _, ...record } = entry.record;
      const started_at = new Date(Math.min(noon, now())).toISOString();
      const after = await outbox.entryAfterChange(id, { ...record, started_at });
      await store.write(["outbox"], async ({ get, put }) => {
        const changed = typeof after === "function" ? after(await get("outbox", id)) : after;
        await put("outbox", changed);
      });
      await changed({ what: "outbox" });
      sendQuietly(Because.BACK);
    },
    /** What the server does not have, as a file an organiser can read in; null when there is nothing. */
    async toFile() {
      memberKey();
      const entries = await outbox.list();
      const left = entries.filter(({ state, delivered }) => state !== State.ACKNOWLEDGED && !delivered);
      if (left.length === 0) return null;
      const about = appVersion ? { app_version: appVersion } : {};
      return fileOf(left.map(({ record }) => record), { crypto, device, member, now, about });
    },
    /** Try now, whatever was to be waited for. @returns {Promise<{sent: number, stopped: string | null}>} */
    sendNow: () => speaking.sendNow(Because.ASKED),
  };
}
