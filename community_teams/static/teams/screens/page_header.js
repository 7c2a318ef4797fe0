/* The header above every screen: how many visits wait, and notices. */

import { sayMoment, sayNumber } from "./dates.js";
import { opensOffline } from "./offline.js";
import { draw, onAct, refill, say, sayCode, slot } from "./templates.js";

const SIGNED_OUT = new Set(["not_signed_in", "other_member"]);

/** "còn 12 phiếu chưa gửi · gửi lần cuối 18:42" */
export function sendingState({ waiting, needPerson, lastSentAt }, now) {
  const parts = [];
  if (needPerson) parts.push(say("need_person", { n: sayNumber(needPerson) }));
  if (waiting) parts.push(say("waiting", { n: sayNumber(waiting) }));
  if (!parts.length) parts.push(say(lastSentAt ? "all_sent" : "nothing_waits"));
  if (lastSentAt) parts.push(say("last_sent", { when: sayMoment(new Date(lastSentAt), now) }));
  return parts.join(" · ");
}

export function openHeader(app, document) {
  const state = document.getElementById("state");
  const notices = document.getElementById("notices");
  const shown = new Set();
  let fault = null;

  function notice(name) {
    const piece = draw(`notice-${name}`);
    onAct(piece, { update: () => app.reload(), "sign-in": app.signIn });
    return piece;
  }

  /** Show exactly these notices, in this order. Those already shown are not touched, so that they are read out only once. */
  function show(names) {
    for (const place of [...notices.children]) {
      if (!names.includes(place.dataset.notice) && place.dataset.notice !== "fault") {
        shown.delete(place.dataset.notice);
        place.remove();
      }
    }
    for (const [at, name] of names.entries()) {
      if (shown.has(name)) continue;
      shown.add(name);
      const place = document.createElement("div");
      place.dataset.notice = name;
      place.append(notice(name));
      const later = names.slice(at + 1);
      notices.insertBefore(place, [...notices.children].find((each) => later.includes(each.dataset.notice)) ?? null);
    }
  }

  const isInApp = () => document.documentElement.dataset.keeping === "in_app";

  /** That the app opens offline: once, after the first list was fetched. That it does not: always. */
  async function offlineNotice() {
    const isComing = document.documentElement.dataset.keeping === "able";
    if (isInApp() || isComing) return [];
    if (await opensOffline(app.phone)) return app.isJustSetUp ? ["offline_ready"] : [];
    return ["not_offline"];
  }

  return {
    async refresh() {
      // The store was taken over by a newer app and can no longer be read.
      if (app.newVersion) return show(["new_version"]);
      const summary = await app.phone.outbox.summary();
      slot(state, "words").textContent = sendingState(summary, app.now());
      state.hidden = false;
      state.classList.toggle("app-state-waiting", summary.waiting > 0);
      state.classList.toggle("app-state-person", summary.needPerson > 0);
      if (!app.isAtEase()) app.isJustSetUp = false;
      const signedOut = SIGNED_OUT.has(summary.problem) || SIGNED_OUT.has(app.problem);
      return show([
        ...(app.isSample ? ["sample"] : []),
        ...(signedOut ? ["signed_out"] : []),
        ...(isInApp() ? ["in_app"] : []),
        ...(app.isAtEase() && app.phone.hasPin && !app.phone.locked && (await app.phone.worklist.refreshedAt()) ? await offlineNotice() : []),
        // Only if there is something to lose, and nobody is in the middle of a visit.
        ...(summary.storage !== "persisted" && summary.undelivered > 0 && app.isAtEase() ? ["not_kept"] : []),
      ]);
    },
    /** The member's data is gone: show nothing. */
    close() {
      state.hidden = true;
      show([]);
    },
    /** Show a fault by its code; null removes it. */
    fault(code) {
      if (!fault) {
        fault = document.createElement("div");
        fault.dataset.notice = "fault";
        notices.append(fault);
      }
      refill(fault, ...(code ? [draw("notice-fault", { words: sayCode("fault", code) })] : []));
      if (code) fault.scrollIntoView({ block: "nearest" });
    },
  };
}
