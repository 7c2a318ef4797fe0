// The door to what the phone keeps: the one module the screens import.
//
// Every function is async and rejects with a Fault, whose `code` is stable; the page has the words. Besides those named
// below any of them may reject with `locked` (the PIN is asked for), `storage_full` (the phone is full; nothing stored
// before is lost), `newer_store` (a newer app was here: reload), `store_closed` (another tab took over: reload),
// `no_storage` and `store_failed`. Requests reject as requests.js says: `offline`, `time_out`, `not_our_answer`, `later`,
// `not_signed_in`, `other_member` (somebody else is signed in now), `device_cut_off` (everything was wiped but what the server has not).

import { openDrafts } from "./drafts.js";
import { environment } from "./environment.js";
import { Fault } from "../../../../foundation/web/static/offline/faults.js";
import { openIdle } from "./idle.js";
import { changePin, hasPin, keptKeys, makeMemberKey, unlockMemberKey } from "./keys.js";
import { openKnown } from "./known.js";
import { leave } from "./leaving.js";
import { forgetList, openDevice, openMemberStore } from "./members.js";
import { sendBySelf } from "./moments.js";
import { openOutbox, State } from "./outbox.js";
import { openOutboxDoor } from "./outbox_door.js";
import { wipeBySelf, wipePhone } from "./parting.js";
import { openSpeaking } from "./speaking.js";
import { MEMBER_STORE } from "./store.js";
import { WHO, whoIsSignedIn as askWho } from "./who.js";
import { openWorklist } from "./worklist.js";

export { installWorker } from "./installing.js";
/** Whether a PIN may be chosen, before it is typed again. */
export { checkPin } from "./keys.js";

/**
 * Who has something kept on this phone, the last one first: [{member, name, usedAt}]. For choosing while offline.
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
export async function whoIsSignedIn(given = {}) {
  return askWho(environment(given).fetch);
}

/**
 * Open what this phone keeps for one member. Needs no PIN and no network; sends what waits by itself from now on.
 *
 * @param {Record<string, any>} given
 *   member: the person's id as the server calls it (string); name: how to call them, kept for choosing;
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
  const keys = await keptKeys(store, crypto);
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
  const room = { store, crypto, now, memberKey, handoverKey, appVersion, ask: (...asked) => speaking.ask(...asked) };
  const outbox = openOutbox({ store, crypto, now, key: keys.outbox_key });
  const drafts = openDrafts(room);
  const known = openKnown(room);
  const worklist = openWorklist({ ...room, untold });
  const speaking = openSpeaking({ env, store, outbox, member, device: device.id, appVersion, changed, wipe });
  // By itself: what stands in the way is in the summary, and is tried again later.
  const sendQuietly = (because) =>
    speaking.sendNow(because).catch((error) => tell({ what: "fault", code: error.code ?? "store_failed" }));

  // Other tabs and the worker say what they changed.
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

  /** Ids of the households that this phone still has something to tell of. */
  async function untold() {
    const unsent = (await outbox.list()).filter(({ state }) => state !== State.ACKNOWLEDGED);
    return new Set([...(await drafts.households()), ...unsent.map(({ record }) => record.household)]);
  }

  async function refreshOnce() {
    // The list first: a phone that was cut off is told so there, whoever is signed in.
    const answer = await worklist.refresh();
    const who = await speaking.ask(WHO);
    if (String(who.member) !== member) throw new Fault("other_member");
    await worklist.name(who.hamlets ?? []);
    await known.refresh();
    await showVisits();
    await changed({ what: "worklist", ...answer });
    return answer;
  }

  // Once, whichever of several questions hears of it first.
  function wipe() {
    wiping ??= wipeAll();
    return wiping;
  }
  async function wipeAll() {
    close();
    const { left } = await wipePhone(env);
    if (left && env.window) stopSending = wipeBySelf(env, tellWiped);
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
    // Not waited for: Firefox asks the person first, and answers when they have. Others refuse in silence; the summary says
    // what came of it.
    env.storage?.persist?.().catch(() => false);
    tell({ what: "unlocked" });
  }

  const phone = {
    member,
    device: device.id,

    /** Whether the PIN is asked for; always true before setPin. */
    get locked() {
      return idle.locked;
    },
    /** Whether a PIN was set on this phone. */
    get hasPin() {
      return pinSet;
    },
    /** Open with the PIN. Rejects with `wrong_pin` {until}, `pin_wait` {until} (ms; before then none is tried), `no_pin`. */
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
     * A forgotten PIN: a new one, and the drafts and the work list are gone; finished visits stay and are sent. Only while
     * the server says that this member is signed in; rejects with `other_member`, `not_signed_in`, `offline`, as setPin.
     */
    async forgetPin(newPin) {
      const who = await askWho(env.fetch);
      if (String(who.member) !== member) throw new Fault("other_member");
      const key = await makeMemberKey(store, crypto, keys.device_key, newPin);
      worklist.forget();
      await forgetList(store, ["drafts"]);
      await unlockedWith(key);
    },
    /** Lock now. */
    lock: () => idle.lock(),
    /** Somebody is using it: starts the 15 minutes anew. Cheap; call at every tap. */
    touch: () => idle.touch(),

    worklist: {
      /** Bring the list up to date; who asks meanwhile waits for the same. @returns {Promise<{changed: number}>} */
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
       * The households by lane and code, rows as the API gives them as they are after this phone's own visits; and
       * `waiting` (the server lacks one of these), `folded` (what is searched in), `reached` (where this phone knows it).
       * Only read them. @param {{hamlet?: string}} [asked]
       */
      households: worklist.households,
      household: worklist.household,
    },

    drafts: {
      /** The draft of a household, or null. */
      get: drafts.get,
      /** Keep it as it is now, at every tap; on disk when it resolves. @returns {Promise<Record<string, any>>} the record, with its id */
      save: drafts.save,
      discard: drafts.discard,
      /** Ids of households with a draft. */
      households: drafts.households,
      /** What earlier visits told of the household, in the shape of a visit, with `visited_on`; or null. */
      previous: known.previous,
    },

    /** Finished visits on their way. */
    outbox: openOutboxDoor({ ...room, member, device: device.id, outbox, drafts, known, speaking, changed, sendQuietly }),

    /**
     * Be told: `fn({what})`; what: `outbox` (also from other tabs and the worker), `worklist`, `locked`, `unlocked`,
     * `wiped` (`stopped: "device_cut_off"` where the server did it; `left`: visits or drafts that it has not are still here), `newer` (reload the page), `fault` {code}.
     * @returns {() => void} stops it
     */
    on(_change, fn) {
      listeners.add(fn);
      return () => listeners.delete(fn);
    },

    /**
     * Sign out at the server and delete all that this phone keeps of this member. Rejects with `visits_waiting` {count} while
     * the server lacks any, with `drafts_open` {count} unless `evenDrafts`, with `offline`; nothing is deleted then.
     */
    async signOut({ evenDrafts = false } = {}) {
      await leave({ env, member, speaking, summary: phone.outbox.summary, close, evenDrafts });
      tell({ what: "wiped" });
    },

    /** Let go of the store, for example when another member takes the phone. Nothing is deleted. */
    close,
  };

  if (env.window) {
    stopSending = sendBySelf(sendQuietly, env);
    if (idle.locked) speaking.knock().catch(() => {});
  }
  return phone;
}
