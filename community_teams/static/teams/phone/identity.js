// Who is signed in at the server.

import { ask } from "../../../../foundation/web/static/offline/requests.js";

export const WORKLIST = "/api/v1/worklist";
export const IDENTITY = "/doi-so/tren-may/toi";
const TIMEOUT_MS = 30_000;

/** Who is signed in at the server: {member, name, hamlets: [{code, name, sample}]}. Rejects as requests.js does. */
export async function signedInMember(fetch) {
  return (await ask(fetch, IDENTITY, {}, TIMEOUT_MS)).body;
}
