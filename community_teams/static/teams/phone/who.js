import { ask } from "./asking.js";

export const WORKLIST = "/api/v1/worklist";
export const WHO = "/doi-so/tren-may/toi";
const TIMEOUT_MS = 30_000;

/** Who is signed in at the server: {member, name, hamlets: [{code, name, sample}]}. Rejects as asking.js does. */
export async function whoIsSignedIn(fetch) {
  return (await ask(fetch, WHO, {}, TIMEOUT_MS)).body;
}
