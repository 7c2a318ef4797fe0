// Puts the service worker of a page's room on the phone, and finds out whether this browser can keep anything at all.
//
// A file of its own that imports nothing and is written in ES2018, so that it runs wherever a service worker can: what other
// scripts need must not decide over it. Loaded by a plain <script defer> with
//   data-worker, data-scope  address and scope of the worker
//   data-then  (may be left out) a module to load once the worker is asked for, or at once where it is there already
//   data-only-known  (may be left out) ask for no worker; only use one that is there
//   data-needs  (may be left out) what the page needs besides, such as "crypto.subtle Object.fromEntries"
//   data-at-once  (may be left out) do not wait until the page has come to rest
// The state stands in <html data-keeping>; each change is told to the document as the event "keeping":
//   in_app  the page is open inside Zalo, Facebook or the like, whose storage is their own and goes with them
//   insecure  the address is not https, so that no browser offers workers
//   too_old  the browser lacks something; unsupported  it is a new one, and has not what is needed: a private window mostly
//   denied  it has everything and lets nothing be kept
//   refused  the worker did not come, or not whole
//   able  nothing stands in the way, the worker is on its way; ready  it is there
// Elements with data-keeping="in_app too_old" show in those states and no others; one with data-slow shows where the page's
// own script has not taken it away after twelve seconds. No sentence is in here.
(() => {
  const { navigator, document } = window;
  const { worker, scope, then, atOnce, onlyKnown, needs } = document.currentScript.dataset;
  const root = document.documentElement;
  const IN_APP = /\bzalo|FBA[NV]\/|FB_IAB|Instagram|MicroMessenger|Bytedance|musical_ly|TikTok|\bLine\/|; wv\)/i;
  const NEEDED = ["caches", "indexedDB", "fetch", "MessageChannel", "Promise", "crypto", "AbortController"];
  const SLOW_MS = 12000;
  const PATIENCE_MS = 5000;
  const REST_MS = 1500;

  // On iPhones a page inside another app goes without the word Safari; one on the home screen does so, too.
  const isInApp = () =>
    IN_APP.test(navigator.userAgent) ||
    (/iPhone|iPad|iPod/.test(navigator.userAgent) && !/Safari\//.test(navigator.userAgent) && !navigator.standalone);
  const isNew = () => "replaceChildren" in Element.prototype && "at" in Array.prototype;

  function lacks(path) {
    try {
      return !path.split(".").reduce((place, name) => place[name], window);
    } catch (denied) {
      return true;
    }
  }

  function tell(state) {
    // Whatever it can do: what another app's window keeps goes with that app, and is not in the person's browser.
    if (root.dataset.keeping === "in_app") return;
    if (root.dataset.keeping === state) return;
    root.dataset.keeping = state;
    for (const each of document.querySelectorAll("[data-keeping]:not(html)"))
      each.hidden = each.dataset.keeping.split(" ").indexOf(state) < 0;
    document.dispatchEvent(new CustomEvent("keeping", { detail: state }));
  }

  /** The state as far as it can be read off the browser; "" where nothing stands in the way. */
  function hindrance() {
    if (isInApp()) return "in_app";
    if (window.isSecureContext === false) return "insecure";
    if (navigator.serviceWorker && !NEEDED.concat(needs ? needs.split(" ") : []).some(lacks)) return "";
    return isNew() ? "unsupported" : "too_old";
  }

  /** Whether a database and a cache can be opened: settled by trying, since browsers offer what they then refuse. */
  function canKeep() {
    const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, true));
    const opened = new Promise((resolve) => {
      const opening = window.indexedDB.open("keeping", 1);
      opening.onsuccess = () => {
        opening.result.close();
        resolve(true);
      };
      opening.onerror = () => resolve(false);
      opening.onblocked = () => resolve(true);
    });
    const both = Promise.all([opened, window.caches.keys()]).then(([isOpen]) => isOpen, () => false);
    return Promise.race([both, late]);
  }

  function loadNext() {
    if (!then || document.querySelector(`script[src="${then}"]`)) return;
    const next = document.createElement("script");
    next.type = "module";
    next.src = then;
    document.body.append(next);
  }

  async function register() {
    const workers = navigator.serviceWorker;
    try {
      const registration = await workers.register(worker, { scope, updateViaCache: "none" });
      // The network may have gone meanwhile; then there is nothing to fetch the script from.
      if (navigator.onLine || workers.controller) loadNext();
      else window.addEventListener("online", loadNext, { once: true });
      if (registration.active) return tell("ready");
      const coming = registration.installing || registration.waiting;
      if (coming) coming.addEventListener("statechange", () => {
        if (coming.state === "activated") tell("ready");
        // Thrown away before it ever worked: something it needs did not come.
        else if (coming.state === "redundant" && !registration.active) tell("refused");
      });
    } catch (error) {
      // Without network an old worker may still be there, and does all it did.
      const known = await workers.getRegistration(scope).catch(() => null);
      if (known && known.active) {
        loadNext();
        tell("ready");
      } else if (navigator.onLine) tell("refused");
    }
    return undefined;
  }

  async function begin() {
    const found = hindrance();
    if (found) tell(found);
    if (!navigator.serviceWorker || (found && found !== "in_app")) return undefined;
    let can = false;
    try {
      can = await canKeep();
    } catch (denied) {
      // Some browsers throw where others reject.
    }
    tell(can ? "able" : "denied");
    if (!can) return undefined;
    const isControlled = Boolean(navigator.serviceWorker.controller);
    if (isControlled) loadNext();
    if (onlyKnown !== undefined) return undefined;
    // Without network there is nothing to fetch a worker from, and the browser would only complain.
    const start = () => {
      if (navigator.onLine || isControlled) register();
      else window.addEventListener("online", start, { once: true });
    };
    if (atOnce !== undefined) return start();
    setTimeout(start, REST_MS);
    return undefined;
  }

  setTimeout(() => {
    for (const each of document.querySelectorAll("[data-slow]")) each.hidden = false;
  }, SLOW_MS);
  begin();
})();
