// Who uses this phone, and what the phone is called. Holds no household and no visit.

import { randomId } from "../../../../foundation/web/static/offline/ids.js";
import { openStore, wipeStore } from "../../../../foundation/web/static/offline/store.js";
import { DEVICE_STEPS, DEVICE_STORE, MEMBER_STEPS, MEMBER_STORE } from "./store.js";

export const SIGN_OUT = "/dang-xuat";

const LIST_ROOMS = ["hamlets", "known"];
const LIST_KEYS = ["cursor", "known_cursor", "hamlet_names", "left_rows", "worklist_at"];

/** Delete what a member's store knows of their hamlets, or of `rooms` besides; the next list begins anew. */
export async function forgetList(store, rooms = []) {
  const cleared = [...LIST_ROOMS, ...rooms];
  await store.write([...cleared, "kept"], async ({ clear, remove }) => {
    for (const name of cleared) await clear(name);
    for (const name of LIST_KEYS) await remove("kept", name);
  });
}

/** The store of one member: nobody else's, and opened under their name only. */
export function openMemberStore(indexedDB, member, onTaken) {
  return openStore(indexedDB, MEMBER_STORE + member, MEMBER_STEPS, onTaken);
}

/** @param {Record<string, any>} with_  indexedDB, crypto, now */
export async function openDevice(with_) {
  const { indexedDB, crypto, now } = with_;
  const store = await openStore(indexedDB, DEVICE_STORE, DEVICE_STEPS);
  const fresh = randomId(crypto);
  const id = await store.write(["kept"], async ({ get, put }) => {
    const kept = await get("kept", "device");
    if (!kept) await put("kept", fresh, "device");
    return kept ?? fresh;
  });

  return {
    /** The same all through this phone's life, whoever uses it; a new one after it was wiped. */
    id,
    /** Who has used this phone and has something kept on it, the last one first: [{member, name, usedAt}]. */
    async members() {
      const members = await store.read(["members"], ({ all }) => all("members"));
      return members.sort((one, other) => other.usedAt - one.usedAt);
    },
    async remember(member, name) {
      await store.write(["members"], async ({ get, put }) => {
        const known = await get("members", member);
        await put("members", { member, name: name ?? known?.name ?? "", usedAt: now() });
      });
    },
    /** Whether the phone was cut off and still holds what the server has not. */
    isCutOff: async () => Boolean(await store.get("kept", "cut_off")),
    markCutOff: (isCutOff) => store.put("kept", isCutOff, "cut_off"),
    /** Delete all that this phone keeps of one member, waiting visits too. Ask before. */
    async wipeMember(member) {
      await wipeStore(indexedDB, MEMBER_STORE + member, MEMBER_STEPS);
      await store.write(["members"], ({ remove }) => remove("members", member));
    },
    /** Delete everything of everybody; the phone is a stranger afterwards. */
    async wipeAll() {
      for (const { member } of await this.members()) await this.wipeMember(member);
      store.close();
      await wipeStore(indexedDB, DEVICE_STORE, DEVICE_STEPS);
    },
    close: () => store.close(),
  };
}
