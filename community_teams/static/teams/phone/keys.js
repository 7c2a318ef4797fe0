// Encryption of stored data (AES-GCM), and the member key, which only the member's PIN unlocks. WebCrypto only.
// Which key protects what, and against whom: docs/decisions/the-phone-sends-while-locked.md.

import { Fault, unlessFull } from "../../../../foundation/web/static/offline/faults.js";

export const SHORTEST_PIN = 6;
const LONGEST_PIN = 12;

// The rounds of PBKDF2 are chosen so that unlocking takes about this long on this phone, within the bounds below.
const UNLOCKING_MS = 600;
const FEWEST_ROUNDS = 200_000;
const MOST_ROUNDS = 1_000_000;
const TRIED_ROUNDS = 20_000;

// Seconds to wait after the n-th wrong PIN in a row; the last one from then on.
const WAITS = [0, 0, 0, 0, 30, 60, 300, 900, 3600];

const IV_BYTES = 12;

/** A key that this browser can use but that cannot be exported. */
export function newSealingKey(crypto) {
  return crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

/** Encrypt any JSON value. @returns {Promise<Uint8Array>} a random IV of 12 bytes, then the output of AES-GCM */
export async function seal(crypto, key, value) {
  return sealBytes(crypto, key, new TextEncoder().encode(JSON.stringify(value)));
}

/** Decrypt what `seal` returned. Rejects with `unreadable` if it was encrypted with another key, or damaged. */
export async function unseal(crypto, key, sealed) {
  return JSON.parse(new TextDecoder().decode(await unsealBytes(crypto, key, sealed)));
}

async function sealBytes(crypto, key, bytes) {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, bytes));
  const whole = new Uint8Array(IV_BYTES + sealed.length);
  whole.set(iv);
  whole.set(sealed, IV_BYTES);
  return whole;
}

async function unsealBytes(crypto, key, sealed) {
  try {
    return await crypto.subtle.decrypt(
      { name: "AES-GCM", iv: sealed.subarray(0, IV_BYTES) },
      key,
      sealed.subarray(IV_BYTES),
    );
  } catch {
    throw new Fault("unreadable");
  }
}

/** The keys in the store. Made at the first use; later calls, also of two tabs at once, get the same ones. */
export async function storedKeys(store, crypto) {
  const made = {
    outbox_key: await newSealingKey(crypto),
    device_key: await crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign"]),
  };
  return store.write(["kept"], async ({ get, put }) => {
    const keys = {};
    for (const [name, key] of Object.entries(made)) {
      keys[name] = await get("kept", name);
      if (!keys[name]) await put("kept", (keys[name] = key), name);
    }
    return keys;
  });
}

/** Throws `pin_too_short`, `pin_too_long`, `pin_not_digits` or `pin_too_easy`. */
export function checkPin(pin) {
  if (!/^[0-9]*$/.test(pin)) throw new Fault("pin_not_digits");
  if (pin.length < SHORTEST_PIN) throw new Fault("pin_too_short");
  if (pin.length > LONGEST_PIN) throw new Fault("pin_too_long");
  const steps = new Set();
  for (let place = 1; place < pin.length; place += 1) steps.add(pin.charCodeAt(place) - pin.charCodeAt(place - 1));
  // 000000, 123456, 987654
  if (steps.size === 1 && Math.abs([...steps][0]) <= 1) throw new Fault("pin_too_easy");
}

/** Whether a PIN was ever set here. */
export async function hasPin(store) {
  return (await store.get("kept", "pin")) !== undefined;
}

/**
 * Make a new member key, locked with `pin`, in place of an earlier one. Data encrypted with an earlier one becomes unreadable.
 * @returns {Promise<CryptoKey>} the member key, unlocked
 */
export async function makeMemberKey(store, crypto, deviceKey, pin) {
  checkPin(pin);
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  await lockBehind(store, crypto, deviceKey, pin, bytes);
  return memberKey(crypto, bytes);
}

/** The member key. Rejects with `no_pin`, `wrong_pin` {until} or `pin_wait` {until}: milliseconds of the phone's clock. */
export async function unlockMemberKey(store, crypto, deviceKey, pin, milliseconds) {
  return memberKey(crypto, await open(store, crypto, deviceKey, pin, milliseconds));
}

/** Lock the same member key with another PIN; stored data stays as it is. Rejects as unlockMemberKey and checkPin. */
export async function changePin(store, crypto, deviceKey, pin, newPin, milliseconds) {
  checkPin(newPin);
  const bytes = await open(store, crypto, deviceKey, pin, milliseconds);
  await lockBehind(store, crypto, deviceKey, newPin, bytes);
}

function memberKey(crypto, bytes) {
  return crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
}

async function lockBehind(store, crypto, deviceKey, pin, bytes) {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const rounds = await roundsFor(crypto);
  const locked = await sealBytes(crypto, await pinKey(crypto, deviceKey, pin, salt, rounds), bytes);
  await store.put("kept", { salt, rounds, locked, wrong: 0, until: 0 }, "pin");
}

async function open(store, crypto, deviceKey, pin, milliseconds) {
  // A try is counted before it is checked, so that closing the app in between gives no extra guess.
  const { waits, ...lock } = await store.write(["kept"], async ({ get, put }) => {
    const stored = await get("kept", "pin");
    if (!stored) throw new Fault("no_pin");
    // If the clock was set back since, the wait must not become longer than intended.
    const until = Math.min(stored.until, milliseconds + waitAfter(stored.wrong));
    const waits = milliseconds < until;
    const wrong = stored.wrong + 1;
    const counted = waits ? { ...stored, until } : { ...stored, wrong, until: milliseconds + waitAfter(wrong) };
    await put("kept", counted, "pin");
    return { ...counted, waits };
  });
  if (waits) throw new Fault("pin_wait", { until: lock.until });
  const key = await pinKey(crypto, deviceKey, pin, lock.salt, lock.rounds);
  let bytes;
  try {
    bytes = await unsealBytes(crypto, key, lock.locked);
  } catch {
    throw new Fault("wrong_pin", { until: lock.until });
  }
  await unlessFull(store.put("kept", { ...lock, wrong: 0, until: 0 }, "pin"));
  return bytes;
}

/** Milliseconds before the next PIN is tried, after `wrong` of them in a row. */
function waitAfter(wrong) {
  return wrong ? 1000 * WAITS[Math.min(wrong, WAITS.length) - 1] : 0;
}

/** Derived from PIN and device key together: without the device key a copy of the database cannot be attacked by guessing. */
async function pinKey(crypto, deviceKey, pin, salt, rounds) {
  const stretched = await stretch(crypto, pin, salt, rounds);
  const mixed = await crypto.subtle.sign("HMAC", deviceKey, stretched);
  return crypto.subtle.importKey("raw", mixed, "AES-GCM", false, ["encrypt", "decrypt"]);
}

async function stretch(crypto, pin, salt, rounds) {
  const typed = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveBits"]);
  return crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds }, typed, 256);
}

async function roundsFor(crypto) {
  const start = performance.now();
  await stretch(crypto, "0", new Uint8Array(16), TRIED_ROUNDS);
  const took = Math.max(performance.now() - start, 0.1);
  return Math.round(Math.min(Math.max((TRIED_ROUNDS * UNLOCKING_MS) / took, FEWEST_ROUNDS), MOST_ROUNDS));
}
