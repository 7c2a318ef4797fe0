// Drafts: visits being filled in, one per household, encrypted with the member's key. Saved at every tap.
// A copy is encrypted with the outbox key, which needs no PIN, so that a phone that is cut off can hand it over.

import { seal, unseal } from "./keys.js";
import { begun } from "./records.js";

export function openDrafts({ store, crypto, now, memberKey, appVersion, handoverKey }) {
  // Saves run one after the other: encryption is asynchronous, and the last tap must be written last.
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
    const entry = await store.get("drafts", household);
    return entry ? { ...entry, record: await unseal(crypto, memberKey(), entry.sealed) } : null;
  }

  return {
    /** The draft of a household, or null. */
    async get(household) {
      await last;
      memberKey();
      return (await read(household))?.record ?? null;
    },

    /**
     * Save the draft; on disk when this resolves. The first save adds its id and start time.
     * @returns {Promise<Record<string, any>>} the record as saved
     */
    async save(household, record) {
      const key = memberKey();
      // A copy as of this tap: the screen goes on changing its own object.
      const snapshot = structuredCloneOf(record);
      return inOrder(async () => {
        const before = await read(household);
        const { id, started_at } = before?.record ?? {};
        const whole = begun({ ...(before ? { id, started_at } : {}), ...snapshot }, household, { crypto, now, appVersion });
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

    /** {record, edits, sealed} once every tap so far is saved, or null. */
    async taken(household) {
      await last;
      return read(household);
    },
  };
}

function structuredCloneOf(record) {
  return JSON.parse(JSON.stringify(record));
}
