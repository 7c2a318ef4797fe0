// What a member does with a phone in the fault suite. Imports nothing, so that Node and a page can both run it.

/**
 * @param {object} world
 *   open: () => Promise of a phone, unlocked; unlock: (phone) => Promise; signIn, signOut: () => Promise
 *   setFull: (share of writes that find no room, seed of which ones) => void; setAhead: (milliseconds the clock is ahead) => void
 *   keepsDrafts: drafts outlive a phone that dies, in place of being thrown away for the next visit
 *   bePatient: () => void, time-outs are as long as in earnest from now on
 *   forgetVisits: () => Promise, empties the outbox of a phone that is closed
 * @returns {Promise<(told: object) => Promise<object>>} what answers one line; a refusal is {fault: code, told}
 */
export async function openActs(world) {
  let phone = await world.open();

  async function sent(one) {
    const answer = await one.outbox.sendNow();
    if (answer.stopped === "not_signed_in") await world.signIn();
    return answer;
  }

  async function noDrafts() {
    if (world.keepsDrafts) return;
    for (const household of await phone.drafts.households()) await phone.drafts.discard(household);
  }

  const acts = {
    signIn: world.signIn,
    signOut: world.signOut,
    device: () => ({ device: phone.device }),
    async record({ household, told }) {
      await phone.drafts.save(household, { outcome: told.outcome });
      await phone.drafts.save(household, told);
      return { id: (await phone.outbox.finish(household)).id };
    },
    /** Begun, and never finished. */
    async draft({ household, told }) {
      return { id: (await phone.drafts.save(household, told)).id };
    },
    async edit({ id, note }) {
      const household = await phone.outbox.edit(id);
      await phone.drafts.save(household, { ...(await phone.drafts.get(household)), note });
      return { id: (await phone.outbox.finish(household)).id };
    },
    send: () => sent(phone),
    async sendFromTwoTabs() {
      const other = await world.open();
      const answers = await Promise.all([sent(phone), sent(other)]);
      other.close();
      return { answers };
    },
    refresh: () => phone.worklist.refresh(),
    async list() {
      const visits = await phone.outbox.list();
      const records = await Promise.all(visits.map(({ id }) => phone.outbox.record(id)));
      return { visits: visits.map((visit, place) => ({ ...visit, record: records[place] })) };
    },
    async full({ share, seed = 0 }) {
      world.setFull(share, seed);
    },
    async bePatient() {
      world.bePatient();
    },
    async clock({ ahead }) {
      world.setAhead(ahead);
    },
    /** The rows as the server told them, without what this phone knows of its own visits; none can be sent after it. */
    async rows() {
      phone.close();
      await world.forgetVisits();
      phone = await world.open();
      return { rows: await phone.worklist.households() };
    },
  };

  await noDrafts();
  return async (told) => {
    try {
      // A clock that jumps locks it.
      if (phone.locked) await world.unlock(phone);
      return (await acts[told.do](told)) ?? {};
    } catch (error) {
      await noDrafts().catch(() => {});
      return { fault: error.code ?? "unknown", told: String(error.stack) };
    }
  };
}
