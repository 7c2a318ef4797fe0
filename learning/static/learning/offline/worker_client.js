// Asks the worker of learning, which keeps everything, from a page.

/**
 * @param {string} what  one of DOING in worker.js
 * @param {Record<string, any>} [told]
 * @param {(progress: Record<string, any>) => void} [onProgress]
 * @returns {Promise<*>} rejects with `unable` where this browser has no worker, else with what it says: `full`, `failed`
 */
export async function ask(what, told = {}, onProgress = () => {}) {
  const workers = navigator.serviceWorker;
  if (!workers) throw new Error("unable");
  // web/keeping.js has asked for the worker.
  const registration = await Promise.race([workers.ready, late(20_000)]);
  return new Promise((resolve, reject) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => {
      if (data.progress) return onProgress(data.progress);
      port1.close();
      if (data.fault) reject(new Error(data.fault));
      else resolve(data.result);
    };
    registration.active.postMessage({ what, ...told }, [port2]);
  });
}

const late = (milliseconds) => new Promise((_, fail) => setTimeout(fail, milliseconds, new Error("unable")));

/**
 * Whether what is named is on this phone as a whole just now, so that it opens without network.
 * @param {{lesson?: string, checking?: true}} what
 */
export async function holds(what) {
  return Boolean(navigator.serviceWorker?.controller) && (await Promise.race([ask("holds", what), late(20_000)])) === true;
}

/** Who is learning now, by the cookie; null when nobody has said. */
export const nowLearning = () => /(?:^|; )hoc-ai=([^;]*)/.exec(document.cookie)?.[1] ?? null;

/** Somebody else learns from now on: the server and the worker are told by what the phone remembers. */
export async function takeTurn(learner) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `hoc-ai=${encodeURIComponent(learner)}; Path=/; Max-Age=${2 * 365 * 24 * 3600}; SameSite=Lax${secure}`;
  await ask("turn", { learner });
}
