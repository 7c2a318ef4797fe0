// The two public lists a check needs: fetched whenever there is network, kept for when there is none.

export const CACHE = "hoc-kiem-giay";
const PATIENCE = 4000; // milliseconds: a line that is there in name only must not hold a check up

/** The cache, or null where this browser has none or refuses it. */
async function opened(caches) {
  try {
    return (await caches?.open(CACHE)) ?? null;
  } catch {
    return null;
  }
}

/** Whether both lists lie in the cache just now. addresses: theirs. */
export async function areKept(addresses, { caches }) {
  const kept = await opened(caches);
  const found = await Promise.all(addresses.map((address) => kept?.match(address)));
  return found.every(Boolean);
}

/**
 * One list, the newest to be had.
 *
 * @returns {Promise<{content: any, fresh: boolean} | null>}  fresh: just fetched; null: neither fetched nor kept
 */
export async function newestOrKept(address, { fetch, caches }) {
  const kept = await opened(caches);
  const stop = new AbortController();
  const patience = setTimeout(() => stop.abort(), PATIENCE);
  try {
    const answer = await fetch(address, { credentials: "same-origin", signal: stop.signal, cache: "no-cache" });
    if (answer.ok && answer.headers.get("content-type")?.includes("json")) {
      const content = await answer.clone().json();
      await kept?.put(address, answer).catch(() => {}); // a full phone checks all the same
      return { content, fresh: true };
    }
  } catch {
    // No network, or none worth the name.
  } finally {
    clearTimeout(patience);
  }
  const before = await kept?.match(address);
  return before ? { content: await before.json(), fresh: false } : null;
}
