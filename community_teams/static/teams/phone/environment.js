/** The browser's APIs; tests pass their own. */
export function environment(given) {
  const { navigator, document } = globalThis;
  return {
    indexedDB: globalThis.indexedDB,
    crypto: globalThis.crypto,
    fetch: (address, options) => globalThis.fetch(address, options),
    now: () => Date.now(),
    random: Math.random,
    locks: navigator?.locks ?? null,
    storage: navigator?.storage ?? null,
    worker: navigator?.serviceWorker ?? null,
    window: document ? globalThis : null,
    document,
    Channel: globalThis.BroadcastChannel ?? null,
    ...given,
  };
}
