// The interface of the phone's storage and sending: the only module of it that the screens import.
//
// Every function is async and rejects with a Fault, whose `code` is stable; the page has the words. Besides the codes
// named below any of them may reject with `locked` (the PIN is needed), `storage_full` (the phone is full; nothing stored
// before is lost), `newer_store` (a newer app was here: reload), `store_closed` (another tab took over: reload),
// `no_storage` and `store_failed`. Requests reject as requests.js says: `offline`, `time_out`, `not_our_answer`, `later`,
// `not_signed_in`, `other_member` (somebody else is signed in now), `device_cut_off` (the phone was wiped, except what the
// server does not have).

import { openDrafts } from "./drafts.js";
import { environment } from "./environment.js";
import { Fault } from "../../../../foundation/web/static/offline/faults.js";
import { openIdle } from "./idle.js";
import { changePin, hasPin, storedKeys, makeMemberKey, unlockMemberKey } from "./keys.js";
import { openKnown } from "./known.js";
import { signOut } from "./sign_out.js";
import { forgetList, openDevice, openMemberStore } from "./members.js";
import { sendAutomatically } from "./send_triggers.js";
import { openOutbox, State } from "./outbox.js";
import { openOutboxActions } from "./outbox_actions.js";
import { wipeUntilDone, wipePhone } from "./wipe.js";
import { openApiClient } from "./api_client.js";
import { MEMBER_STORE } from "./store.js";
import { IDENTITY, signedInMember as askIdentity } from "./identity.js";
import { openWorklist } from "./worklist.js";

export { installWorker } from "./install_worker.js";
/** Whether a PIN may be chosen, before it is typed again. */
export { checkPin } from "./keys.js";

/**
 * Members with data on this phone, the last one first: [{member, name, usedAt}]. For choosing while offline.
 */
export async function membersHere(given = {}) {
  const device = await openDevice(environment(given));
  try {
    return await device.members();
  } finally {
    device.close();
  }
}

/**
 * Who is signed in at the server: {member, name, hamlets: [{code, name, sample}]}. Rejects with `not_signed_in`,
 * `offline`, ….
 */
export async function signedInMember(given = {}) {
  return askIdentity(environment(given).fetch);
}

/**
 * Open the data of one member on this phone. Needs no PIN and no network; from now on waiting visits are sent automatically.
 *
 * @param {Record<string, any>} given
 *   member: the person's id at the server (string); name: display name, stored for choosing;
 *   appVersion: sent with each visit; and, for tests, anything of environment()
 */
export async function openPhone(given) {
  const env = environment(given);
  const { crypto, now, member, appVersion } = env;
  const device = await openDevice(env);
  await device.remember(member, env.name);
  const listeners = new Set();
  const tell = (change) => {
    for (const listener of [...listeners]) listener(change);
  };
  const store = await openMemberStore(env.indexedDB, member, (newVersion) =>
    close({ what: newVersion === null ? "wiped" : "newer" }),
  );
  const keys = await storedKeys(store, crypto);
  let pinSet = await hasPin(store);
  let stopSending = () => {};
  let wiping = null;
  let refreshing = null;

  const idle = openIdle({
    now,
    onLock() {
      worklist.forget();
      outbox.forget();
      tell({ what: "locked" });
    },
  });
  const memberKey = () => idle.key();
  const handoverKey = keys.outbox_key;
  const room = { store, crypto, now, memberKey, handoverKey, appVersion, ask: (...question) => apiClient.ask(...question) };
  const outbox = openOutbox({ store, crypto, now, key: keys.outbox_key });
  const drafts = openDrafts(room);
  const known = openKnown(room);
  const worklist = openWorklist({ ...room, unsentHouseholds });
  const apiClient = openApiClient({ env, store, outbox, member, device: device.id, appVersion, changed, wipe });
  // Automatic sending: a fault is in the summary, and sending is tried again later.
  const sendQuietly = (because) =>
    apiClient.sendNow(because).catch((error) => tell({ what: "fault", code: error.code ?? "store_failed" }));

  // Other tabs and the worker announce their changes here.
  const channel = env.Channel ? new env.Channel(MEMBER_STORE + member) : null;
  if (channel) {
    channel.unref?.();
    channel.onmessage = ({ data }) => changed(data, { here: false });
  }
  async function changed(change, { here = true } = {}) {
    if (here) channel?.postMessage(change);
    if (change.what === "outbox" && !idle.locked) await showVisits().catch(() => {});
    tell(change);
  }

  async function showVisits() {
    const entries = await outbox.list();
    const counted = entries.filter(({ state, delivered }) => state !== State.NEEDS_PERSON || delivered);
    worklist.show(counted.map(({ record, state }) => ({ record, waiting: state !== State.ACKNOWLEDGED })));
  }

  /** Ids of the households with a draft or a visit that was not sent yet. */
  async function unsentHouseholds() {
    const unsent = (await outbox.list()).filter(({ state }) => state !== State.ACKNOWLEDGED);
    return new Set([...(await drafts.households()), ...unsent.map(({ record }) => record.household)]);
  }

  async function refreshOnce() {
    // The list first: its answer says that a phone was cut off, whoever is signed in.
    const answer = await worklist.refresh();
    const who = await apiClient.ask(IDENTITY);
    if (String(who.member) !== member) throw new Fault("other_member");
    await worklist.name(who.hamlets ?? []);
    await known.refresh();
    await showVisits();
    await changed({ what: "worklist", ...answer });
    return answer;
  }

  // Only once, even if several requests get `device_cut_off`.
  function wipe() {
    wiping ??= wipeAll();
    return wiping;
  }
  async function wipeAll() {
    close();
    const { left } = await wipePhone(env);
    if (left && env.window) stopSending = wipeUntilDone(env, tellWiped);
    tellWiped(left);
  }
  function tellWiped(left) {
    tell({ what: "wiped", stopped: "device_cut_off", left });
  }

  function close(change = null) {
    stopSending();
    idle.lock();
    store.close();
    channel?.close();
    device.close();
    if (change) tell(change);
  }

  async function unlockedWith(key) {
    idle.hold(key);
    pinSet = true;
    await showVisits();
    // Not awaited: Firefox asks the person first. Other browsers may refuse silently; the summary shows the result.
    env.storage?.persist?.().catch(() => false);
    tell({ what: "unlocked" });
  }

  const phone = {
    member,
    device: device.id,

    /** Whether the PIN is needed; always true before setPin. */
    get locked() {
      return idle.locked;
    },
    /** Whether a PIN was set on this phone. */
    get hasPin() {
      return pinSet;
    },
    /** Unlock with the PIN. Rejects with `wrong_pin` {until}, `pin_wait` {until} (ms; no try counts before), `no_pin`. */
    async unlock(pin) {
      await unlockedWith(await unlockMemberKey(store, crypto, keys.device_key, pin, now()));
    },
    /**
     * Set the PIN at first use: 6 to 12 digits. Rejects with `pin_too_short`, `pin_too_long`, `pin_not_digits`,
     * `pin_too_easy` (000000, 123456), `pin_is_set`.
     */
    async setPin(pin) {
      if (await hasPin(store)) throw new Fault("pin_is_set");
      await unlockedWith(await makeMemberKey(store, crypto, keys.device_key, pin));
    },
    /** Rejects as unlock and setPin. */
    changePin: (pin, newPin) => changePin(store, crypto, keys.device_key, pin, newPin, now()),
    /**
     * Set a new PIN after the old one was forgotten. Drafts and worklist are deleted; finished visits stay and are sent.
     * Only if the server says that this member is signed in; rejects with `other_member`, `not_signed_in`, `offline`, and as
     * setPin.
     */
    async forgetPin(newPin) {
      const who = await askIdentity(env.fetch);
      if (String(who.member) !== member) throw new Fault("other_member");
      const key = await makeMemberKey(store, crypto, keys.device_key, newPin);
      worklist.forget();
      await forgetList(store, ["drafts"]);
      await unlockedWith(key);
    },
    /** Lock now. */
    lock: () => idle.lock(),
    /** The app is being used: restarts the 15 minutes of idle.js. Cheap; call at every tap. */
    touch: () => idle.touch(),

    worklist: {
      /** Bring the list up to date; concurrent calls share one refresh. @returns {Promise<{changed: number}>} */
      async refresh() {
        memberKey();
        refreshing ??= refreshOnce().finally(() => {
          refreshing = null;
        });
        return refreshing;
      },
      refreshedAt: worklist.refreshedAt,
      hamlets: worklist.hamlets,
      /**
       * The households by lane and code: rows of the API, updated by the visits of this phone, with `waiting` (one of these
       * is not at the server), `folded` (the text that is searched), `reached` (if this phone knows it). Do not change them.
       * @param {{hamlet?: string}} [filter]
       */
      households: worklist.households,
      household: worklist.household,
    },

    drafts: {
      /** The draft of a household, or null. */
      get: drafts.get,
      /** Save it, at every tap; on disk when it resolves. @returns {Promise<Record<string, any>>} the record, with its id */
      save: drafts.save,
      discard: drafts.discard,
      /** Ids of households with a draft. */
      households: drafts.households,
      /** Earlier answers of the household, in the shape of a visit, with `visited_on`; or null. */
      previous: known.previous,
    },

    /** Finished visits. */
    outbox: openOutboxActions({ ...room, member, device: device.id, outbox, drafts, known, apiClient, changed, sendQuietly }),

    /**
     * Call `fn({what})` at every change. what: `outbox` (also from other tabs and the worker), `worklist`, `locked`,
     * `unlocked`, `wiped` (`stopped: "device_cut_off"` if the server demanded it; `left`: visits or drafts that it does not
     * have are still here), `newer` (reload the page), `fault` {code}.
     * @returns {() => void} stops it
     */
    on(_change, fn) {
      listeners.add(fn);
      return () => listeners.delete(fn);
    },

    /**
     * Sign out at the server and delete all data of this member on this phone. Rejects with `visits_waiting` {count} while
     * any are not at the server, with `drafts_open` {count} unless `evenDrafts`, with `offline`; then nothing is deleted.
     */
    async signOut({ evenDrafts = false } = {}) {
      await signOut({ env, member, apiClient, summary: phone.outbox.summary, close, evenDrafts });
      tell({ what: "wiped" });
    },

    /** Close the store, for example when another member takes the phone. Nothing is deleted. */
    close,
  };

  if (env.window) {
    stopSending = sendAutomatically(sendQuietly, env);
    if (idle.locked) apiClient.ping().catch(() => {});
  }
  return phone;
}
