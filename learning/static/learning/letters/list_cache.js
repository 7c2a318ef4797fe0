// The two public lists a check needs: fetched whenever there is network, cached for use without network.

export const CACHE = "hoc-kiem-giay";
const TIMEOUT = 4000; // ms: a very slow network must not delay a check

/** The cache, or null if this browser has none or denies it. */
async function opened(caches) {
  try {
    return (await caches?.open(CACHE)) ?? null;
  } catch {
    return null;
  }
}

/** Whether both lists are in the cache now. addresses: the addresses of the lists. */
export async function areCached(addresses, { caches }) {
  const cache = await opened(caches);
  const found = await Promise.all(addresses.map((address) => cache?.match(address)));
  return found.every(Boolean);
}

/**
 * One list: the newest from the network, else the cached one.
 *
 * @returns {Promise<{content: any, fresh: boolean} | null>}  fresh: just fetched; null: neither fetched nor cached
 */
export async function newestOrCached(address, { fetch, caches }) {
  const cache = await opened(caches);
  const stop = new AbortController();
  const timeout = setTimeout(() => stop.abort(), TIMEOUT);
  try {
    const answer = await fetch(address, { credentials: "same-origin", signal: stop.signal, cache: "no-cache" });
    if (answer.ok && answer.headers.get("content-type")?.includes("json")) {
      const content = await answer.clone().json();
      await cache?.put(address, answer).catch(() => {}); // a full phone can still check
      return { content, fresh: true };
    }
  } catch {
    // No network, or too slow.
  } finally {
    clearTimeout(timeout);
  }
  const before = await cache?.match(address);
  return before ? { content: await before.json(), fresh: false } : null;
}
