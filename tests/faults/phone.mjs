// One phone: the app's own modules on a store that outlives this process, told by lines of JSON what its member does.
//
// node phone.mjs '{"folder", "address", "member", "name", "password", "seed", "ahead", "keepsDrafts"}'; a line in is {"do": …}, a line out its answer.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";

import { openPhone } from "../../community_teams/static/teams/phone/phone.js";
import { openStore } from "../../foundation/web/static/offline/store.js";
import { MEMBER_STEPS, MEMBER_STORE } from "../../community_teams/static/teams/phone/store.js";
import "../browser_modules/form.mjs";
import { PIN, quickCrypto } from "../browser_modules/fakes.mjs";
import { openActs } from "./acts.mjs";
import { chanceOf } from "./chance.mjs";
import { openDisk } from "./disk.mjs";

const about = JSON.parse(process.argv[2]);
// A time-out of a minute would take a minute.
let shorter = 30;
const later = globalThis.setTimeout;
globalThis.setTimeout = (act, milliseconds, ...given) =>
  later(act, milliseconds >= 10_000 ? milliseconds / shorter : milliseconds, ...given);

const disk = await openDisk(`${about.folder}/store`);
const cookie = `${about.folder}/cookie`;

async function viaLine(address, options = {}) {
  const headers = new Headers(options.headers);
  if (existsSync(cookie)) headers.set("Cookie", readFileSync(cookie, "utf8"));
  const answer = await fetch(about.address + address, { ...options, headers });
  const session = answer.headers.getSetCookie().find((each) => each.startsWith("session="));
  if (session) writeFileSync(cookie, session.split(";")[0]);
  return answer;
}

// What Web Locks do among the tabs of one browser; a browser that dies holds none.
const held = new Set();
const locks = {
  async request(name, _options, work) {
    if (held.has(name)) return work(null);
    held.add(name);
    try {
      return await work({ name });
    } finally {
      held.delete(name);
    }
  },
};

const given = {
  member: about.member,
  name: about.name,
  appVersion: "1.0.0",
  indexedDB: disk.indexedDB,
  crypto: quickCrypto,
  fetch: viaLine,
  now: () => Date.now() + about.ahead,
  random: chanceOf(about.seed),
  locks,
  storage: null,
  worker: null,
  window: null,
  Channel: null,
};

const answerTo = await openActs({
  keepsDrafts: about.keepsDrafts,
  async open() {
    const phone = await openPhone(given);
    await (phone.hasPin ? phone.unlock(PIN) : phone.setPin(PIN));
    return phone;
  },
  unlock: (phone) => phone.unlock(PIN),
  async signIn() {
    const body = new URLSearchParams({ name: about.name, password: about.password });
    const { status } = await viaLine("/dang-nhap", { method: "POST", body, redirect: "manual" });
    if (status !== 303) throw Object.assign(new Error("not signed in"), { code: `sign_in_${status}` });
  },
  async signOut() {
    await viaLine("/dang-xuat", { method: "POST", redirect: "manual" });
  },
  setFull(share, seed) {
    const chance = chanceOf(seed);
    disk.isFull = () => chance() < share;
  },
  bePatient() {
    shorter = 1;
  },
  setAhead(ahead) {
    about.ahead = ahead;
  },
  async forgetVisits() {
    const store = await openStore(disk.indexedDB, MEMBER_STORE + about.member, MEMBER_STEPS);
    await store.write(["outbox"], ({ clear }) => clear("outbox"));
    store.close();
  },
});

process.stdout.write("{}\n");
for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answerTo(JSON.parse(line)))}\n`);
}
process.exit(0);
