// When a page sends automatically: when it opens, becomes visible, is online again, and every five minutes.

import { Because } from "../../../../foundation/web/static/offline/backoff.js";

const EVERY_MS = 5 * 60_000;

/** @param {(because: string) => void} send @returns {() => void} stops it */
export function sendAutomatically(send, { window, document }) {
  const back = () => send(Because.BACK);
  const becameVisible = () => document.visibilityState === "visible" && back();
  window.addEventListener("online", back);
  window.addEventListener("focus", back);
  document.addEventListener("visibilitychange", becameVisible);
  const timer = setInterval(() => send(Because.TIMER), EVERY_MS);
  back();
  return () => {
    window.removeEventListener("online", back);
    window.removeEventListener("focus", back);
    document.removeEventListener("visibilitychange", becameVisible);
    clearInterval(timer);
  };
}
