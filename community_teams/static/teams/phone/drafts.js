// Visits being filled in, one a household, sealed under the member's key. Saved at every tap.
// A copy is sealed as finished visits are, without the PIN: a phone that is cut off hands it over before it forgets all.

import { seal, unseal } from "./keys.js";
import { begun } from "./records.js";

export function openDrafts({ store, crypto, now, memberKey, appVersion, handoverKey }) {
  // Saves of one phone go one after the other: sealing takes its time, and the last tap must be the last one written.
  let last = Promise.resolve();
  /** @type {(work: () => Promise<any>) => Promise<any>} */
  const inOrder = (work) => {
    const turn = last.then(work, work);
    last = turn.catch(() => {});
    return turn;
  };

  async function put(household, key, record, edits) {
    const [sealed, handover] = await Promise.all([seal(crypto, key, record), seal(crypto, handoverKey, record)]);
    await store.put("drafts", { sealed, handover, savedAt: now(), edits }, household);
  }

  async function read(household) {
    const kept = await store.get("drafts", household);
    return kept ? { ...kept, record: await unseal(crypto, memberKey(), kept.sealed) } : null;
  }

  return {
    /** The draft of a household, or null. */
    async get(household) {
      await last;
      memberKey();
      return (await read(household))?.record ?? null;
    },

    /**
     * Keep the draft as it is now; on disk when this resolves. A first save gives it its id and the time it began.
     * @returns {Promise<Record<string, any>>} the record as kept
     */
    async save(household, record) {
      const key = memberKey();
      // As it is at this tap: the screen goes on changing its own object.
      const told = structuredCloneOf(record);
      return inOrder(async () => {
        const before = await read(household);
        const { id, started_at } = before?.record ?? {};
        const whole = begun({ ...(before ? { id, started_at } : {}), ...told }, household, { crypto, now, appVersion });
        await put(household, key, whole, before?.edits ?? null);
        return whole;
      });
    },

    discard: (household) => inOrder(() => store.write(["drafts"], ({ remove }) => remove("drafts", household))),

    /** Open a visit again to change it: `edits` is the id of the one in the outbox. */
    async reopen(household, record, edits) {
      return inOrder(() => put(household, memberKey(), record, edits));
    },

    /** Households with a draft. */
    async households() {
      await last;
      return store.read(["drafts"], ({ keys }) => keys("drafts"));
    },

    /** {record, edits, sealed} once every tap so far is kept, or null. */
    async taken(household) {
      await last;
      return read(household);
    },
  };
}

function structuredCloneOf(record) {
  return JSON.parse(JSON.stringify(record));
}
