/* Starts the team's app: chooses the member, shows the screen of the address, and the header above it. */

import { installWorker, membersHere, openPhone, signedInMember } from "../phone/phone.js";
import { openHeader } from "./page_header.js";
import { canKeep } from "./offline.js";
import { navigation } from "./navigation.js";
import { showHousehold, showSaved } from "./screens_household.js";
import { showDue, showHamlet, showHome, showList } from "./screens_lists.js";
import { showChoosePin, showFetching, showForgotten, showUnlock, showWelcome, showWho } from "./screens_opening.js";
import { showOutbox, showPhone } from "./screens_outbox.js";
import { showVisit } from "./screen_visit.js";
import { draw, onAct, readWords, refill, say, sayCode } from "./templates.js";

const HOME = "/doi-so";
const SIGN_IN = "/dang-nhap?next=/doi-so/tren-may";
const CHOSEN = "doi-so-member";
const { document } = window;
const main = document.getElementById("main");
const { appVersion, consentText } = document.body.dataset;

/** What every screen may use. */
const app = {
  phone: null,
  who: null,
  consentText,
  appVersion,
  problem: null,
  newVersion: false,
  isLeaving: false,
  isJustSetUp: false,
  isSample: false,
  installer: null,
  takeOver: () => {},
  now: () => new Date(),
  hamletName: (code) => names.get(code) ?? code,
  rows: () => app.phone.worklist.households(),
  go: (address) => nav.go(address),
  stay: (address) => nav.stay(address),
  back: (otherwise) => nav.back(otherwise),
  /** Whether a warning that can wait may be shown here. */
  isAtEase: () => ["", "#/", "#/phieu"].includes(window.location.hash),
  /** Whether nobody is in the middle of a visit. */
  isCalm: () => !window.location.hash.includes("/tham"),
  again: () => nav.again(),
  reload: () => window.location.reload(),
  missing: () => ({ title: say("app"), page: draw("screen-missing") }),
  show: (make) => mount(make),
  padFault: (code) => current?.pad?.fault({ code }),
  /** Sign out and go to the sign-in page: the phone then belongs to whoever signs in there. */
  async signIn() {
    try {
      await fetch("/dang-xuat", { method: "POST", credentials: "same-origin", redirect: "manual" });
      window.location.assign(SIGN_IN);
    } catch {
      app.header.fault("offline");
    }
  },
  become(member) {
    window.localStorage.setItem(CHOSEN, member);
    window.location.hash = "";
    window.location.reload();
  },
};

let names = new Map();
let current = null;
let turn = 0;
const nav = navigation(window, show);
app.nav = nav;
app.header = openHeader(app, document);

const SCREENS = {
  thon: (path, query) => (path[1] === "ho" ? showList(app, path, query) : showHamlet(app, path)),
  tim: (_path, query) => showList(app, [], query),
  hen: () => showDue(app),
  ho: (path, query) => (path[1] === "tham" ? showVisit(app, path, query) : showHousehold(app, path)),
  "da-luu": (path) => showSaved(app, path),
  phieu: () => showOutbox(app),
  may: () => showPhone(app),
  "tai-danh-sach": () => showFetching(app),
  "mat-song": async () => {
    const kept = Boolean(await app.phone.worklist.refreshedAt());
    return { title: say("app"), page: draw("screen-no-signal", { kept }) };
  },
};

/** Show the screen of an address; false if another one was opened meanwhile. */
function show(path, query) {
  return mount(() => screenFor(path, query), { home: path.length === 0 });
}

async function screenFor([name, ...path], query) {
  if (name === "ai") return showWho(app, await membersHere());
  if (!app.phone) return app.missing();
  if (!app.phone.hasPin) return name === "ma-pin" ? showChoosePin(app) : showWelcome(app);
  if (app.phone.locked) return name === "quen-pin" ? showForgotten(app) : showUnlock(app);
  if (name === "ma-pin" || name === "quen-pin") return showHome(app);
  const hamlets = await app.phone.worklist.hamlets();
  names = new Map(hamlets.map((hamlet) => [hamlet.code, hamlet.name]));
  app.isSample = hamlets.some((hamlet) => hamlet.sample);
  if (!name) return (await app.phone.worklist.refreshedAt()) ? showHome(app) : showFetching(app);
  return SCREENS[name] ? SCREENS[name](path, query) : app.missing();
}

/** Show the screen that `make` returns: {title, page, shown?, gone?, focus?, pad?, renews?}; null: it went to another address. */
async function mount(make, { home = false } = {}) {
  const mine = ++turn;
  let screen;
  try {
    screen = await make();
  } catch (error) {
    if (error.code === "locked") screen = showUnlock(app);
    else screen = broken(error);
  }
  if (mine !== turn || !screen) return false;
  current?.gone?.();
  current = screen;
  app.header.fault(null);
  refill(main, screen.page);
  document.title = `${screen.title} · Bình dân học vụ số`;
  document.getElementById("back").hidden = home || app.phone?.locked !== false;
  (screen.focus ?? headingOf(main))?.focus({ preventScroll: true });
  await screen.shown?.();
  refreshHeader();
  return true;
}

function headingOf(page) {
  const heading = page.querySelector("h1");
  heading?.setAttribute("tabindex", "-1");
  return heading;
}

/** The worklist has changed: redraw a screen that `renews` if its content differs, at the same scroll position and focus. */
async function renew() {
  if (!current?.renews) return;
  const mine = turn;
  const { path, query } = nav.here();
  const screen = await screenFor(path, query);
  if (mine !== turn || !screen?.renews) return;
  const heading = headingOf(screen.page);
  const now = document.createElement("main");
  now.append(screen.page);
  if (now.innerHTML === main.innerHTML) return;
  const focused = main.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  current = screen;
  refill(main, ...now.childNodes);
  const same = focused && [...main.querySelectorAll("a[href]")].find((link) => link.getAttribute("href") === focused);
  (same || heading)?.focus({ preventScroll: true });
}

function broken(error) {
  if (!error.code) console.error(error);
  const page = draw("screen-broken", { words: sayCode("fault", error.code) });
  onAct(page, { reload: app.reload });
  return { title: say("app"), page };
}

function changed({ what, code, stopped, left = false }) {
  if (what === "wiped") return wiped(left);
  if (what === "newer") app.newVersion = true;
  if (what === "locked") return nav.again();
  if (what === "fault") app.header.fault(code);
  if (what === "worklist") renew().catch((error) => app.header.fault(error.code ?? "other"));
  if (stopped !== undefined) app.problem = stopped;
  return refreshHeader();
}

/** The member's data was deleted: they signed out, or the phone was cut off. left: unsent visits or drafts are still here. */
function wiped(left) {
  window.localStorage.removeItem(CHOSEN);
  app.phone = null;
  app.header.close();
  if (app.isLeaving) return window.location.assign(HOME);
  return mount(() => {
    const page = draw("screen-wiped", { left });
    onAct(page, { "sign-in": app.signIn });
    return { title: page.querySelector("h1").textContent, page };
  });
}

const refreshHeader = () => app.phone && app.header.refresh().catch((error) => app.header.fault(error.code ?? "other"));

/** Refresh the worklist in the background; a fault only shows in the header. */
async function refreshQuietly() {
  try {
    await app.phone.worklist.refresh();
    app.problem = null;
  } catch (error) {
    app.problem = error.code;
  }
  refreshHeader();
}

async function chooseMember() {
  const members = await membersHere();
  const chosen = window.localStorage.getItem(CHOSEN);
  const known = members.find(({ member }) => member === chosen) ?? (!chosen && members.length === 1 ? members[0] : null);
  if (known) return known;
  if (members.length && !chosen) return mount(() => showWho(app, members));
  return signedInMember();
}

/** From the page after signing in to the app's home address, which the service worker also serves offline. */
async function goHome() {
  const who = await signedInMember().catch(() => null);
  if (who) window.localStorage.setItem(CHOSEN, who.member);
  window.location.replace(HOME + window.location.hash);
}

/** The screen for a fault that prevents finding out who is signed in. */
function screenOf({ code }) {
  if (code === "not_signed_in" || code === "not_our_answer") return "screen-sign-in";
  return code === "offline" && !window.navigator.onLine ? "screen-first-network" : "screen-no-answer";
}

async function start() {
  readWords(document);
  // If nothing can be stored, the page stays as served: it says why, and links to the server's own list.
  if (!(await canKeep(document, membersHere))) return null;
  keepUpToDate();
  if (window.navigator.serviceWorker?.controller && window.location.pathname !== HOME) return goHome();
  try {
    app.who = await chooseMember();
  } catch (error) {
    return mount(() => {
      const page = draw(screenOf(error), { words: sayCode("fault", error.code) });
      onAct(page, { again: app.reload, "sign-in": app.signIn });
      return { title: page.querySelector("h1").textContent, page };
    });
  }
  if (!app.who?.member) return null;
  const { member, name } = app.who;
  app.phone = await openPhone({ member, name, appVersion });
  window.localStorage.setItem(CHOSEN, member);
  app.phone.on("change", (change) => {
    changed(change);
    if (change.what === "unlocked" && window.navigator.onLine) refreshQuietly();
  });
  for (const kind of ["pointerdown", "keydown"]) window.addEventListener(kind, () => app.phone.touch(), { passive: true });
  return nav.start();
}

document.getElementById("back").addEventListener("click", (event) => {
  event.preventDefault();
  nav.back("#/");
});
document.querySelector("[data-skip]").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});
window.addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  app.installer = event;
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible" && app.phone?.locked && current && !current.pad) nav.again();
});

/* A new version is activated only when no form is open, so that a visit being filled in is never interrupted. */
async function keepUpToDate() {
  const installed = await installWorker({ mayReload: app.isCalm, reload: app.reload });
  app.takeOver = installed?.takeOver ?? app.takeOver;
}
window.addEventListener("hashchange", () => app.takeOver());
document.addEventListener("keeping", refreshHeader);

start().catch((error) => mount(() => broken(error)));
