import { ask } from "../../../../foundation/web/static/offline/requests.js";

export const WORKLIST = "/api/v1/worklist";
export const WHO = "/doi-so/tren-may/toi";
const TIMEOUT_MS = 30_000;

/** Who is signed in at the server: {member, name, hamlets: [{code, name, sample}]}. Rejects as requests.js does. */
export async function whoIsSignedIn(fetch) {
  return (await ask(fetch, WHO, {}, TIMEOUT_MS)).body;
}
