// Whether there is a network to speak of: many a phone says it is connected when nothing comes.

const BELIEVED_MS = 20_000;

/** @param {Record<string, any>} with_  fetch, now, isOnline: () => boolean  what the browser believes */
export function watchLine({ fetch, now, isOnline }) {
  let silentAt = -Infinity;

  return {
    /** Whether asking is in vain, by what happened a moment ago. */
    isAway: () => !isOnline() || Math.abs(now() - silentAt) < BELIEVED_MS,

    /** Nothing came, or nothing in time. */
    fail() {
      silentAt = now();
    },

    /** Something came back, or may again. */
    revive() {
      silentAt = -Infinity;
    },

    /** The answer to `request` if it comes within `milliseconds`; else null. What it started goes on. */
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
