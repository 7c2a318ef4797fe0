// Installs the service worker, and activates a new version of the app when no form is open.

export const WORKER = "/doi-so/sw.js";
export const SCOPE = "/doi-so";
export const TAKE_OVER = "take-over";

/**
 * @param {Record<string, any>} with_
 *   mayReload: () => boolean  whether no form is open; called again at takeOver()
 *   reload: () => void
 * @returns {Promise<{takeOver: () => void} | null>} takeOver: call when a form was closed; null where the browser has no
 *   workers or refuses them (the app still works online)
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

  // The worker activates it only if this is the only open page; else it waits for the next start.
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
