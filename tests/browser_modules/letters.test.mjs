import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { checkAward } from "../../learning/static/learning/letters/checking.js";
import { newestOrCached } from "../../learning/static/learning/letters/list_cache.js";
import { InvalidAward, InvalidCode, readCode, readScanned, readToken } from "../../learning/static/learning/letters/reading.js";
import { verifyAsync } from "../../node_modules/@noble/ed25519/index.js";
import { decode } from "../../node_modules/cborg/lib/decode.js";

const sample = JSON.parse(readFileSync(new URL("letter.json", import.meta.url)));
const ADDRESS = `https://hoc.example.vn/xac-nhan/${sample.code}#${sample.digits}`;
const OTHER_CODE = "K7M2QX94B" + "0123456789ABCDEFGHJKMNPQRSTVWXYZ".split("").find((last) => reads(`K7M2QX94B${last}`));
const tools = { decode, verify: (signature, message, key) => verifyAsync(signature, message, key) };

function reads(code) {
  try {
    return Boolean(readCode(code));
  } catch {
    return false;
  }
}

function published(changes = {}) {
  return { keys: [{ id: sample.key, public: sample.public, distrusted: false, ...changes }], courses: {} };
}

const status = (list = sample.list) => ({ as_of: "2026-11-21T12:00:00+07:00", lists: [list] });
const check = (text, keys = published(), lists = status()) => checkAward(readScanned(text), keys, lists, tools);

test("what Python signed is read and found genuine", async () => {
  const { finding, award } = await check(ADDRESS);

  assert.equal(finding, "genuine");
  assert.equal(award.name, "Nguyễn Thị Mẫu");
  assert.equal(award.whole, true);
  assert.equal(award.code, sample.code);
  assert.equal(award.course, "vneid-cai-dat");
  assert.equal(award.manner, "supervised");
  assert.equal(award.index, 70001);
  assert.equal(award.issuedOn.toISOString(), "2026-11-21T00:00:00.000Z");
});

test("the digits alone are enough, and a long name comes as initials", async () => {
  const { finding, award } = await check(sample.digits_of_a_long_name);

  assert.equal(finding, "genuine");
  assert.equal(award.whole, false);
  assert.equal(award.name.slice(0, 8), "N. T. H.");
});

test("a letter on the list is void", async () => {
  const { finding, award } = await check(ADDRESS, published(), status(sample.list_with_it_void));

  assert.equal(finding, "void");
  assert.equal(award.code, sample.code);
});

test("a cut code is damaged, wherever it was cut", async () => {
  for (const length of [0, 1, 20, 100, 200, sample.digits.length - 1]) {
    const { finding } = await checkAward({ code: sample.code, digits: sample.digits.slice(0, length) }, published(), status(), tools);
    assert.equal(finding, "damaged", `${length} digits`);
  }
});

test("any other signature is forged", async () => {
  const forged = (BigInt(sample.digits) ^ 1n).toString();

  assert.deepEqual(await check(forged), { finding: "forged", award: null });
});

test("a changed award is never genuine", async () => {
  for (let bit = 512; bit < 900; bit += 7) {
    const changed = (BigInt(sample.digits) ^ (1n << BigInt(bit))).toString();
    const { finding, award } = await check(changed);
    assert.notEqual(finding, "genuine");
    assert.equal(award, null);
  }
});

test("an award beside another letter's code is replayed", async () => {
  const { finding } = await check(`https://hoc.example.vn/xac-nhan/${OTHER_CODE}#${sample.digits}`);

  assert.equal(finding, "replayed");
});

test("a key that is not kept, and one that is not trusted, are told apart", async () => {
  assert.equal((await check(ADDRESS, published({ id: "00000000" }))).finding, "unknown_key");
  assert.equal((await check(ADDRESS, published({ distrusted: true }))).finding, "distrusted_key");
});

test("a status list that somebody changed is not believed", async () => {
  const [header, payload, signature] = sample.list.split(".");
  const said = JSON.parse(Buffer.from(payload, "base64url"));
  said.credentialSubject.encodedList = JSON.parse(Buffer.from(sample.list_with_it_void.split(".")[1], "base64url")).credentialSubject.encodedList;
  const changed = [header, Buffer.from(JSON.stringify(said)).toString("base64url"), signature].join(".");

  await assert.rejects(check(ADDRESS, published(), status(changed)), InvalidAward);
});

test("codes are read the way people type them, and misprints are told", () => {
  const typed = `${sample.code.slice(0, 3)}-${sample.code.slice(3, 6)} ${sample.code.slice(6)}`.toLowerCase().replaceAll("0", "o");

  assert.equal(readCode(typed), sample.code);
  for (const wrong of ["", "ABC", "K7M2QX94BDX", "bác ơi", "0000000001"]) assert.throws(() => readCode(wrong), InvalidCode);
  assert.throws(() => readScanned("https://example.vn/khac"), InvalidCode);
});

test("no digits break the reader", () => {
  for (let length = 151; length < 340; length += 3) {
    assert.throws(() => readToken("9".repeat(length), decode), InvalidAward);
    assert.throws(() => readToken("1" + "0".repeat(length), decode), InvalidAward);
  }
});

function fakeCaches() {
  const kept = new Map();
  const cache = { put: async (address, answer) => kept.set(address, await answer.text()), match: async (address) => kept.has(address) ? new Response(kept.get(address)) : undefined };
  return { open: async () => cache };
}

const says = (content, type = "application/json") => async () => new Response(JSON.stringify(content), { headers: { "content-type": type } });
const silent = () => Promise.reject(new TypeError("no network"));

test("a list is fetched while there is network and kept for when there is none", async () => {
  const caches = fakeCaches();

  assert.equal(await newestOrCached("/a.json", { fetch: silent, caches }), null);
  assert.deepEqual(await newestOrCached("/a.json", { fetch: says({ n: 1 }), caches }), { content: { n: 1 }, fresh: true });
  assert.deepEqual(await newestOrCached("/a.json", { fetch: silent, caches }), { content: { n: 1 }, fresh: false });
});

test("the page of a network that wants a sign-in is not kept for a list", async () => {
  const caches = fakeCaches();
  await newestOrCached("/a.json", { fetch: says({ n: 1 }), caches });

  const answer = await newestOrCached("/a.json", { fetch: says({ n: 2 }, "text/html"), caches });

  assert.deepEqual(answer, { content: { n: 1 }, fresh: false });
});
