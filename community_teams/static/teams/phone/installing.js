// Puts the worker on the phone, and a new version of the app in the old one's place when nobody is filling in a form.

export const WORKER = "/doi-so/sw.js";
export const SCOPE = "/doi-so";
export const TAKE_OVER = "take-over";

/**
 * @param {Record<string, any>} with_
 *   mayReload: () => boolean  whether no form is open; asked again at takeOver()
 *   reload: () => void
 * @returns {Promise<{takeOver: () => void} | null>} takeOver: call when a form was left; null where the browser has no
 *   workers or refuses (the app works on, with a network)
 */
export async function installWorker({ worker = globalThis.navigator?.serviceWorker, mayReload, reload }) {
  if (!worker) return null;
  let wasControlled = Boolean(worker.controller);
  let shouldReload = false;
  const reloadWhenFree = () => {
    if (shouldReload && mayReload()) reload();
  };
  worker.addEventListener("controllerchange", () => {
    shouldReload = wasControlled;
    wasControlled = true;
    reloadWhenFree();
  });
  const registration = await worker.register(WORKER, { scope: SCOPE, updateViaCache: "none" }).catch(() => null);
  if (!registration) return null;

  // The worker lets it in only where this is the one page open; else it waits for the next start.
  const takeOver = () => {
    if (mayReload()) registration.waiting?.postMessage(TAKE_OVER);
    reloadWhenFree();
  };
  registration.addEventListener("updatefound", () => {
    const coming = registration.installing;
    coming?.addEventListener("statechange", () => coming.state === "installed" && takeOver());
  });
  takeOver();
  return { takeOver };
}
