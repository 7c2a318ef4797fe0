/* Screens before the worklist: the first use of this phone, the PIN, and a forgotten PIN. */

import { checkPin } from "../phone/phone.js";
import { sayMoment } from "./dates.js";
import { draw, onAct, say, sayAloud, sayCode, slot } from "./templates.js";

const titled = (page, more = {}) => ({ title: page.querySelector("h1").textContent, page, ...more });

const BAD_LINE = ["offline", "time_out", "later", "not_our_answer"];

export function showWelcome(app) {
  const page = draw("screen-welcome", { may_install: Boolean(app.installer) });
  onAct(page, { install: () => app.installer?.prompt() });
  return titled(page);
}

/** Choose a PIN, typed twice. forgotten: in place of a forgotten one. first: what was typed the first time. */
export function showChoosePin(app, { forgotten = false, first = null } = {}) {
  const page = draw("screen-choose-pin", { first: !first });
  const isPad = padOf(page, async (pin) => {
    if (!first) {
      try {
        checkPin(pin);
      } catch (error) {
        return app.padFault(error.code);
      }
      return app.show(() => showChoosePin(app, { forgotten, first: pin }));
    }
    if (pin !== first) {
      await app.show(() => showChoosePin(app, { forgotten }));
      return app.padFault("pin_differs");
    }
    try {
      await (forgotten ? app.phone.forgetPin(pin) : app.phone.setPin(pin));
    } catch (error) {
      // Begin again with what was wrong.
      await app.show(() => showChoosePin(app, { forgotten }));
      return app.padFault(error.code);
    }
    return app.show(() => showFetching(app));
  });
  return titled(page, { pad: isPad });
}

export function showUnlock(app) {
  const page = draw("screen-unlock", { name: app.who?.name });
  const pad = padOf(page, async (pin) => {
    try {
      await app.phone.unlock(pin);
      await app.again();
    } catch (error) {
      pad.fault(error);
    }
  });
  return titled(page, { pad });
}

/** Fetch the worklist; on a fault the screen says what to do. */
export function showFetching(app) {
  const page = draw("screen-fetching");
  const words = slot(page, "words");
  const fault = slot(page, "fault");
  const actions = slot(page, "actions");
  const signIn = page.querySelector('button[value="sign-in"]');

  async function fetchAll() {
    words.hidden = false;
    fault.hidden = true;
    actions.hidden = true;
    try {
      await app.phone.worklist.refresh();
      app.isJustSetUp = true;
      return app.nav.replace("#/");
    } catch (error) {
      // If the list itself was fetched, visiting can start: the rest is fetched when the app is opened next.
      const isIn = BAD_LINE.includes(error.code) && (await app.phone.worklist.refreshedAt());
      if (isIn) return app.nav.replace("#/");
      words.hidden = true;
      fault.textContent = sayCode("fault", error.code);
      fault.hidden = false;
      signIn.hidden = !["not_signed_in", "other_member"].includes(error.code);
      actions.hidden = false;
      return null;
    }
  }
  onAct(page, { again: fetchAll, "sign-in": app.signIn });
  return titled(page, { shown: fetchAll });
}

export async function showForgotten(app) {
  const { undelivered } = await app.phone.outbox.summary();
  const page = draw("screen-forgotten", { n: undelivered });
  onAct(page, { forget: () => app.show(() => showChoosePin(app, { forgotten: true })) });
  return titled(page);
}

export function showWho(app, members) {
  const page = draw("screen-who", {
    members: members.map(({ member, name }) => {
      const piece = draw("part-member", { name: name || member });
      piece.querySelector("button").addEventListener("click", () => app.become(member));
      return piece;
    }),
  });
  onAct(page, { "sign-in": app.signIn });
  return titled(page);
}

/** Make the pad of `page` work by thumb, keyboard and screen reader; done(pin) is called with what was typed. */
function padOf(page, done) {
  const form = page.querySelector("[data-pin]");
  const typed = form.querySelector(".pin-typed");
  const faultLine = form.querySelector(".error");
  let busy = false;

  form.querySelector(".pin-keys").addEventListener("click", (event) => {
    const key = event.target.closest("button")?.value;
    if (!key || busy) return;
    if (key === "delete") typed.value = "";
    else typed.value = (typed.value + key).slice(0, 12);
    sayAloud(typed.value ? say("pin_so_far", { n: typed.value.length }) : say("pin_emptied"));
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    form.setAttribute("aria-busy", "true");
    faultLine.hidden = true;
    const pin = typed.value;
    try {
      await done(pin);
    } finally {
      busy = false;
      form.removeAttribute("aria-busy");
      typed.value = "";
    }
  });

  return {
    /** error: a Fault, or an object with its code; `until`: when the next try counts, in milliseconds. */
    fault({ code, until }) {
      const wait = until > Date.now() ? say("wait_until", { when: sayMoment(new Date(until + 59_000), new Date()) }) : "";
      faultLine.textContent = [sayCode("fault", code), wait].filter(Boolean).join(" ");
      faultLine.hidden = false;
      typed.focus({ preventScroll: true });
    },
  };
}
