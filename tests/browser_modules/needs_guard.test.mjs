// The lint rule of scripts/lint/needs_guard.mjs: what is newer than the target is used behind a feature test only.

import { RuleTester } from "eslint";
import test from "node:test";

import { needsGuard } from "../../scripts/lint/needs_guard.mjs";

const tester = new RuleTester({ languageOptions: { ecmaVersion: 2024, sourceType: "module" } });
const fault = (code, options = []) => ({ code, options, errors: 1 });

test("newer members, globals and options", () => {
  tester.run("needs-guard", needsGuard, {
    valid: [
      "form.requestSubmit?.();",
      "if (form.requestSubmit) form.requestSubmit(); else form.submit();",
      'const able = "replaceChildren" in Element.prototype && node.replaceChildren();',
      'const id = typeof structuredClone === "function" ? structuredClone(a) : copy(a);',
      "function f() { if (!event.submitter) return; use(event.submitter); }",
      "const signal = AbortSignal.timeout?.(3);".replace("AbortSignal", "self.AbortSignal"),
      "navigator.locks?.request('a', work);",
      "const at = (list) => list[0]; at(list);",
      "mine.at = way;",
      "const timeout = setTimeout(f); other.timeout(3);",
      "import { structuredClone } from './ours.js'; structuredClone(a);",
      "new Intl.DateTimeFormat('vi', { day: 'numeric' });",
      "fetch('/a', { method: 'POST', credentials: 'same-origin' });",
      "fetch(request);",
      "fetch('/a', { ...how, signal });",
      { code: "Object.fromEntries(pairs);", options: [{ asked: ["fromEntries"] }] },
      { code: "new AbortController();", options: [{ asked: ["AbortController"] }] },
    ],
    invalid: [
      fault("form.requestSubmit();"),
      fault("node.replaceChildren(other);"),
      fault("send(event.submitter);"),
      fault("last = list.at(-1);"),
      fault("Object.hasOwn(a, b);"),
      fault("crypto.randomUUID();"),
      fault("text.replaceAll('a', 'b');"),
      fault("structuredClone(a);"),
      fault("new CompressionStream('gzip');"),
      fault("if (other) form.requestSubmit();"),
      fault("function f() { if (other) return; form.requestSubmit(); }"),
      fault("Object.fromEntries(pairs);", [{ asked: ["flatMap"] }]),
      fault("fetch('/a');"),
      fault("env.fetch('/a', { method: 'POST' });"),
      fault("new Intl.DateTimeFormat('vi', { dateStyle: 'short' });"),
    ],
  });
});
