// Whether the network works. Many phones report a connection when no data arrives.

const BELIEVED_MS = 20_000;

/** @param {Record<string, any>} with_  fetch, now, isOnline: () => boolean  what the browser reports */
export function watchLine({ fetch, now, isOnline }) {
  let silentAt = -Infinity;

  return {
    /** Whether a request is likely to fail, judging by the last one. */
    isAway: () => !isOnline() || Math.abs(now() - silentAt) < BELIEVED_MS,

    /** A request failed or timed out. */
    fail() {
      silentAt = now();
    },

    /** A response arrived, or the network may be back. */
    revive() {
      silentAt = -Infinity;
    },

    /** The response to `request` if it arrives within `milliseconds`; else null. The request itself continues. */
    async ask(request, milliseconds, how) {
      let timer;
      const late = new Promise((resolve) => {
        timer = setTimeout(resolve, milliseconds, null);
      });
      const answer = fetch(request, how).then(
        (came) => {
          silentAt = -Infinity;
          return came;
        },
        () => null,
      );
      const came = await Promise.race([answer, late]);
      clearTimeout(timer);
      if (!came) this.fail();
      return came;
    },
  };
}
