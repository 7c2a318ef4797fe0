// Parses what a camera read or a person pasted, and the award in it. The rules are those of
// learning/domain/awards.py and codes.py; docs/letters.md describes every field.

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const MISREAD = { O: "0", I: "1", L: "1" };
const CODE_LENGTH = 10;
const SIGNATURE_BYTES = 64;
const MOST_BYTES = 140;
const VERSION = 1;
const FIRST_DAY = Date.UTC(2026, 0, 1);
const ONE_DAY = 24 * 3600 * 1000;
const MANNERS = ["self", "assisted", "supervised"];
export const CONTEXT = new TextEncoder().encode("binh-dan-hoc-vu-so award 1\0");

/** Thrown for an award that is cut off or was changed. */
export class InvalidAward extends Error {}
/** Thrown for text that is neither one of our addresses, nor a code, nor the digits of an award. */
export class InvalidCode extends Error {}

function check(digits) {
  let total = 0;
  for (const digit of digits) {
    total = (total ^ digit) << 1;
    if (total & 32) total ^= 0b100101;
  }
  return total;
}

/** The code as stored, "K7M2QX94BD", from what a person typed; throws InvalidCode. */
export function readCode(typed) {
  const plain = typed.replace(/[\s.\-‐‑–]/g, "").toUpperCase();
  const code = [...plain].map((letter) => MISREAD[letter] ?? letter).join("");
  const digits = [...code].map((letter) => ALPHABET.indexOf(letter));
  if (digits.length !== CODE_LENGTH || digits.includes(-1)) throw new InvalidCode();
  if (check(digits.slice(0, -1)) !== digits[digits.length - 1]) throw new InvalidCode();
  return code;
}

/** {code, digits}: "" for a missing one; throws InvalidCode. */
export function readScanned(text) {
  const trimmed = text.trim();
  if (trimmed.includes("/xac-nhan/")) {
    const [code, digits = ""] = trimmed.slice(trimmed.lastIndexOf("/xac-nhan/") + 10).split("#");
    return { code: readCode(code), digits: digits.replace(/\s/g, "") };
  }
  const bare = trimmed.replace(/\s/g, "");
  if (bare.length > 40 && /^[0-9]+$/.test(bare)) return { code: "", digits: bare };
  return { code: readCode(trimmed), digits: "" };
}

function bytesOf(digits) {
  let hex = BigInt(digits).toString(16);
  if (hex.length % 2) hex = "0" + hex;
  return Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
}

const hexOf = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

function codeOf(bytes) {
  // Not written 31n: older browsers could not parse this file. They can load it as long as they do not call this.
  const [LOWEST, PLACE] = [BigInt(31), BigInt(5)];
  let number = BigInt("0x" + hexOf(bytes));
  const digits = [];
  for (let place = 0; place < CODE_LENGTH - 1; place += 1) {
    digits.unshift(Number(number & LOWEST));
    number >>= PLACE;
  }
  return [...digits, check(digits)].map((digit) => ALPHABET[digit]).join("");
}

/**
 * The award in `digits`; its signature is not verified yet.
 *
 * @param {string} digits
 * @param {(bytes: Uint8Array) => any} decode  decodes CBOR; throws if it cannot
 * @returns {{award: Record<string, any>, message: Uint8Array, signature: Uint8Array}}  award: {key, code, index, issuedOn (Date at
 *   0:00 UTC), manner, course, name, whole}; throws InvalidAward
 */
export function readToken(digits, decode) {
  if (!/^[1-9][0-9]{150,400}$/.test(digits)) throw new InvalidAward();
  const token = bytesOf(digits);
  if (token.length > MOST_BYTES) throw new InvalidAward();
  const packed = token.slice(0, -SIGNATURE_BYTES);
  let places;
  try {
    places = decode(packed);
  } catch {
    throw new InvalidAward();
  }
  if (!Array.isArray(places) || places.length !== 8 || places[0] !== VERSION) throw new InvalidAward();
  const [, key, code, index, day, manner, course, name] = places;
  const whole = typeof name === "string";
  const text = whole ? name : name?.[0];
  const fits =
    key instanceof Uint8Array && code instanceof Uint8Array && Number.isInteger(index) && Number.isInteger(day) &&
    manner in MANNERS && typeof course === "string" && typeof text === "string";
  if (!fits) throw new InvalidAward();
  const message = new Uint8Array(CONTEXT.length + packed.length);
  message.set(CONTEXT);
  message.set(packed, CONTEXT.length);
  return {
    award: {
      key: hexOf(key),
      code: codeOf(code),
      index,
      issuedOn: new Date(FIRST_DAY + day * ONE_DAY),
      manner: MANNERS[manner],
      course,
      name: text,
      whole,
    },
    message,
    signature: token.slice(-SIGNATURE_BYTES),
  };
}
