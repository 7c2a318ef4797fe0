// The households of the member's hamlets: sealed on disk a hamlet at a time, in memory only while unlocked.

import { dayInVietnam } from "./clock.js";
import { Fault } from "../../../../foundation/web/static/offline/faults.js";
import { afterVisit, byLaneAndCode, searchable } from "./households.js";
import { seal, unseal } from "./keys.js";
import { WORKLIST } from "./who.js";

const TIMEOUT_MS = 60_000;
// A server that never stops saying "more" is broken; 10,000 households are twenty pages.
const MOST_PAGES = 200;

/**
 * @param {Record<string, any>} with_  store, crypto, now;
 *   memberKey: () => CryptoKey, throws `locked`;
 *   ask: (address, timeoutMs) => Promise<object>, the signed-in member's own answer;
 *   untold: () => Promise<Set<string>>, households that this phone still has something to tell of
 */
export function openWorklist({ store, crypto, now, memberKey, ask, untold = async () => new Set() }) {
  // {hamlets: Map code -> rows in order, byId: Map, named: [{code, name, sample}], left: Map of rows}
  let memory = null;
  let told = new Map(); // household -> its row after visits of this phone
  let records = [];

  async function load() {
    const key = memberKey();
    if (memory) return memory;
    const { codes, kept, named, gone } = await store.read(["hamlets", "kept"], async ({ keys, all, get }) => ({
      codes: await keys("hamlets"),
      kept: await all("hamlets"),
      named: await get("kept", "hamlet_names"),
      gone: await get("kept", "left_rows"),
    }));
    const lists = await Promise.all(kept.map((sealed) => unseal(crypto, key, sealed)));
    const hamlets = new Map(codes.map((code, place) => [code, lists[place]]));
    const [names, rows] = await Promise.all([named, gone].map((sealed) => (sealed ? unseal(crypto, key, sealed) : [])));
    memory = { hamlets, byId: indexOf(hamlets), named: names, left: new Map(rows.map((row) => [row.id, row])) };
    tell();
    return memory;
  }

  function tell() {
    told = new Map();
    for (const { record, waiting } of records) {
      const row = told.get(record.household) ?? memory?.byId.get(record.household);
      const day = dayInVietnam(record.started_at);
      if (!row) continue;
      const isNews = waiting || !row.last_visited_on || row.last_visited_on < day;
      if (isNews) told.set(row.id, { ...afterVisit(row, record, day), waiting: waiting || row.waiting === true });
    }
  }

  const asTold = (row) => told.get(row.id) ?? row;

  async function rowsOf(hamlet) {
    const { hamlets } = await load();
    if (hamlet !== undefined) return (hamlets.get(hamlet) ?? []).map(asTold);
    return [].concat(...hamlets.values()).map(asTold);
  }

  async function keep(answer) {
    const key = memberKey();
    const { hamlets: before, byId, named, left: leftBefore } = await load();
    // The list begins anew: what is not told again is gone.
    const hamlets = answer.reset ? new Map() : before;
    const gone = new Set([...(answer.gone ?? []), ...answer.households.map((row) => row.id)]);
    const touched = new Set(answer.households.map((row) => row.hamlet));
    if (!answer.reset) for (const id of gone) if (byId.has(id)) touched.add(byId.get(id).hamlet);

    const compare = byLaneAndCode();
    const changed = new Map();
    for (const code of touched) {
      const stay = (hamlets.get(code) ?? []).filter((row) => !gone.has(row.id));
      const told = answer.households.filter((row) => row.hamlet === code);
      const come = told.map((row) => ({ ...searchable(row), waiting: false }));
      changed.set(code, [...stay, ...come].sort(compare));
    }

    const sealed = new Map();
    for (const [code, rows] of changed) sealed.set(code, rows.length ? await seal(crypto, key, rows) : null);
    const after = new Map(answer.reset ? [] : before);
    for (const [code, rows] of changed) rows.length ? after.set(code, rows) : after.delete(code);
    const index = indexOf(after);
    // Gone from the list while a visit to it is half written or unsent: that can still be finished, and says whose it is.
    const mine = await untold();
    const left = new Map(
      [...leftBefore, ...byId].filter(([id]) => mine.has(id) && !index.has(id)).map(([id, row]) => [id, { ...row, isGone: true }]),
    );
    const leftSealed = left.size || leftBefore.size ? await seal(crypto, key, [...left.values()]) : null;
    // Rows and cursor together: whoever is cut off in between asks for the same changes again.
    await store.write(["hamlets", "kept"], async ({ put, remove, clear }) => {
      if (answer.reset) await clear("hamlets");
      for (const [code, chunk] of sealed) await (chunk ? put("hamlets", chunk, code) : remove("hamlets", code));
      if (leftSealed) await put("kept", leftSealed, "left_rows");
      await put("kept", answer.cursor, "cursor");
      await put("kept", now(), "worklist_at");
    });
    memory = { hamlets: after, byId: index, named, left };
    tell();
  }

  return {
    /** Ask for what changed. @returns {Promise<{changed: number}>} rejects as requests.js does, or with `locked` */
    async refresh() {
      await load();
      let changed = 0;
      for (let page = 0; page < MOST_PAGES; page += 1) {
        const since = await store.get("kept", "cursor");
        const answer = await ask(WORKLIST + (since ? `?since=${encodeURIComponent(since)}` : ""), TIMEOUT_MS);
        if (!Array.isArray(answer.households) || typeof answer.cursor !== "string") throw new Fault("not_our_answer");
        await keep(answer);
        changed += answer.households.length + (answer.gone?.length ?? 0);
        if (!answer.more) return { changed };
      }
      throw new Fault("not_our_answer");
    },

    /** Keep what the member's hamlets are called, [{code, name, sample}] in their order: the list speaks in codes. */
    async name(hamlets) {
      await store.put("kept", await seal(crypto, memberKey(), hamlets), "hamlet_names");
      (await load()).named = hamlets;
    },

    /** When the list was last brought up to date (ms), or null. */
    refreshedAt: async () => (await store.get("kept", "worklist_at")) ?? null,

    /** [{code, name, sample}] in the server's order: the hamlets of the member, those without households, too. */
    async hamlets() {
      const { hamlets, named } = await load();
      const unnamed = [...hamlets.keys()].filter((code) => !named.some((hamlet) => hamlet.code === code));
      return [...named, ...unnamed.map((code) => ({ code, name: code, sample: false }))];
    },

    /** Rows of one hamlet, or of all, by lane and code; the same objects again and again, so only read them. */
    households: (/** @type {{hamlet?: string}} */ { hamlet } = {}) => rowsOf(hamlet),

    /**
     * One row, or null when it is not in the list. One that left the list is `isGone`, as long as this phone has something
     * to tell of it.
     */
    async household(id) {
      const { byId, left } = await load();
      const row = byId.get(id);
      return row ? asTold(row) : (left.get(id) ?? null);
    },

    /** Tell it the visits of this phone, oldest first: [{record, waiting}]. */
    show(visits) {
      records = visits;
      if (memory) tell();
    },

    /** Drop what is in memory. */
    forget() {
      memory = null;
      records = [];
      told = new Map();
    },
  };
}

function indexOf(hamlets) {
  const byId = new Map();
  for (const rows of hamlets.values()) for (const row of rows) byId.set(row.id, row);
  return byId;
}
