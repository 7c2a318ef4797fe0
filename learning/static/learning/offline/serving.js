// Answers the phone's own requests for kept lessons, as the server would: pages at once, answers into the store.

import { greyed, withWords, wordsOf } from "./away.js";
import { newId } from "../../../../foundation/web/static/ids.js";
import { answered, endPage, nextQuestion, questionPage, screenPage } from "./pages.js";

const STEP = /^\/bai-hoc\/([a-z0-9-]+)\/(tap|cau-hoi|xong)(?:\/([^/]+))?$/;
const LESSON = /^\/bai-hoc\/([a-z0-9-]+)$/;
// The server's own ending tells more (the path, the letter), if it comes before anybody has to wait.
const ENDING_MS = 400;
const PATIENCE_MS = 3_000;
const NOT_KEPT_MS = 20_000;

/**
 * @param {Record<string, any>} with_
 *   lessons, answers, line: as their modules open them; crypto, now;
 *   shell: () => Promise<string>  the page of the phone; shellAddress
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
    const kept = new Set(await lessons.lessons());
    const pages = new Set((await (await lessons.pages()).keys()).map(({ url }) => new URL(url).pathname));
    return greyed(html, (path) => alwaysThere(path) || pages.has(path) || kept.has(STEP.exec(path)?.[1]));
  }

  async function shown(html, like) {
    if (!line.isAway()) return page(html, like);
    return page(withWords(await greyedHere(html), wordsOf(await shell(), "mat-mang")), like);
  }

  const notHere = (why = "chua-co") => redirect(`${shellAddress}#${why}`, 302);

  /** From the network, or what is kept of it, or the page that says why not. */
  async function fromLine(request, kept) {
    if (kept && line.isAway()) {
      line.ask(request.url, PATIENCE_MS, { credentials: "omit" }); // perhaps it is back by the next page
      return shown(await kept.text(), kept);
    }
    const answer = await line.ask(request, kept ? PATIENCE_MS : NOT_KEPT_MS);
    if (answer) return answer;
    return kept ? shown(await kept.text(), kept) : notHere();
  }

  async function lesson(request, id, language) {
    await lessons.turn(id);
    const kept = await lessons.kept(`/bai-hoc/${id}`);
    if (!kept) return fromLine(request, null);
    const { pack } = (await lessons.pack(id)) ?? {};
    if (pack && language && pack.lang !== language && !line.isAway()) {
      const answer = await line.ask(request, PATIENCE_MS);
      if (answer) return answer;
    }
    update(id);
    return shown(await kept.text(), kept);
  }

  async function step(request, url, /** @type {string[]} */ [, id, part, step_]) {
    const kept = await lessons.pack(id);
    if (!kept) return fromLine(request, null);
    const { pack, answer: like } = kept;
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
      const sentAndAsked = send().then(async () => ((await answers.counts()).waiting ? null : line.ask(request, NOT_KEPT_MS)));
      const late = new Promise((resolve) => setTimeout(resolve, ENDING_MS, null));
      const answer = await Promise.race([sentAndAsked.catch(() => null), late]);
      if (answer?.ok) return answer;
    }
    const right = await answers.rightOf(learner);
    return shown(endPage(pack, url, (lesson_) => right.get(lesson_) ?? new Set()), like);
  }

  async function give(request, /** @type {string[]} */ [, id, part, step_]) {
    const kept = await lessons.pack(id);
    const form = kept ? await request.clone().formData() : null;
    const told = kept && answered(kept.pack, part, step_, form.getAll("given").map(String));
    if (!told) return fromLine(request, null);
    if (told.answer) {
      try {
        await answers.give({ id: String(form.get("form") ?? ""), learner: await whoNow(request), lesson: id, ...told.answer });
      } catch (error) {
        if (error?.name !== "QuotaExceededError") throw error;
        // It may still go straight to the server; else the person is told.
        return (await line.ask(request, PATIENCE_MS)) ?? redirect(`${shellAddress}#may-day`, 303);
      }
    }
    return redirect(told.to, 303);
  }

  return {
    /** @returns {Promise<Response> | null}  null: not a matter of this phone */
    serve(request, language) {
      const url = new URL(request.url);
      const found = STEP.exec(url.pathname);
      if (request.method === "POST") return found && found[3] && found[2] !== "xong" ? give(request, found) : null;
      if (request.method !== "GET") return null;
      if (found) return step(request, url, found);
      const [, id] = LESSON.exec(url.pathname) ?? [];
      return id ? lesson(request, id, language) : null;
    },

    /** Any other page of ours, which may be kept in the way everybody sees it. */
    async page(request) {
      return fromLine(request, await lessons.kept(new URL(request.url).pathname));
    },

    /** The page of the phone; it tells by itself what waits. like: the answer it was kept as. */
    async phone(like) {
      const html = await shell();
      return page(line.isAway() ? (await greyedHere(html)).replace(' id="away" hidden>', ' id="away">') : html, like);
    },

    notHere,
  };
}
