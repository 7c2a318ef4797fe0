// The service worker of the team's app: caches the app shell, and sends while no page is open.
//
// Not loaded by a page. The build puts it and what it imports into one classic script; phones/views/app.py serves that as
// /doi-so/sw.js, after `self.doiSo`: {files: the precache list, shell: its address}.

import { setCacheNameDetails } from "workbox-core";
import { createHandlerBoundToURL, precacheAndRoute } from "workbox-precaching";
import { registerRoute } from "workbox-routing";

import { sendInBackground, somethingWaits } from "./background.js";
import { TAKE_OVER } from "./install_worker.js";
import { SYNC_TAG } from "./sender.js";
import { MEMBER_STORE } from "./store.js";

const { doiSo } = self;

setCacheNameDetails({ prefix: "doi-so", precache: "shell", runtime: "none", suffix: "" });
const exactly = { cleanURLs: false, directoryIndex: null, ignoreURLParametersMatching: [] };
precacheAndRoute(doiSo.files, exactly);

const isPage = ({ request, sameOrigin }) => sameOrigin && request.mode === "navigate";
const isApp = ({ url }) => (url.pathname === "/doi-so" || url.pathname === "/doi-so/") && url.search === "";
const shell = createHandlerBoundToURL(doiSo.shell);
registerRoute((route) => isPage(route) && isApp(route), shell);
// Any other page comes from the network and is never cached: it shows what one person may see.
registerRoute(isPage, async ({ request, event }) => {
  try {
    const answer = await fetch(request);
    // The server answers: send what waits on this phone, even if no page of the app is open.
    if (answer.ok && answer.headers.has("Content-Security-Policy")) event.waitUntil(sendWhatWaits().catch(() => {}));
    return answer;
  } catch {
    return Response.redirect("/doi-so#/mat-song", 302);
  }
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  if (event.data === TAKE_OVER) event.waitUntil(takeOverWhenAlone());
});

async function takeOverWhenAlone() {
  const pages = await self.clients.matchAll({ type: "window" });
  if (pages.length <= 1) await self.skipWaiting();
}

self.addEventListener("sync", (event) => {
  if (event.tag === SYNC_TAG) event.waitUntil(sendAndTell());
});

function environment() {
  const { crypto, indexedDB, navigator } = self;
  const [locks, storage] = [navigator.locks ?? null, navigator.storage ?? null];
  return { crypto, indexedDB, locks, storage, fetch: (address, options) => fetch(address, options), now: () => Date.now(), random: Math.random };
}

async function sendWhatWaits() {
  if (await somethingWaits(environment())) await sendAndTell();
}

async function sendAndTell() {
  const { member, ...answer } = await sendInBackground(environment());
  if (member === null || !self.BroadcastChannel) return;
  const channel = new BroadcastChannel(MEMBER_STORE + member);
  channel.postMessage({ what: "outbox", ...answer });
  channel.close();
}
