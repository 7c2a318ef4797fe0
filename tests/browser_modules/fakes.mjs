// A phone and a server for the tests: the phone's own modules on a store in memory, a server that keeps what it is sent.

import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { gunzipSync } from "node:zlib";
import { webcrypto } from "node:crypto";

import { openPhone } from "../../community_teams/static/teams/phone/phone.js";

export const NOON = Date.UTC(2026, 10, 21, 5, 0); // 12:00 on 21 November in Việt Nam
export const PIN = "194530";

export const json = (status, body, headers = {}) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { "Content-Type": status < 400 ? "application/json" : "application/problem+json", ...headers },
  });
export const problem = (status, code, more = {}) => json(status, { type: "about:blank", status, code, ...more });

/** The server: knows who is signed in, stores by id, and answers as the contract says. */
export class Server {
  stored = new Map(); // id -> {visit, member}
  batches = []; // every body that reached it
  requests = []; // every address asked for
  signedIn = "7";
  rejected = new Map(); // id -> problems
  worklist = { cursor: "c1", more: false, households: [], gone: [] };
  known = { cursor: "k1", more: false, households: [], gone: [] };
  hamlets = [{ code: "16213-001", name: "Bản Mẫu 1", sample: true }];
  date = null;
  lost = false; // cut off: refused by the API, signed out by the pages; what it sends is put aside
  mostAside = Infinity; // of each batch
  aside = []; // {visit, member}, whoever is signed in
  drafts = []; // {draft, member}, of a phone that was cut off
  // Replaced by tests: what happens to a request before the server sees it. Returns an answer, throws, or neither.
  before = async () => null;
  after = async (answer) => answer;

  fetch = async (address, options = {}) => {
    this.requests.push(address);
    const early = await this.before(address, options);
    return early ?? this.after(await this.answer(address, options), address);
  };

  async answer(address, options) {
    if (address === "/dang-xuat") {
      this.signedIn = null;
      return new Response("", { status: 200 });
    }
    if (this.lost && address.startsWith("/api/")) {
      const member = new Headers(options.headers).get("X-Member");
      if (address === "/api/v1/visits") {
        const { batch, visits, drafts = [] } = bodyOf(options);
        const [held, heldDrafts] = [visits, drafts].map((records) => records.slice(0, this.mostAside));
        this.aside.push(...held.map((visit) => ({ visit, member })));
        this.drafts.push(...heldDrafts.map((draft) => ({ draft, member })));
        return problem(403, "device_cut_off", { batch, visits_held: held.length, drafts_held: heldDrafts.length });
      }
      return problem(403, "device_cut_off");
    } else if (this.lost) this.signedIn = null;
    if (this.signedIn === null) return problem(401, "not_signed_in");
    const member = new Headers(options.headers).get("X-Member");
    if (member !== null && member !== this.signedIn) return problem(409, "other_member");
    if (address === "/doi-so/tren-may/toi") return json(200, { member: this.signedIn, name: "Lò Thị Mẫu", hamlets: this.hamlets });
    if (address.startsWith("/api/v1/worklist")) return json(200, this.worklist);
    if (address.startsWith("/api/v1/known")) return json(200, this.known);
    const body = bodyOf(options);
    this.batches.push(body);
    const results = body.visits.map((visit) => this.receive(visit));
    const headers = this.date === null ? {} : { Date: new Date(this.date).toUTCString() };
    return json(200, { batch: body.batch, results }, headers);
  }

  receive(visit) {
    const known = this.stored.get(visit.id);
    const problems = this.rejected.get(visit.id);
    if (problems) return { id: visit.id, outcome: "rejected", problems };
    if (!known && visit.supersedes && !this.stored.has(visit.supersedes)) {
      return { id: visit.id, outcome: "rejected", problems: { supersedes: "not_found" } };
    }
    if (!known) {
      this.stored.set(visit.id, { visit, member: this.signedIn });
      return { id: visit.id, outcome: "stored", problems: {} };
    }
    const same = JSON.stringify(known.visit) === JSON.stringify(visit);
    return { id: visit.id, outcome: same ? "already_stored" : "conflict", problems: {} };
  }
}

export function bodyOf({ body, headers }) {
  const gzipped = new Headers(headers).get("Content-Encoding") === "gzip";
  return JSON.parse(gzipped ? gunzipSync(Buffer.from(body)).toString() : body);
}

/** WebCrypto whose PBKDF2 goes one round, so that a hundred phones can be unlocked in a second. */
export const quickCrypto = {
  getRandomValues: (bytes) => webcrypto.getRandomValues(bytes),
  randomUUID: () => webcrypto.randomUUID(),
  subtle: new Proxy(webcrypto.subtle, {
    get(subtle, name) {
      if (name === "deriveBits") {
        return (algorithm, ...rest) => subtle.deriveBits({ ...algorithm, iterations: 1 }, ...rest);
      }
      return subtle[name].bind(subtle);
    },
  }),
};

/** One browser on one phone: several tabs, and several members, share `indexedDB`. */
export class Browser {
  constructor(server = new Server()) {
    this.server = server;
    this.indexedDB = new IDBFactory();
    this.time = NOON;
    this.given = {
      indexedDB: this.indexedDB,
      crypto: quickCrypto,
      fetch: server.fetch,
      now: () => this.time,
      random: () => 0.5,
      locks: null,
      storage: null,
      worker: null,
      window: null,
      Channel: null,
    };
  }

  open(given = {}) {
    return openPhone({ member: "7", name: "Lò Thị Mẫu", ...this.given, ...given });
  }

  /** A phone with its PIN set, unlocked. */
  async unlocked(given = {}) {
    const phone = await this.open(given);
    await (phone.hasPin ? phone.unlock(PIN) : phone.setPin(PIN));
    return phone;
  }

  pass(milliseconds) {
    this.time += milliseconds;
  }
}

/** Record one visit to `household` and leave it in the outbox. Nothing is sent as long as `server.before` throws. */
export async function record(phone, household, told = {}) {
  await phone.drafts.save(household, { outcome: "met_done", ...told });
  return phone.outbox.finish(household);
}

/** No network from now on, until `back()`. */
export function offline(server) {
  const before = server.before;
  server.before = async () => {
    throw new TypeError("no network");
  };
  return () => {
    server.before = before;
  };
}

export const household = (number) => `7c0e0000-0000-4000-8000-${String(number).padStart(12, "0")}`;

/** Resolves once nothing of the phone's own sending is under way. */
export async function quiet(phone) {
  for (let turn = 0; turn < 50; turn += 1) {
    const { stopped } = await phone.outbox.sendNow();
    if (stopped !== "busy") return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error("it never stops sending");
}

export const refusal = (code) => (error) => error.code === code;
