// The browser features each enhancement needs. If one is missing, the enhancement does not start and the plain page stays:
// an enhancement that works halfway would lose taps. This file itself must run in old browsers.

const PAGE = ["fetch", "URLSearchParams", "FormData", "Promise.prototype.finally", "Element.prototype.append"];
const KEEPING = ["navigator.serviceWorker", "caches", "indexedDB", "MessageChannel"];

export const NEEDS = {
  practice: [...PAGE, "DOMParser", "history.pushState", "WeakMap", "requestAnimationFrame", "HTMLTemplateElement"],
  listen: [...PAGE, "HTMLTemplateElement", "MutationObserver"],
  camera: ["navigator.mediaDevices.getUserMedia", "Worker", "Promise", "HTMLTemplateElement", "Element.prototype.append"],
  // BigInt: needed to check a letter's signature. DecompressionStream: the status lists are compressed.
  letters: [...PAGE, "HTMLTemplateElement", "Intl.DateTimeFormat", "BigInt", "crypto.subtle", "TextEncoder", "DecompressionStream", "AbortController"],
  keeping: [...PAGE, ...KEEPING],
  phone: [...PAGE, ...KEEPING, "HTMLTemplateElement", "CSS.escape"],
};

/** The value at `path`, such as "history.pushState", in `world`; undefined if it does not exist or may not be read. */
function reach(world, path) {
  try {
    return path.split(".").reduce((place, name) => (place === undefined || place === null ? undefined : place[name]), world);
  } catch (denied) {
    return undefined;
  }
}

/** Whether the browser has every feature that `enhancement`, a name in NEEDS, needs. */
export function able(enhancement, world = window) {
  return NEEDS[enhancement].every((path) => reach(world, path) !== undefined && reach(world, path) !== null);
}

/** Replace the content of `element` by `nodes`. Like replaceChildren, which phones from before 2021 do not have. */
export function refill(element, ...nodes) {
  element.textContent = "";
  element.append(...nodes);
}
