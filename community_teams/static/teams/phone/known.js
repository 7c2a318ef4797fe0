// Earlier answers of households, so that a repeat visit need not ask them again: from the server, and from visits of this
// phone since. Encrypted with the member's key, household by household.

import { Fault } from "../../../../foundation/web/static/offline/faults.js";
import { seal, unseal } from "./keys.js";
import { dayInVietnam } from "./clock.js";
import { knownFrom, namesHousehold } from "./records.js";

export const KNOWN = "/api/v1/known";
const TIMEOUT_MS = 60_000;
const MOST_PAGES = 200;

/** An entry: {sealed, on}; on: the day in Việt Nam of the latest visit with any of the answers. */
export function openKnown({ store, crypto, memberKey, ask }) {
  async function previous(household) {
    const key = memberKey();
    const entry = await store.get("known", household);
    return entry ? { ...(await unseal(crypto, key, entry.sealed)), visited_on: entry.on } : null;
  }

  async function saveAnswer(answer) {
    const key = memberKey();
    const entries = await Promise.all(
      answer.households.map(async ({ id, on, known }) => ({ id, on, sealed: await seal(crypto, key, known) })),
    );
    await store.write(["known", "kept"], async ({ get, put, remove, clear }) => {
      if (answer.reset) await clear("known");
      for (const id of answer.gone ?? []) await remove("known", id);
      for (const { id, on, sealed } of entries) {
        const ours = await get("known", id);
        // A later visit of this phone may not have reached the server yet.
        if (!ours || ours.on <= on) await put("known", { sealed, on }, id);
      }
      await put("kept", answer.cursor, "known_cursor");
    });
  }

  return {
    /** Earlier answers in the shape of a visit, with `visited_on`; or null. */
    previous,

    /** After a visit: the entry for store "known", `null` to delete the one there, `undefined` to leave it. */
    async after(household, record) {
      if (!namesHousehold(record)) return null;
      const answers = knownFrom(record);
      if (Object.keys(answers).length === 0) return undefined;
      const { visited_on: before, ...known } = (await previous(household)) ?? {};
      const day = dayInVietnam(record.started_at);
      return { sealed: await seal(crypto, memberKey(), { ...known, ...answers }), on: before > day ? before : day };
    },

    /** Ask the server for what changed. Rejects as requests.js does. */
    async refresh() {
      for (let page = 0; page < MOST_PAGES; page += 1) {
        const since = await store.get("kept", "known_cursor");
        const answer = await ask(KNOWN + (since ? `?since=${encodeURIComponent(since)}` : ""), TIMEOUT_MS);
        if (!Array.isArray(answer.households) || typeof answer.cursor !== "string") throw new Fault("not_our_answer");
        await saveAnswer(answer);
        if (!answer.more) return;
      }
      throw new Fault("not_our_answer");
    },
  };
}
