// Sends what waits. Safe to call at any time and any number of times: the server identifies each answer by its id.
//
// The pause between attempts grows once per failed pause, not with each attempt during it: thirteen answers given while
// the server is unreachable are one failure. A response from the server ends the pause (endPause).

import { randomId } from "../../../../foundation/web/static/ids.js";

export const ANSWERS = "/api/v1/answers";
export const MOST_AT_ONCE = 500;
const MOST_PEOPLE = 25;
const TIMEOUT_MS = 45_000;
const FIRST_MS = 5_000;
const LONGEST_MS = 15 * 60_000;
const OURS = /^application\/(problem\+)?json\b/;

/** Why to send. A person's tap sends at once; a page or an answer waits only if the server asked for a pause. */
export const Because = Object.freeze({ ASKED: "asked", SEEN: "seen", TIMER: "timer" });

/** Why sending stopped: `offline`, `not_our_answer`, `later`, or a code from the server. */
class Stopped extends Error {
  /** @param {number | null} pause  milliseconds the server asked for */
  constructor(code, pause = null) {
    super(code);
    this.code = code;
    this.pause = pause;
  }
}

/** Milliseconds to wait after the `failures`-th failure in a row: exponential backoff, half of it random. */
export function patience(failures, random) {
  const longest = Math.min(FIRST_MS * 2 ** Math.min(failures, 20), LONGEST_MS);
  return Math.round(longest / 2 + (random() * longest) / 2);
}

/** Whether a pause is on at `moment`. A clock set back must not hold answers back for days. */
const isOn = ({ notBefore = 0 }, moment) => notBefore > moment && notBefore < moment + 2 * LONGEST_MS;

/**
 * End the pause, because the server responded; the next outage starts with the shortest pause. A pause that the server
 * itself asked for continues.
 */
export async function endPause(answers) {
  const { failures = 0, asked = false } = (await answers.get("sending")) ?? {};
  if (failures && !asked) await answers.put("sending", { failures: 0, notBefore: 0 }).catch(() => {});
}

/**
 * Send batch after batch until nothing waits or an attempt fails. Deletes nothing before a response that names our batch.
 * The caller makes sure that only one call runs at a time.
 *
 * @param {Record<string, any>} with_
 *   answers: as openAnswers; because: one of Because
 * @returns {Promise<{sent: number, stopped: string | null}>} stopped also `waiting`: a pause is on
 */
export async function sendWaiting({ answers, fetch, crypto, now, random = Math.random, because = Because.ASKED }) {
  const pause = (await answers.get("sending")) ?? {};
  const waits = because === Because.TIMER || (because === Because.SEEN && pause.asked);
  if (waits && isOn(pause, now())) return { sent: 0, stopped: "waiting" };
  let size = MOST_AT_ONCE;
  let sent = 0;
  let last = "";
  for (;;) {
    const newcomers = (await answers.newcomers()).slice(0, MOST_PEOPLE);
    const taken = await answers.take(size);
    if (!taken.length && !newcomers.length) return { sent, stopped: null };
    try {
      // The same batch again after a response: sending makes no progress.
      const turn = `${size} ${taken.map(({ id }) => id)} ${newcomers.map(({ id }) => id)}`;
      if (turn === last) throw new Stopped("not_our_answer");
      last = turn;
      sent += await answers.settle(await post(taken, newcomers));
      await answers.put("sending", { failures: 0, notBefore: 0 }).catch(() => {});
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      if (error.code === "too_much" && size > 1 && taken.length > 1) {
        size = Math.max(1, Math.floor(Math.min(size, taken.length) / 2));
        continue;
      }
      await rest(error);
      return { sent, stopped: error.code };
    }
  }

  /** Begin a pause. A further failure during a pause belongs to the same outage. */
  async function rest({ code, pause: requested }) {
    const asked = code === "later";
    if (isOn(pause, now()) && !sent && !asked) return;
    const failures = sent ? 0 : (pause.failures ?? 0);
    const wait = Math.max(patience(failures, random), Math.min(requested ?? 0, LONGEST_MS));
    await answers.put("sending", { failures: failures + 1, notBefore: now() + wait, asked }).catch(() => {});
  }

  async function post(taken, newcomers) {
    const batch = randomId(crypto);
    const payload = {
      batch,
      // Identifies the phone until it has received its cookie.
      phone: await answers.phone().catch(() => undefined),
      learners: newcomers.map(({ id, nickname, picture, age_band, guardian_agrees }) => ({
        id, nickname, picture, age_band, guardian_agrees,
      })),
      answers: taken.map(({ id, learner, lesson, step, given, at }) => ({ id, learner, lesson, step, given, at })),
    };
    const { body, headers } = await packed(JSON.stringify(payload));
    const answer = await ask(body, headers);
    if (answer.batch !== batch || !Array.isArray(answer.results)) throw new Stopped("not_our_answer");
    return { results: answer.results, learners: answer.learners ?? [] };
  }

  async function ask(body, headers) {
    const stop = new AbortController();
    const timeout = setTimeout(() => stop.abort(), TIMEOUT_MS);
    let response, text;
    try {
      // A redirect comes from a captive portal or from a server that is not ours.
      const how = { method: "POST", body, headers, credentials: "same-origin", cache: "no-store", redirect: "manual" };
      response = await fetch(ANSWERS, { ...how, signal: stop.signal });
      text = await response.text();
    } catch {
      throw new Stopped("offline");
    } finally {
      clearTimeout(timeout);
    }
    if (response.status === 413) throw new Stopped("too_much");
    if (response.status === 429 || response.status >= 500) {
      throw new Stopped("later", 1000 * (Number.parseInt(response.headers.get("Retry-After"), 10) || 0));
    }
    if (!OURS.test(response.headers.get("Content-Type") ?? "")) throw new Stopped("not_our_answer");
    let content;
    try {
      content = JSON.parse(text);
    } catch {
      throw new Stopped("not_our_answer");
    }
    if (response.status !== 200) throw new Stopped(String(content?.code ?? "not_our_answer"));
    return content ?? {};
  }
}

async function packed(text) {
  const headers = { "Content-Type": "application/json", Accept: "application/json" };
  if (typeof CompressionStream === "undefined") return { body: text, headers };
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return { body: await new Response(stream).arrayBuffer(), headers: { ...headers, "Content-Encoding": "gzip" } };
}
