// How long to wait before sending again. Pure.

const FIRST_MS = 5_000;
const LONGEST_MS = 15 * 60_000;
/** No pause is longer, also one that the server asked for: what lasts longer comes of a clock set back. */
const LONGEST_PAUSE_MS = 2 * 3600_000;

/** Who wants to send. A person's tap goes out at once; a sign of the network waits only where the server asked for it. */
export const Because = Object.freeze({ ASKED: "asked", BACK: "back", TIMER: "timer" });

/**
 * Milliseconds to wait after the `failures`-th outage that goes on (0: the first try of it that failed). Tries made during
 * a pause do not count: twenty taps without a signal are one failure.
 *
 * Doubles from 5 seconds to 15 minutes, and half of it is chance, so that a village whose mast comes back does not send
 * all at once. retryAfter: seconds the server asked for, or null; never less than that.
 */
export function retryDelay(failures, retryAfter, random) {
  const longest = Math.min(FIRST_MS * 2 ** Math.min(failures, 20), LONGEST_MS);
  const wait = longest / 2 + (random() * longest) / 2;
  return Math.round(Math.max(wait, retryAfter === null ? 0 : retryAfter * 1000 * (1 + random() / 2)));
}

/** Whether a pause is on at `moment`. @param {{notBefore?: number}} state  as stored by sending.js */
export function isPaused({ notBefore = 0 }, moment) {
  return notBefore > moment && notBefore < moment + LONGEST_PAUSE_MS;
}

/** Whether to wait for the end of the pause. @param {{notBefore?: number, asked?: boolean}} state */
export function mustWait(state, because, moment) {
  return isPaused(state, moment) && (because === Because.TIMER || (because === Because.BACK && Boolean(state.asked)));
}
