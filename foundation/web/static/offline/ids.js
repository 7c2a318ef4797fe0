// Ids made in a browser, for whatever waits to be sent: the server knows a second sending by them.

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether `text` is a UUID of any version. */
export const isId = (text) => typeof text === "string" && ID.test(text);

const PARTS = [8, 12, 16, 20, 32];

function written(bytes) {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return PARTS.map((end, part) => hex.slice([0, ...PARTS][part], end)).join("-");
}

/** A UUID of chance alone (version 4), as crypto.randomUUID makes it, which phones of before 2022 have not. */
export function randomId(crypto) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return written(bytes);
}

/** A UUID version 7 (RFC 9562): sorts by the millisecond it was made, so the outbox sends in the order of the day. */
export function newId(crypto, milliseconds) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let time = Math.max(0, milliseconds);
  for (let place = 5; place >= 0; place -= 1) {
    bytes[place] = time % 256;
    time = Math.floor(time / 256);
  }
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return written(bytes);
}
