// How long to wait before sending again. Pure.

const FIRST_MS = 5_000;
const LONGEST_MS = 15 * 60_000;
/** No pause is longer, also one that the server asked for: what lasts longer comes of a clock set back. */
export const LONGEST_PAUSE_MS = 2 * 3600_000;

/**
 * Milliseconds to wait after the `failures`-th outage that goes on (0: the first try of it that failed). Tries made during
 * a pause do not count: twenty taps without a signal are one failure.
 *
 * Doubles from 5 seconds to 15 minutes, and half of it is chance, so that a village whose mast comes back does not send
 * all at once. retryAfter: seconds the server asked for, or null; never less than that.
 */
export function nextTry(failures, retryAfter, random) {
  const longest = Math.min(FIRST_MS * 2 ** Math.min(failures, 20), LONGEST_MS);
  const wait = longest / 2 + (random() * longest) / 2;
  return Math.round(Math.max(wait, retryAfter === null ? 0 : retryAfter * 1000 * (1 + random() / 2)));
}
