// The households of the member's hamlets: encrypted on disk, one value per hamlet; in memory only while unlocked.

import { dayInVietnam } from "./clock.js";
import { Fault } from "../../../../foundation/web/static/offline/faults.js";
import { afterVisit, byLaneAndCode, searchable } from "./households.js";
import { seal, unseal } from "./keys.js";
import { WORKLIST } from "./identity.js";

const TIMEOUT_MS = 60_000;
// A server that always says "more" is broken; 10,000 households are twenty pages.
const MOST_PAGES = 200;

/**
 * @param {Record<string, any>} with_  store, crypto, now;
 *   memberKey: () => CryptoKey, throws `locked`;
 *   ask: (address, timeoutMs) => Promise<object>, the answer for the signed-in member;
 *   unsentHouseholds: () => Promise<Set<string>>, households with a draft or an unsent visit
 */
export function openWorklist({ store, crypto, now, memberKey, ask, unsentHouseholds = async () => new Set() }) {
  // {hamlets: Map code -> rows in order, byId: Map, named: [{code, name, sample}], left: Map of rows}
  let memory = null;
  let updated = new Map(); // household -> its row after visits of this phone
  let records = [];

  async function load() {
    const key = memberKey();
    if (memory) return memory;
    const { codes, lists: encrypted, named, gone } = await store.read(["hamlets", "kept"], async ({ keys, all, get }) => ({
      codes: await keys("hamlets"),
      lists: await all("hamlets"),
      named: await get("kept", "hamlet_names"),
      gone: await get("kept", "left_rows"),
    }));
    const lists = await Promise.all(encrypted.map((sealed) => unseal(crypto, key, sealed)));
    const hamlets = new Map(codes.map((code, place) => [code, lists[place]]));
    const [names, rows] = await Promise.all([named, gone].map((sealed) => (sealed ? unseal(crypto, key, sealed) : [])));
    memory = { hamlets, byId: indexOf(hamlets), named: names, left: new Map(rows.map((row) => [row.id, row])) };
    applyVisits();
    return memory;
  }

  function applyVisits() {
    updated = new Map();
    for (const { record, waiting } of records) {
      const row = updated.get(record.household) ?? memory?.byId.get(record.household);
      const day = dayInVietnam(record.started_at);
      if (!row) continue;
      const isNews = waiting || !row.last_visited_on || row.last_visited_on < day;
      if (isNews) updated.set(row.id, { ...afterVisit(row, record, day), waiting: waiting || row.waiting === true });
    }
  }

  const withVisits = (row) => updated.get(row.id) ?? row;

  async function rowsOf(hamlet) {
    const { hamlets } = await load();
    if (hamlet !== undefined) return (hamlets.get(hamlet) ?? []).map(withVisits);
    return [].concat(...hamlets.values()).map(withVisits);
  }

  async function saveAnswer(answer) {
    const key = memberKey();
    const { hamlets: before, byId, named, left: leftBefore } = await load();
    // reset: the answer is the whole list; rows that are not in it are gone.
    const hamlets = answer.reset ? new Map() : before;
    const gone = new Set([...(answer.gone ?? []), ...answer.households.map((row) => row.id)]);
    const touched = new Set(answer.households.map((row) => row.hamlet));
    if (!answer.reset) for (const id of gone) if (byId.has(id)) touched.add(byId.get(id).hamlet);

    const compare = byLaneAndCode();
    const changed = new Map();
    for (const code of touched) {
      const stay = (hamlets.get(code) ?? []).filter((row) => !gone.has(row.id));
      const listed = answer.households.filter((row) => row.hamlet === code);
      const come = listed.map((row) => ({ ...searchable(row), waiting: false }));
      changed.set(code, [...stay, ...come].sort(compare));
    }

    const sealed = new Map();
    for (const [code, rows] of changed) sealed.set(code, rows.length ? await seal(crypto, key, rows) : null);
    const after = new Map(answer.reset ? [] : before);
    for (const [code, rows] of changed) rows.length ? after.set(code, rows) : after.delete(code);
    const index = indexOf(after);
    // Rows that left the list while this phone has a draft or an unsent visit: it can still be finished, and shows the name.
    const mine = await unsentHouseholds();
    const left = new Map(
      [...leftBefore, ...byId].filter(([id]) => mine.has(id) && !index.has(id)).map(([id, row]) => [id, { ...row, isGone: true }]),
    );
    const leftSealed = left.size || leftBefore.size ? await seal(crypto, key, [...left.values()]) : null;
    // Rows and cursor in one transaction: after an interruption the same changes are fetched again.
    await store.write(["hamlets", "kept"], async ({ put, remove, clear }) => {
      if (answer.reset) await clear("hamlets");
      for (const [code, chunk] of sealed) await (chunk ? put("hamlets", chunk, code) : remove("hamlets", code));
      if (leftSealed) await put("kept", leftSealed, "left_rows");
      await put("kept", answer.cursor, "cursor");
      await put("kept", now(), "worklist_at");
    });
    memory = { hamlets: after, byId: index, named, left };
    applyVisits();
  }

  return {
    /** Fetch what changed. @returns {Promise<{changed: number}>} rejects as requests.js does, or with `locked` */
    async refresh() {
      await load();
      let changed = 0;
      for (let page = 0; page < MOST_PAGES; page += 1) {
        const since = await store.get("kept", "cursor");
        const answer = await ask(WORKLIST + (since ? `?since=${encodeURIComponent(since)}` : ""), TIMEOUT_MS);
        if (!Array.isArray(answer.households) || typeof answer.cursor !== "string") throw new Fault("not_our_answer");
        await saveAnswer(answer);
        changed += answer.households.length + (answer.gone?.length ?? 0);
        if (!answer.more) return { changed };
      }
      throw new Fault("not_our_answer");
    },

    /** Store the names of the member's hamlets, [{code, name, sample}] in their order: the list has only codes. */
    async name(hamlets) {
      await store.put("kept", await seal(crypto, memberKey(), hamlets), "hamlet_names");
      (await load()).named = hamlets;
    },

    /** When the list was last brought up to date (ms), or null. */
    refreshedAt: async () => (await store.get("kept", "worklist_at")) ?? null,

    /** [{code, name, sample}] in the server's order: the hamlets of the member, also those without households. */
    async hamlets() {
      const { hamlets, named } = await load();
      const unnamed = [...hamlets.keys()].filter((code) => !named.some((hamlet) => hamlet.code === code));
      return [...named, ...unnamed.map((code) => ({ code, name: code, sample: false }))];
    },

    /** Rows of one hamlet, or of all, by lane and code. The objects are shared: do not change them. */
    households: (/** @type {{hamlet?: string}} */ { hamlet } = {}) => rowsOf(hamlet),

    /**
     * One row, or null if it is not in the list. One that left the list is `isGone`, as long as this phone has a draft or
     * an unsent visit of it.
     */
    async household(id) {
      const { byId, left } = await load();
      const row = byId.get(id);
      return row ? withVisits(row) : (left.get(id) ?? null);
    },

    /** Apply the visits of this phone, oldest first: [{record, waiting}]. */
    show(visits) {
      records = visits;
      if (memory) applyVisits();
    },

    /** Delete what is in memory. */
    forget() {
      memory = null;
      records = [];
      updated = new Map();
    },
  };
}

function indexOf(hamlets) {
  const byId = new Map();
  for (const rows of hamlets.values()) for (const row of rows) byId.set(row.id, row);
  return byId;
}
