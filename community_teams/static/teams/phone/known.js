// What is known of a household from the last visit this member made, so that "Gần xong" need not ask again.
// Sealed under the member's key, only with the family's consent, and no longer than a season.

import { seal, unseal } from "./keys.js";
import { knownFrom } from "./records.js";

export const KEPT_DAYS = 92;
const DAY = 24 * 3600 * 1000;

export function openKnown({ store, crypto, now, memberKey }) {
  return {
    /** What the last visit told, in the shape of a visit, with `visited_at` and `outcome` of then; or null. */
    async previous(household) {
      const key = memberKey();
      const kept = await store.get("known", household);
      if (!kept || kept.at < now() - KEPT_DAYS * DAY) return null;
      return unseal(crypto, key, kept.sealed);
    },

    /** What to put into room "known" together with the visit, or null when nothing may be kept. */
    async toKeep(record) {
      const known = knownFrom(record);
      return known && { sealed: await seal(crypto, memberKey(), known), at: now() };
    },

    /** Forget what is too old. */
    async tidy() {
      await store.write(["known"], async ({ keys, get, remove }) => {
        for (const household of await keys("known")) {
          const kept = await get("known", household);
          if (kept.at < now() - KEPT_DAYS * DAY) await remove("known", household);
        }
      });
    },
  };
}
