// Finished visits: ready -> sending -> acknowledged -> purged after a week, or needs_person.
// Encrypted with a key that this browser can use without the member's PIN, so that they are sent while locked.

import { Fault, unlessFull } from "../../../../foundation/web/static/offline/faults.js";
import { newId } from "../../../../foundation/web/static/offline/ids.js";
import { seal, unseal } from "./keys.js";

export const State = Object.freeze({
  READY: "ready",
  SENDING: "sending",
  ACKNOWLEDGED: "acknowledged",
  NEEDS_PERSON: "needs_person",
});

export const PURGED_AFTER = 7 * 24 * 3600 * 1000;

/**
 * An entry: {id, state, at, rev, sealed, attempted, trail, tries, problems, delivered}.
 *
 * attempted: {id, supersedes} under which the present content was sent without an answer: it is sent the same way again.
 * trail: ids under which earlier content was sent; the server may have each of them. Changed content is sent under a new
 * id that supersedes the last of them; if the server knows none of them, under its own id. So withdrawn content is never
 * sent, and the server never gets one id with two contents.
 * delivered: the server has it, but a person must look at it (a conflict): it does not prevent signing out.
 */
export function openOutbox(/** @type {Record<string, any>} */ { store, crypto, now, key }) {
  // Decrypted records, while unlocked: a list of hundreds is read at every change.
  const opened = new Map();
  async function open(entry) {
    const which = `${entry.id} ${entry.rev} ${entry.state === State.ACKNOWLEDGED}`;
    if (!opened.has(which)) opened.set(which, await unseal(crypto, key, entry.sealed));
    return { ...entry, record: opened.get(which) };
  }

  async function list() {
    const entries = await store.read(["outbox"], ({ all }) => all("outbox"));
    return Promise.all(entries.map(open));
  }

  async function change(id, work) {
    return store.write(["outbox"], async ({ get, put }) => {
      const entry = await get("outbox", id);
      const changed = entry && work(entry);
      if (changed) await put("outbox", changed);
      return changed ?? null;
    });
  }

  return {
    /** The entry for store "outbox" of a finished visit. */
    async entryFor(record) {
      const sealed = await seal(crypto, key, record);
      const fresh = { rev: 1, attempted: null, trail: [], tries: 0, problems: null, delivered: false };
      return { ...fresh, id: record.id, state: State.READY, at: now(), sealed };
    },

    /**
     * For a changed visit: an entry, or a function that makes it from the entry as it is at writing. If the server has the
     * visit, it is a new entry that supersedes it; else the entry becomes ready again, also while it is being sent, since
     * the coming answer is about the old content. The function throws `changed_meanwhile` if the server has it by then.
     */
    async entryAfterChange(id, record) {
      const before = await store.get("outbox", id);
      if (isThere(before)) return this.entryFor({ ...record, id: newId(crypto, now()), supersedes: id });
      const sealed = await seal(crypto, key, { ...record, id });
      return (entry) => {
        if (isThere(entry)) throw new Fault("changed_meanwhile");
        const trail = entry.attempted ? [...entry.trail, entry.attempted.id] : entry.trail;
        return { ...entry, sealed, trail, attempted: null, rev: entry.rev + 1, state: State.READY, problems: null };
      };
    },

    /** Drop what is in memory. */
    forget: () => opened.clear(),

    get: async (id) => {
      const entry = await store.get("outbox", id);
      return entry ? open(entry) : null;
    },

    /** Every entry with its record, oldest first. */
    list,

    /** The entries that no other entry corrects, oldest first. */
    async latestVersions() {
      const entries = await list();
      const corrected = new Set(entries.map(({ record }) => record.supersedes));
      return entries.filter(({ id }) => !corrected.has(id));
    },

    /** Entry `id`, or the last of its corrections; null where it is not here. */
    async latest(id) {
      const entries = await list();
      const corrections = new Map(entries.map((entry) => [entry.record.supersedes, entry]));
      let entry = entries.find((each) => each.id === id) ?? null;
      while (corrections.has(entry?.id)) entry = corrections.get(entry.id);
      return entry;
    },

    /** {waiting, needPerson, undelivered, oldest}. waiting: ready or being sent. undelivered: not at the server; oldest:
     *  of these, in ms, Infinity for none. */
    async counts() {
      const entries = await store.read(["outbox"], ({ all }) => all("outbox"));
      const waiting = entries.filter((entry) => entry.state === State.READY || entry.state === State.SENDING);
      const needPerson = entries.filter((entry) => entry.state === State.NEEDS_PERSON);
      const undelivered = [...waiting, ...needPerson.filter((entry) => !entry.delivered)];
      return {
        waiting: waiting.length,
        needPerson: needPerson.length,
        undelivered: undelivered.length,
        oldest: undelivered.reduce((oldest, entry) => Math.min(oldest, entry.at), Infinity),
      };
    },

    /** Make an entry that needed a person ready again, unchanged. Rejects with `no_such_visit`. */
    async retry(id) {
      const changed = await change(id, (entry) =>
        entry.state === State.NEEDS_PERSON ? { ...entry, state: State.READY, problems: null, delivered: false } : null,
      );
      if (!changed) throw new Fault("no_such_visit");
    },

    /** Make all entries that the server does not have ready again, also refused ones: for a phone that is being wiped. */
    async retryAll() {
      await store.write(["outbox"], async ({ where, put }) => {
        for (const entry of await where("outbox", "state", State.NEEDS_PERSON)) {
          if (!entry.delivered) await put("outbox", { ...entry, state: State.READY, problems: null });
        }
      });
    },

    /** Entries that a crash left as being sent become ready. Only for the holder of the sending lock. */
    async recover() {
      await store.write(["outbox"], async ({ where, put }) => {
        for (const entry of await where("outbox", "state", State.SENDING)) {
          await put("outbox", { ...entry, state: State.READY });
        }
      });
    },

    /**
     * Take up to `most` ready visits and mark them as being sent, stored before the request starts.
     *
     * If the phone is too full to store the mark, they are sent all the same, because that makes room; except those that
     * would need a new id, which would be lost.
     * @returns {Promise<{id: string, rev: number, turn: string, record: Record<string, any>}[]>} id: the entry's; record: as it goes out
     */
    async take(most) {
      const entries = (await unlessFull(mark(most))) ?? (await unmarked(most));
      return Promise.all(
        entries.map(async ({ id, attempted, rev, sealed }) => {
          const record = { ...(await unseal(crypto, key, sealed)), id: attempted.id };
          if (attempted.supersedes) record.supersedes = attempted.supersedes;
          return { id, rev, turn: `${attempted.id} ${rev}`, record };
        }),
      );
    },

    /** There was no answer: make them ready again, with their present content. */
    async giveBack(ids) {
      await store.write(["outbox"], async ({ get, put }) => {
        for (const id of ids) {
          const entry = await get("outbox", id);
          if (entry?.state === State.SENDING) await put("outbox", { ...entry, state: State.READY });
        }
      });
    },

    /**
     * The server has entry `id` as `record`. If the entry was changed since, the change stays ready and supersedes it.
     * @returns {Promise<true>}
     */
    async acknowledge(id, record) {
      const sealed = await seal(crypto, key, record);
      return store.write(["outbox"], async ({ get, put, remove }) => {
        const entry = await get("outbox", id);
        if (entry?.attempted?.id !== record.id) return true;
        if (record.id !== id) await remove("outbox", id);
        const done = { id: record.id, sealed, attempted: null, trail: [], problems: null, at: now() };
        await put("outbox", { ...entry, ...done, state: State.ACKNOWLEDGED });
        return true;
      });
    },

    /** Delete entry `id` of revision `rev`, which the server has: for a phone too full to store the acknowledgement. */
    async drop(id, rev) {
      await store.write(["outbox"], async ({ get, remove }) => {
        if ((await get("outbox", id))?.rev === rev) await remove("outbox", id);
      });
    },

    /** The server refuses entry `id` as `record`. @param {Record<string, any>} problems {field: code} */
    async refuse(id, record, problems) {
      await change(id, (entry) => {
        const { attempted, trail } = entry;
        // Changed since: the refused content is not the present one.
        if (attempted?.id !== record.id) return { ...entry, trail: trail.filter((each) => each !== record.id) };
        const isOfTrail = attempted.supersedes !== null && attempted.supersedes === lastOf(trail);
        if (isOfTrail && problems.supersedes === "not_found") {
          return { ...entry, state: State.READY, attempted: null, trail: trail.slice(0, -1) };
        }
        return { ...entry, state: State.NEEDS_PERSON, attempted: null, problems };
      });
    },

    /** The server has other content under that id, or cannot read it yet, and holds it for a person there. */
    async conflict(id, record, problems) {
      await change(id, (entry) => {
        if (entry.attempted?.id !== record.id) return null;
        // The other content is our own earlier one, which arrived late: the change supersedes it.
        const isOurs = problems.visit === "conflict" && entry.rev > 1 && record.id === id && entry.trail.length === 0 && !entry.wasLate;
        if (isOurs) return { ...entry, state: State.READY, attempted: null, trail: [id], wasLate: true };
        return { ...entry, state: State.NEEDS_PERSON, problems, delivered: true };
      });
    },

    /** Delete entries that the server has had for PURGED_AFTER. `all`: at once, to make room. */
    async purge({ all = false } = {}) {
      await store.write(["outbox"], async ({ all: every, remove }) => {
        for (const entry of await every("outbox")) {
          const isOld = all || entry.at < now() - PURGED_AFTER;
          if (isOld && isThere(entry)) await remove("outbox", entry.id);
        }
      });
    },
  };

  function mark(most) {
    return store.write(["outbox"], async ({ where, put }) => {
      const taken = [];
      for (const entry of await where("outbox", "state", State.READY, most)) {
        const attempted = entry.attempted ?? outgoing(entry);
        taken.push({ ...entry, attempted, state: State.SENDING, tries: entry.tries + 1 });
        await put("outbox", lastOf(taken));
      }
      return taken;
    });
  }

  async function unmarked(most) {
    const entries = await store.read(["outbox"], async ({ where }) => [
      ...(await where("outbox", "state", State.SENDING)),
      ...(await where("outbox", "state", State.READY)),
    ]);
    const known = entries.filter((entry) => entry.attempted || entry.trail.length === 0);
    return known.slice(0, most).map((entry) => ({ ...entry, attempted: entry.attempted ?? outgoing(entry) }));
  }

  function outgoing(entry) {
    const last = lastOf(entry.trail) ?? null;
    return { id: last ? newId(crypto, now()) : entry.id, supersedes: last };
  }
}

const lastOf = (list) => list[list.length - 1];

/** Whether the server has the entry; also true for one that is no longer on the phone. */
function isThere(entry) {
  return !entry || entry.state === State.ACKNOWLEDGED || entry.delivered;
}
