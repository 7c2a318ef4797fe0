// One request to our server, and whether what came back is an answer of ours at all.

import { Fault } from "./faults.js";

const OURS = /^application\/(problem\+)?json\b/;

/**
 * Ask `address`. Times out after `timeoutMs` of silence or slowness.
 *
 * @returns {Promise<{body: Record<string, any>, date: string | null}>} of a 200 in JSON, and of nothing else
 * Rejects with `offline`, `time_out`, `not_our_answer` (a captive portal, a redirect, a page), `too_large`, `later`
 * {retryAfter: seconds | null}, or what our server refused with: its own `code`, and `status`, `body` (its whole answer).
 */
export async function ask(fetch, address, options, timeoutMs) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), timeoutMs);
  const stopped = new Promise((_, reject) => {
    stop.signal.addEventListener("abort", () => reject(new Fault("time_out")));
  });
  try {
    return await Promise.race([answerTo(), stopped]);
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault(stop.signal.aborted ? "time_out" : "offline");
  } finally {
    clearTimeout(timer);
  }

  async function answerTo() {
    const response = await fetch(address, {
      credentials: "same-origin",
      // Nothing of this may lie unsealed in the browser's own cache, and a redirect is a portal or a sign-in page.
      cache: "no-store",
      redirect: "manual",
      ...options,
      headers: { Accept: "application/json", ...options.headers },
      signal: stop.signal,
    });
    return answerIn(response);
  }
}

async function answerIn(response) {
  const status = response.status;
  // Proxies in front of us refuse and give up in their own words.
  if (status === 413) throw new Fault("too_large", { status });
  if (status === 429 || status >= 500) {
    throw new Fault("later", { status, retryAfter: secondsIn(response.headers.get("Retry-After")) });
  }
  if (response.redirected || !OURS.test(response.headers.get("Content-Type") ?? "")) throw new Fault("not_our_answer");
  let body;
  try {
    body = JSON.parse(await response.text());
  } catch (error) {
    if (error instanceof SyntaxError) throw new Fault("not_our_answer");
    throw error;
  }
  if (status === 200 && body !== null && typeof body === "object") return { body, date: response.headers.get("Date") };
  if (status >= 400 && typeof body?.code === "string") throw new Fault(body.code, { status, body });
  throw new Fault("not_our_answer");
}

function secondsIn(header) {
  const seconds = Number.parseInt(header ?? "", 10);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds, 3600) : null;
}

/** `value` as a JSON body, gzipped where the browser can: a tenth of the bytes on a thin line. */
export async function jsonBody(value) {
  const text = JSON.stringify(value);
  const headers = { "Content-Type": "application/json" };
  if (typeof CompressionStream === "undefined") return { body: text, headers };
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return { body: await new Response(stream).arrayBuffer(), headers: { ...headers, "Content-Encoding": "gzip" } };
}
