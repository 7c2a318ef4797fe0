// From draft to outbox, in one write: never in both, never in neither.

import { Fault } from "../../../../foundation/web/static/offline/faults.js";
import { finished } from "./records.js";

/** Finish the draft of `household`. Rejects with `no_draft`, `incomplete` {fields}. @returns the record as it will go out */
export async function finishDraft(household, { store, drafts, outbox, known, now }) {
  for (;;) {
    const draft = await drafts.taken(household);
    if (!draft) throw new Fault("no_draft");
    let record = finished(draft.record, { now });
    const edits = draft.edits ?? ((await store.get("outbox", record.id)) ? record.id : null);
    const entry = edits ? await outbox.entryAfterChange(edits, record) : await outbox.entryFor(record);
    const kept = await known.after(household, record);
    try {
      await store.write(["outbox", "drafts", "known"], async ({ get, put, remove }) => {
        if (!(await get("drafts", household))) throw new Fault("no_draft");
        const after = typeof entry === "function" ? entry(await get("outbox", edits)) : entry;
        record = { ...record, id: after.id };
        await put("outbox", after);
        await remove("drafts", household);
        if (kept) await put("known", kept, household);
        if (kept === null) await remove("known", household);
      });
      return record;
    } catch (error) {
      // The answer came while it was being changed: what was a change is a successor now.
      if (error.code !== "changed_meanwhile") throw error;
    }
  }
}
