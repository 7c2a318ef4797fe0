// Checks an award with cached keys and cached status lists only: the same findings as the server's, and "void".

import { InvalidAward, readToken } from "./reading.js";

const LIST_SIZE = 131072;

const bytesOfHex = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));

function bytesOfBase64Url(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

async function unzipped(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Whether bit `index` is set in its status list credential (compact JWT). The credential's signature is checked too. */
export async function isVoid(lists, index, keys, verify) {
  const credential = lists[Math.floor(index / LIST_SIZE)];
  if (credential === undefined) return false;
  const [header, payload, signature] = credential.split(".");
  const { kid } = JSON.parse(new TextDecoder().decode(bytesOfBase64Url(header)));
  const key = keys.find((each) => each.id === kid.split("#")[1] && !each.distrusted);
  const message = new TextEncoder().encode(`${header}.${payload}`);
  if (!key || !(await verify(bytesOfBase64Url(signature), message, bytesOfHex(key.public)))) throw new InvalidAward();
  const claims = JSON.parse(new TextDecoder().decode(bytesOfBase64Url(payload)));
  const bits = await unzipped(bytesOfBase64Url(claims.credentialSubject.encodedList.slice(1)));
  const place = index % LIST_SIZE;
  return Boolean(bits[place >> 3] & (0x80 >> (place & 7)));
}

/**
 * Check what was scanned.
 *
 * @param {{code: string, digits: string}} scanned  with digits
 * @param {{keys: Record<string, any>[], courses: Record<string, any>}} published  as served at /xac-nhan/khoa.json
 * @param {{as_of: string, lists: string[]}} status  as served at /xac-nhan/tinh-trang.json
 * @param {{decode: (...given: any[]) => any, verify: (signature, message, publicKey) => Promise<boolean>}} tools
 * @returns {Promise<{finding: string, award: Record<string, any> | null}>}  award: null unless we signed it
 */
export async function checkAward(scanned, published, status, { decode, verify }) {
  let read;
  try {
    read = readToken(scanned.digits, decode);
  } catch (error) {
    if (error instanceof InvalidAward) return { finding: "damaged", award: null };
    throw error;
  }
  const { award, message, signature } = read;
  const key = published.keys.find((each) => each.id === award.key);
  if (!key) return { finding: "unknown_key", award: null };
  if (!(await verify(signature, message, bytesOfHex(key.public)))) return { finding: "forged", award: null };
  if (key.distrusted) return { finding: "distrusted_key", award: null };
  if (scanned.code && scanned.code !== award.code) return { finding: "replayed", award: null };
  if (await isVoid(status.lists, award.index, published.keys, verify)) return { finding: "void", award };
  return { finding: "genuine", award };
}
