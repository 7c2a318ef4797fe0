// Responds to the phone's requests for stored lessons, as the server would: pages at once, answers into the outbox.

import { greyed, withWords, wordsOf } from "./away.js";
import { newId } from "../../../../foundation/web/static/offline/ids.js";
import { answered, endPage, nextQuestion, questionPage, screenPage } from "./pages.js";

const STEP = /^\/bai-hoc\/([a-z0-9-]+)\/(tap|cau-hoi|xong)(?:\/([^/]+))?$/;
const LESSON = /^\/bai-hoc\/([a-z0-9-]+)$/;
// The server's last page of a lesson shows more (the path, the letter). It is used if it arrives within this time.
const ENDING_MS = 400;
const STORED_TIMEOUT_MS = 3_000;
const NETWORK_TIMEOUT_MS = 20_000;

/**
 * @param {Record<string, any>} with_
 *   lessons, answers, line: as their modules open them; crypto, now;
 *   shell: () => Promise<string>  the downloads page; shellAddress
 *   whoNow: (request) => Promise<string | null>; send: () => Promise; update: (lesson) => void  in the background
 *   fetch; redirect: (address, status) => Response; alwaysThere: (path) => boolean
 */
export function serving({ lessons, answers, line, crypto, now, shell, shellAddress, whoNow, send, update, redirect, alwaysThere }) {
  const page = (html, like) => {
    const headers = new Headers(like.headers);
    headers.set("Content-Type", "text/html; charset=utf-8");
    for (const name of ["Content-Encoding", "Content-Length", "ETag"]) headers.delete(name);
    return new Response(html, { headers });
  };

  async function greyedHere(html) {
    const ids = new Set(await lessons.lessons());
    const pages = new Set((await (await lessons.pages()).keys()).map(({ url }) => new URL(url).pathname));
    return greyed(html, (path) => alwaysThere(path) || pages.has(path) || ids.has(STEP.exec(path)?.[1]));
  }

  async function shown(html, like) {
    if (!line.isAway()) return page(html, like);
    return page(withWords(await greyedHere(html), wordsOf(await shell(), "mat-mang")), like);
  }

  const notHere = (why = "chua-co") => redirect(`${shellAddress}#${why}`, 302);

  /** From the network, else the stored copy, else the page that explains why there is none. */
  async function fromLine(request, stored) {
    if (stored && line.isAway()) {
      line.ask(request.url, STORED_TIMEOUT_MS, { credentials: "omit" }); // perhaps it is back by the next page
      return shown(await stored.text(), stored);
    }
    const answer = await line.ask(request, stored ? STORED_TIMEOUT_MS : NETWORK_TIMEOUT_MS);
    if (answer) return answer;
    return stored ? shown(await stored.text(), stored) : notHere();
  }

  async function lesson(request, id, language) {
    await lessons.turn(id);
    const stored = await lessons.stored(`/bai-hoc/${id}`);
    if (!stored) return fromLine(request, null);
    const { pack } = (await lessons.pack(id)) ?? {};
    if (pack && language && pack.lang !== language && !line.isAway()) {
      const answer = await line.ask(request, STORED_TIMEOUT_MS);
      if (answer) return answer;
    }
    update(id);
    return shown(await stored.text(), stored);
  }

  async function step(request, url, /** @type {string[]} */ [, id, part, step_]) {
    const stored = await lessons.pack(id);
    if (!stored) return fromLine(request, null);
    const { pack, answer: like } = stored;
    const learner = await whoNow(request);
    const form = newId(crypto, now());
    if (part === "xong") return ending(request, url, pack, like, learner);
    if (part === "cau-hoi" && !step_) {
      return redirect(nextQuestion(pack, (await answers.rightOf(learner)).get(id) ?? new Set()), 303);
    }
    const html = part === "tap" ? screenPage(pack, step_ ?? null, url, form) : questionPage(pack, step_, url, form);
    return html === null ? fromLine(request, null) : shown(html, like);
  }

  async function ending(request, url, pack, like, learner) {
    if (!line.isAway()) {
      const sentAndAsked = send().then(async () => ((await answers.counts()).waiting ? null : line.ask(request, NETWORK_TIMEOUT_MS)));
      const late = new Promise((resolve) => setTimeout(resolve, ENDING_MS, null));
      const answer = await Promise.race([sentAndAsked.catch(() => null), late]);
      if (answer?.ok) return answer;
    }
    const right = await answers.rightOf(learner);
    return shown(endPage(pack, url, (lesson_) => right.get(lesson_) ?? new Set()), like);
  }

  async function give(request, /** @type {string[]} */ [, id, part, step_]) {
    const stored = await lessons.pack(id);
    const form = stored ? await request.clone().formData() : null;
    const outcome = stored && answered(stored.pack, part, step_, form.getAll("given").map(String));
    if (!outcome) return fromLine(request, null);
    if (outcome.answer) {
      try {
        await answers.give({ id: String(form.get("form") ?? ""), learner: await whoNow(request), lesson: id, ...outcome.answer });
      } catch (error) {
        if (error?.code !== "storage_full") throw error;
        // The phone is full: try the server directly, else show a message.
        return (await line.ask(request, STORED_TIMEOUT_MS)) ?? redirect(`${shellAddress}#may-day`, 303);
      }
    }
    return redirect(outcome.to, 303);
  }

  return {
    /** @returns {Promise<Response> | null}  null: leave the request to the network */
    serve(request, language) {
      const url = new URL(request.url);
      const found = STEP.exec(url.pathname);
      if (request.method === "POST") return found && found[3] && found[2] !== "xong" ? give(request, found) : null;
      if (request.method !== "GET") return null;
      if (found) return step(request, url, found);
      const [, id] = LESSON.exec(url.pathname) ?? [];
      return id ? lesson(request, id, language) : null;
    },

    /** Any other page of ours; a copy that is the same for everybody may be stored. */
    async page(request) {
      return fromLine(request, await lessons.stored(new URL(request.url).pathname));
    },

    /** The downloads page. like: the response it was stored as. */
    async phone(like) {
      const html = await shell();
      return page(line.isAway() ? (await greyedHere(html)).replace(' id="away" hidden>', ' id="away">') : html, like);
    },

    notHere,
  };
}
