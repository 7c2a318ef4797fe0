// The two public lists a check needs: fetched whenever there is network, kept for when there is none.

export const CACHE = "hoc-kiem-giay";
const PATIENCE = 4000; // milliseconds: a line that is there in name only must not hold a check up

/**
 * One list, the newest to be had.
 *
 * @returns {Promise<{content: object, fresh: boolean} | null>}  fresh: just fetched; null: neither fetched nor kept
 */
export async function newestOrKept(address, { fetch, caches }) {
  const kept = await caches?.open(CACHE);
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(PATIENCE), cache: "no-cache" });
    if (answer.ok && answer.headers.get("content-type")?.includes("json")) {
      await kept?.put(address, answer.clone());
      return { content: await answer.json(), fresh: true };
    }
  } catch {
    // No network, or none worth the name.
  }
  const before = await kept?.match(address);
  return before ? { content: await before.json(), fresh: false } : null;
}
