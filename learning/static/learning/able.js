// What each enhancement needs of the browser. Where one thing is missing it is not begun at all, and the plain page stays:
// half of an enhancement loses what somebody tapped. Nothing here may itself need a new browser.

const PAGE = ["fetch", "URLSearchParams", "FormData", "Promise.prototype.finally", "Element.prototype.append"];
const KEEPING = ["navigator.serviceWorker", "caches", "indexedDB", "MessageChannel"];

export const NEEDS = {
  practice: [...PAGE, "DOMParser", "history.pushState", "WeakMap", "requestAnimationFrame", "HTMLTemplateElement"],
  listen: [...PAGE, "HTMLTemplateElement", "MutationObserver"],
  camera: ["navigator.mediaDevices.getUserMedia", "Worker", "Promise", "HTMLTemplateElement", "Element.prototype.append"],
  // BigInt: the signature of a letter is checked with it. DecompressionStream: what was revoked comes compressed.
  letters: [...PAGE, "HTMLTemplateElement", "Intl.DateTimeFormat", "BigInt", "crypto.subtle", "TextEncoder", "DecompressionStream", "AbortController"],
  keeping: [...PAGE, ...KEEPING],
  phone: [...PAGE, ...KEEPING, "HTMLTemplateElement", "CSS.escape"],
};

/** What `path`, such as "history.pushState", leads to from `world`; undefined where it leads nowhere, or may not be read. */
function reach(world, path) {
  try {
    return path.split(".").reduce((place, name) => (place === undefined || place === null ? undefined : place[name]), world);
  } catch (denied) {
    return undefined;
  }
}

/** Whether all that `enhancement`, a name in NEEDS, needs is there. */
export function able(enhancement, world = window) {
  return NEEDS[enhancement].every((path) => reach(world, path) !== undefined && reach(world, path) !== null);
}

/** Put `nodes` in the place of all that `element` holds: replaceChildren, which phones of before 2021 have not. */
export function refill(element, ...nodes) {
  element.textContent = "";
  element.append(...nodes);
}
