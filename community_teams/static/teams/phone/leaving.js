// Signing out: only once the server has everything, and with a network, or the session would stay behind.

import { Fault } from "../../../../foundation/web/static/offline/faults.js";
import { openDevice, SIGN_OUT } from "./members.js";
import { Because } from "../../../../foundation/web/static/offline/backoff.js";

/** Sign out at the server and delete all that this phone keeps of `member`. @param {Record<string, any>} room  summary: as the outbox's */
export async function leave({ env, member, speaking, summary, close, evenDrafts }) {
  await speaking.sendNow(Because.ASKED).catch(() => {});
  const { undelivered, drafts } = await summary();
  if (undelivered) throw new Fault("visits_waiting", { count: undelivered });
  if (drafts && !evenDrafts) throw new Fault("drafts_open", { count: drafts });
  const options = { method: "POST", credentials: "same-origin", redirect: "manual" };
  await env.fetch(SIGN_OUT, options).catch(() => {
    throw new Fault("offline");
  });
  close();
  const leaving = await openDevice(env);
  await leaving.wipeMember(member);
  leaving.close();
}
