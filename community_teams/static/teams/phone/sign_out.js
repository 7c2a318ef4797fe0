// Signing out: only when the server has everything, and only online, because the session must end at the server.

import { Fault } from "../../../../foundation/web/static/offline/faults.js";
import { openDevice, SIGN_OUT } from "./members.js";
import { Because } from "../../../../foundation/web/static/offline/backoff.js";

/** Sign out at the server and delete all data of `member` on this phone. @param {Record<string, any>} room  summary: as the outbox's */
export async function signOut({ env, member, apiClient, summary, close, evenDrafts }) {
  await apiClient.sendNow(Because.ASKED).catch(() => {});
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
