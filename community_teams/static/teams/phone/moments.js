// When a page tries to send by itself: when it opens, is looked at again, is back on a network, and every five minutes.

import { Because } from "../../../../foundation/web/static/offline/backoff.js";

const EVERY_MS = 5 * 60_000;

/** @param {(because: string) => void} send @returns {() => void} stops it */
export function sendBySelf(send, { window, document }) {
  const back = () => send(Because.BACK);
  const seen = () => document.visibilityState === "visible" && back();
  window.addEventListener("online", back);
  window.addEventListener("focus", back);
  document.addEventListener("visibilitychange", seen);
  const timer = setInterval(() => send(Because.TIMER), EVERY_MS);
  back();
  return () => {
    window.removeEventListener("online", back);
    window.removeEventListener("focus", back);
    document.removeEventListener("visibilitychange", seen);
    clearInterval(timer);
  };
}
