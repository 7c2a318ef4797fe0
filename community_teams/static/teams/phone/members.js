// The members who use this phone, and the phone's id. Stores no household and no visit.

import { randomId } from "../../../../foundation/web/static/offline/ids.js";
import { openStore, wipeStore } from "../../../../foundation/web/static/offline/store.js";
import { DEVICE_STEPS, DEVICE_STORE, MEMBER_STEPS, MEMBER_STORE } from "./store.js";

export const SIGN_OUT = "/dang-xuat";

const LIST_ROOMS = ["hamlets", "known"];
const LIST_KEYS = ["cursor", "known_cursor", "hamlet_names", "left_rows", "worklist_at"];

/** Delete the worklist of a member's store, and the stores named in `rooms`; the next refresh fetches the whole list. */
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
    const stored = await get("kept", "device");
    if (!stored) await put("kept", fresh, "device");
    return stored ?? fresh;
  });

  return {
    /** The same for everybody who uses this phone; a new one after it was wiped. */
    id,
    /** Members with data on this phone, the last one first: [{member, name, usedAt}]. usedAt: milliseconds. */
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
    /** Whether the phone was cut off and still has something that the server does not have. */
    isCutOff: async () => Boolean(await store.get("kept", "cut_off")),
    markCutOff: (isCutOff) => store.put("kept", isCutOff, "cut_off"),
    /** Delete all data of one member on this phone, also waiting visits. Ask before. */
    async wipeMember(member) {
      await wipeStore(indexedDB, MEMBER_STORE + member, MEMBER_STEPS);
      await store.write(["members"], ({ remove }) => remove("members", member));
    },
    /** Delete all data of everybody; afterwards the phone is as new. */
    async wipeAll() {
      for (const { member } of await this.members()) await this.wipeMember(member);
      store.close();
      await wipeStore(indexedDB, DEVICE_STORE, DEVICE_STEPS);
    },
    close: () => store.close(),
  };
}
