// The member key in memory, and its removal after IDLE_MS without use.

import { Fault } from "../../../../foundation/web/static/offline/faults.js";

export const IDLE_MS = 15 * 60_000;
const LOOKS_EVERY_MS = 20_000;

export function openIdle({ now, onLock }) {
  let key = null;
  let touchedAt = 0;
  let timer = null;

  const lock = () => {
    clearInterval(timer);
    if (!key) return;
    key = null;
    onLock();
  };
  // A sleeping phone runs no timers, so the time is checked on every use as well. A clock set back counts as idle, too.
  const look = () => {
    const idle = now() - touchedAt;
    if (key && (idle >= IDLE_MS || idle < -IDLE_MS)) lock();
  };

  return {
    hold(unlocked) {
      key = unlocked;
      touchedAt = now();
      clearInterval(timer);
      timer = setInterval(look, LOOKS_EVERY_MS);
      timer.unref?.();
    },
    touch() {
      look();
      if (key) touchedAt = now();
    },
    lock,
    get locked() {
      look();
      return key === null;
    },
    /** The key. Throws `locked`. */
    key() {
      look();
      if (!key) throw new Fault("locked");
      return key;
    },
  };
}
