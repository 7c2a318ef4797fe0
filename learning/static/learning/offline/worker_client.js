// Calls the service worker of learning from a page.

/**
 * @param {string} what  one of ACTIONS in worker.js
 * @param {Record<string, any>} [payload]
 * @param {(progress: Record<string, any>) => void} [onProgress]
 * @returns {Promise<*>} rejects with `unable` if this browser has no worker, else with the worker's code: `full`, `failed`
 */
export async function ask(what, payload = {}, onProgress = () => {}) {
  const workers = navigator.serviceWorker;
  if (!workers) throw new Error("unable");
  // web/keeping.js has registered the worker.
  const registration = await Promise.race([workers.ready, late(20_000)]);
  return new Promise((resolve, reject) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => {
      if (data.progress) return onProgress(data.progress);
      port1.close();
      if (data.fault) reject(new Error(data.fault));
      else resolve(data.result);
    };
    registration.active.postMessage({ what, ...payload }, [port2]);
  });
}

const late = (milliseconds) => new Promise((_, fail) => setTimeout(fail, milliseconds, new Error("unable")));

/**
 * Whether all files of a lesson, or of the letter check, are on this phone now, so that it opens without network.
 * @param {{lesson?: string, checking?: true}} what
 */
export async function holds(what) {
  return Boolean(navigator.serviceWorker?.controller) && (await Promise.race([ask("holds", what), late(20_000)])) === true;
}

/** The current learner's id from the cookie; null if it is not set. */
export const nowLearning = () => /(?:^|; )hoc-ai=([^;]*)/.exec(document.cookie)?.[1] ?? null;

/** Change the current learner. The server reads the cookie; the worker gets a message. */
export async function takeTurn(learner) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `hoc-ai=${encodeURIComponent(learner)}; Path=/; Max-Age=${2 * 365 * 24 * 3600}; SameSite=Lax${secure}`;
  await ask("turn", { learner });
}
