// Moves a draft to the outbox in one transaction: it is never in both, and never in neither.

import { Fault } from "../../../../foundation/web/static/offline/faults.js";
import { finished } from "./records.js";

/** Finish the draft of `household`. Rejects with `no_draft`, `incomplete` {fields}. @returns the record as it will be sent */
export async function finishDraft(household, { store, drafts, outbox, known, now }) {
  for (;;) {
    const draft = await drafts.taken(household);
    if (!draft) throw new Fault("no_draft");
    let record = finished(draft.record, { now });
    const edits = draft.edits ?? ((await store.get("outbox", record.id)) ? record.id : null);
    const entry = edits ? await outbox.entryAfterChange(edits, record) : await outbox.entryFor(record);
    const knownAfter = await known.after(household, record);
    try {
      await store.write(["outbox", "drafts", "known"], async ({ get, put, remove }) => {
        if (!(await get("drafts", household))) throw new Fault("no_draft");
        const after = typeof entry === "function" ? entry(await get("outbox", edits)) : entry;
        record = { ...record, id: after.id };
        await put("outbox", after);
        await remove("drafts", household);
        if (knownAfter) await put("known", knownAfter, household);
        if (knownAfter === null) await remove("known", household);
      });
      return record;
    } catch (error) {
      // The server's answer came while it was being changed: the change becomes a visit that supersedes it.
      if (error.code !== "changed_meanwhile") throw error;
    }
  }
}
