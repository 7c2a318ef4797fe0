// The outbox as the screens show it.

/** @param {Record<string, any>} with_  storage: `persisted` or `best_effort` */
export async function outboxSummary({ outbox, store, now, storage }) {
  const counts = await outbox.counts();
  const { sending = {}, ahead, drafted } = await store.read(["kept", "drafts"], async ({ get, count }) => ({
    sending: await get("kept", "sending"),
    ahead: await get("kept", "seconds_ahead"),
    drafted: await count("drafts"),
  }));
  return {
    waiting: counts.waiting,
    needPerson: counts.needPerson,
    undelivered: counts.undelivered,
    oldest: Number.isFinite(counts.oldest) ? counts.oldest : null,
    lastSentAt: sending.lastSentAt ?? null,
    drafts: drafted,
    problem: counts.waiting ? (sending.problem ?? null) : null,
    nextTryAt: counts.waiting && sending.notBefore > now() ? sending.notBefore : null,
    storage,
    secondsAhead: ahead ?? null,
  };
}

export function entryLine({ record, id, state, tries, problems, delivered }) {
  const { household, outcome, started_at } = record;
  return { id, household, outcome, started_at, state, tries, problems, delivered };
}
