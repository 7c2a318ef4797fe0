// The phone's clock compared with the server's, and days in Việt Nam.

const VIETNAM_MS = 7 * 3600 * 1000;

/** How many seconds the phone is ahead of the server, from an answer's Date (whole seconds); null without one. */
export function secondsAhead(dateHeader, sentMs, receivedMs) {
  const server = Date.parse(dateHeader ?? "");
  if (Number.isNaN(server)) return null;
  // The server answered between request and answer; its Date header is cut to seconds, half a second early on average.
  return Math.round(((sentMs + receivedMs) / 2 - server - 500) / 1000);
}

/** The day in Việt Nam, "2026-11-22". @param {number | string} moment  milliseconds, or a time with its zone */
export function dayInVietnam(moment) {
  const milliseconds = typeof moment === "number" ? moment : Date.parse(moment);
  return new Date(milliseconds + VIETNAM_MS).toISOString().slice(0, 10);
}
