// Finished visits on their way: ready -> sending -> acknowledged -> purged after a week, or needs_person.
// Sealed under a key of their own that this browser can use without the member's PIN, so that they leave while locked.

import { Fault } from "./faults.js";
import { newId } from "./ids.js";
import { seal, unseal } from "./keys.js";

export const State = Object.freeze({
  READY: "ready",
  SENDING: "sending",
  ACKNOWLEDGED: "acknowledged",
  NEEDS_PERSON: "needs_person",
});

export const PURGED_AFTER = 7 * 24 * 3600 * 1000;

/**
 * An entry: {id, state, at, rev, sealed, attempted, tries, problems, delivered}.
 *
 * attempted: {rev, sealed} of what was sent and never answered. It may lie at the server, so the same id never goes out
 * with other content: what was changed since goes out as a visit of its own that supersedes it.
 * delivered: the server has it, though a person has to look at it (a conflict): it holds no sign-out back.
 */
export function openOutbox({ store, crypto, now, key }) {
  const open = async (entry) => ({ ...entry, record: await unseal(crypto, key, entry.sealed) });

  async function change(id, work) {
    return store.write(["outbox"], async ({ get, put }) => {
      const entry = await get("outbox", id);
      const changed = entry && work(entry);
      if (changed) await put("outbox", changed);
      return changed ?? null;
    });
  }

  return {
    /** What to put into room "outbox" for a finished visit. */
    async entryFor(record) {
      const sealed = await seal(crypto, key, record);
      return { id: record.id, state: State.READY, at: now(), rev: 1, sealed, attempted: null, tries: 0, problems: null, delivered: false };
    },

    /**
     * What to put for a changed visit. One that the server has gets a successor; else it goes back to ready, also while
     * it is being sent: the answer on its way is about the old content.
     */
    async entryAfterChange(id, record) {
      const before = await store.get("outbox", id);
      if (!before || before.state === State.ACKNOWLEDGED || before.delivered) {
        return this.entryFor({ ...record, id: newId(crypto, now()), supersedes: id });
      }
      const sealed = await seal(crypto, key, { ...record, id });
      return (entry) => {
        if (!entry || entry.state === State.ACKNOWLEDGED || entry.delivered) throw new Fault("changed_meanwhile");
        return { ...entry, sealed, rev: entry.rev + 1, state: State.READY, problems: null };
      };
    },

    get: async (id) => {
      const entry = await store.get("outbox", id);
      return entry ? open(entry) : null;
    },

    /** Every entry with its record, oldest first. */
    async list() {
      const entries = await store.read(["outbox"], ({ all }) => all("outbox"));
      return Promise.all(entries.map(open));
    },

    /** {waiting, needPerson, oldest}: what the server does not have yet, what a person must look at, made when (ms). */
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

    /** A visit a person has looked at goes out again as it is. */
    async retry(id) {
      const changed = await change(id, (entry) =>
        entry.state === State.NEEDS_PERSON ? { ...entry, state: State.READY, problems: null, delivered: false } : null,
      );
      if (!changed) throw new Fault("no_such_visit");
    },

    /** What a crash left half sent is unsent. Only for whoever holds the sending lock. */
    async recover() {
      await store.write(["outbox"], async ({ withState, put }) => {
        for (const entry of await withState("outbox", State.SENDING)) await put("outbox", { ...entry, state: State.READY });
      });
    },

    /** Take up to `most` ready visits and mark them as being sent, on disk before the request starts. */
    async take(most) {
      const entries = await store.write(["outbox"], async ({ withState, put }) => {
        const taken = [];
        for (const entry of await withState("outbox", State.READY, most)) {
          const attempted = entry.attempted ?? { rev: entry.rev, sealed: entry.sealed };
          taken.push({ ...entry, state: State.SENDING, attempted, tries: entry.tries + 1 });
          await put("outbox", taken.at(-1));
        }
        return taken;
      });
      return Promise.all(
        entries.map(async (entry) => ({ ...entry, record: await unseal(crypto, key, entry.attempted.sealed) })),
      );
    },

    /** No answer: all of them are ready again, as they are by now. */
    async giveBack(ids) {
      for (const id of ids) {
        await change(id, (entry) => (entry.state === State.SENDING ? { ...entry, state: State.READY } : null));
      }
    },

    /** The server has `id` as attempted. What was changed since gets a successor, in the same write. */
    async acknowledge(id) {
      for (;;) {
        try {
          return await this.acknowledgeAsItIs(id);
        } catch (error) {
          if (error.code !== "changed_meanwhile") throw error;
        }
      }
    },

    async acknowledgeAsItIs(id) {
      const before = await store.get("outbox", id);
      if (!before) return;
      const successor = before.attempted && before.attempted.rev !== before.rev ? await this.successorOf(before) : null;
      await store.write(["outbox"], async ({ get, put }) => {
        const entry = await get("outbox", id);
        if (!entry) return;
        if (entry.rev !== before.rev) throw new Fault("changed_meanwhile");
        const kept = entry.attempted?.sealed ?? entry.sealed;
        await put("outbox", { ...entry, state: State.ACKNOWLEDGED, sealed: kept, attempted: null, problems: null, at: now() });
        if (successor) await put("outbox", successor);
      });
    },

    async successorOf(entry) {
      const record = await unseal(crypto, key, entry.sealed);
      return this.entryFor({ ...record, id: newId(crypto, now()), supersedes: entry.id });
    },

    /** The server refuses what was attempted. Changed since: the new content may try; else a person has to look. */
    async refuse(id, problems, { delivered = false } = {}) {
      await change(id, (entry) => {
        const changed = entry.attempted && entry.attempted.rev !== entry.rev;
        const state = changed && !delivered ? State.READY : State.NEEDS_PERSON;
        return { ...entry, state, attempted: delivered ? entry.attempted : null, problems: state === State.READY ? null : problems, delivered };
      });
    },

    /** Delete what the server has had for a week. `all`: at once, to make room. */
    async purge({ all = false } = {}) {
      await store.write(["outbox"], async ({ withState, remove }) => {
        for (const entry of await withState("outbox", State.ACKNOWLEDGED)) {
          if (all || entry.at < now() - PURGED_AFTER) await remove("outbox", entry.id);
        }
      });
    },
  };
}
