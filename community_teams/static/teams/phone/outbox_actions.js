// The actions of the screens on finished visits. Rejections: see phone.js.

import { dayInVietnam } from "./clock.js";
import { exportFile } from "./export_file.js";
import { Fault } from "../../../../foundation/web/static/offline/faults.js";
import { finishDraft } from "./finish_draft.js";
import { State } from "./outbox.js";
import { Because } from "../../../../foundation/web/static/offline/backoff.js";
import { entryLine, outboxSummary } from "./outbox_summary.js";

/**
 * @param {Record<string, any>} room
 *   device: the phone's id; memberKey: () => CryptoKey, throws `locked`; outbox, drafts, known, apiClient: the member's
 *   changed: (change) => Promise; sendQuietly: (because) => Promise that never rejects
 */
export function openOutboxActions(room) {
  const { store, crypto, now, member, device, appVersion, memberKey } = room;
  const { outbox, drafts, known, apiClient, changed, sendQuietly } = room;
  return {
    /**
     * Move a draft to the outbox and send it when online. Rejects with `no_draft`, `incomplete` {fields}.
     * @returns {Promise<Record<string, any>>} the record as it will be sent
     */
    async finish(household) {
      const record = await finishDraft(household, { store, drafts, outbox, known, now });
      await changed({ what: "outbox" });
      apiClient.askForSync().catch(() => {});
      sendQuietly(Because.BACK);
      return record;
    },
    /**
     * {waiting, needPerson, undelivered, oldest, lastSentAt, drafts, problem, nextTryAt, storage, secondsAhead}; works while
     * locked. Times in ms or null. waiting: ready or being sent. undelivered: all that the server does not have.
     * problem: code of the last fault, such as `not_signed_in`, or null. storage: `persisted` or `best_effort`.
     */
    async summary() {
      return outboxSummary({ outbox, store, now, storage: await apiClient.storageGranted() });
    },
    /** [{id, household, outcome, started_at, state, tries, problems, delivered}], oldest first, without those that were
     *  corrected here since. problems: {field: code} */
    async list() {
      memberKey();
      return (await outbox.latestVersions()).map(entryLine);
    },
    /** The record of one visit as it is or was sent, or null. */
    async record(id) {
      memberKey();
      return (await outbox.get(id))?.record ?? null;
    },
    /** Make a visit, or its latest correction, a draft again; finish() then changes it, or supersedes it if the server
     *  has it. Rejects with `no_such_visit`, `draft_exists`. @returns {Promise<string>} its household */
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
    /** Set the day of a visit, "2026-11-22", after the phone's clock was wrong; it is sent again with noon of that day as
     *  its start, and without an end. Rejects with `no_such_visit`, `not_a_date`, `in_the_future`. */
    async setDay(id, day) {
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
    /** Visits that the server does not have, as a file an organiser can import; null if there are none. */
    async toFile() {
      memberKey();
      const entries = await outbox.list();
      const left = entries.filter(({ state, delivered }) => state !== State.ACKNOWLEDGED && !delivered);
      if (left.length === 0) return null;
      const about = appVersion ? { app_version: appVersion } : {};
      return exportFile(left.map(({ record }) => record), { crypto, device, member, now, about });
    },
    /** Try now, without waiting for a pause to end. @returns {Promise<{sent: number, stopped: string | null}>} */
    sendNow: () => apiClient.sendNow(Because.ASKED),
  };
}
