// What learning sends, and what it does with the answer. When and how often: foundation/web/static/offline/sending.js.

import { Fault } from "../../../../foundation/web/static/offline/faults.js";
import { randomId } from "../../../../foundation/web/static/offline/ids.js";
import { ask, jsonBody } from "../../../../foundation/web/static/offline/requests.js";

export const ANSWERS = "/api/v1/answers";
export const MOST_AT_ONCE = 500;
const MOST_PEOPLE = 25;
const TIMEOUT_MS = 45_000;

/**
 * People added here and answers given here, as the shared sending takes them. Somebody leaves before what they answered,
 * or with it.
 *
 * @param {Record<string, any>} with_  answers: as openAnswers; fetch; crypto
 * @returns {import("../../../../foundation/web/static/offline/sending.js").Queue}
 */
export function answerQueue({ answers, fetch, crypto }) {
  return { most: MOST_AT_ONCE, take, post, aboutTheBatch: new Set(["too_large"]) };

  async function take(most) {
    const everybody = await answers.newcomers();
    const newcomers = everybody.slice(0, Math.min(most, MOST_PEOPLE));
    const room = newcomers.length < everybody.length ? 0 : most - newcomers.length;
    const taken = room ? await answers.take(room) : [];
    return [...newcomers.map((person) => ({ turn: person.id, person })), ...taken.map((answer) => ({ turn: answer.id, answer }))];
  }

  async function post(entries) {
    const batch = randomId(crypto);
    const { body, headers } = await jsonBody({
      batch,
      // Until its cookie has reached it, the phone is known by this.
      phone: await answers.phone().catch(() => undefined),
      learners: entries.filter(({ person }) => person).map(({ person }) => {
        const { id, nickname, picture, age_band, guardian_agrees } = person;
        return { id, nickname, picture, age_band, guardian_agrees };
      }),
      answers: entries.filter(({ answer }) => answer).map(({ answer }) => {
        const { id, learner, lesson, step, given, at } = answer;
        return { id, learner, lesson, step, given, at };
      }),
    });
    const { body: response } = await ask(fetch, ANSWERS, { method: "POST", body, headers }, TIMEOUT_MS);
    if (response.batch !== batch || !Array.isArray(response.results)) throw new Fault("not_our_answer");
    const sent = await answers.settle({ results: response.results, learners: response.learners ?? [] });
    return { sent, accepted: sent };
  }
}
