// The ways the phone may refuse, in both apps. `code` is stable and never shown: the page has the words for it.

export class Fault extends Error {
  /** @param {Record<string, any>} details  kept on the fault itself, for example `until` of "pin_wait" */
  constructor(code, details = {}) {
    super(code);
    this.name = "Fault";
    this.code = code;
    Object.assign(this, details);
  }
}

const BY_BROWSER = new Map([
  ["QuotaExceededError", "storage_full"],
  // The store was made by a newer version of this app: an old tab, or an old worker.
  ["VersionError", "newer_store"],
  ["InvalidStateError", "store_closed"],
]);

/** What a browser's own error means to us; anything unknown is `store_failed` and keeps its cause. */
export function faultOf(error) {
  if (error instanceof Fault) return error;
  return new Fault(BY_BROWSER.get(error?.name) ?? "store_failed", { cause: error });
}

/** What `writing` gives, or undefined where the phone is too full to write: for notes that sending can do without. */
export async function unlessFull(writing) {
  try {
    return await writing;
  } catch (error) {
    if (error.code !== "storage_full") throw error;
    return undefined;
  }
}
