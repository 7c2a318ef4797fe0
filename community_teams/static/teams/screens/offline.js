/* What holds on this phone just now: whether the app opens without network, and whether visits leave while it is closed.
   Looked for where it lies, never taken for granted: what a screen promises rests on it. */

const SCOPE = "/doi-so";
const SHELL = "/doi-so/tren-may";

/**
 * Whether the app may begin: web/keeping.js has tried what this browser can keep. Inside Zalo and the like only where
 * somebody has visits there already, which must be able to leave.
 * @param {() => Promise<Record<string, any>[]>} membersHere
 */
export async function canKeep(document, membersHere) {
  const state = () => document.documentElement.dataset.keeping;
  if (!state()) await new Promise((resolve) => document.addEventListener("keeping", resolve, { once: true }));
  if (["able", "ready", "refused"].includes(state())) return true;
  return state() === "in_app" && (await membersHere().catch(() => [])).length > 0;
}

const registration = () => window.navigator.serviceWorker?.getRegistration(SCOPE).catch(() => null);

/** Whether the worker is there with the app in its cache, and the list of households in the store. */
export async function opensOffline(phone) {
  const found = await registration();
  if (!found?.active || !(await phone.worklist.refreshedAt())) return false;
  const shell = await window.caches.match(SHELL, { ignoreSearch: true, ignoreVary: true }).catch(() => null);
  return Boolean(shell);
}

/** Whether the browser sends by itself once there is a network, with no page of the app open (Background Sync). */
export async function sendsByItself() {
  const found = await registration();
  return Boolean(found?.active && found.sync);
}
