// What code for browsers, and code beside it, may say. `npx eslint .` (make check); why: docs/browser_code.md.

import { readFileSync } from "node:fs";

import compat from "eslint-plugin-compat";
import globals from "globals";

import { NEEDS } from "./learning/static/learning/able.js";
import { BROWSERS } from "./scripts/browser/target.mjs";
import { GLOBALS, needsGuard } from "./scripts/lint/needs_guard.mjs";

const PAGES = ["*/static/**/*.js", "*/*/static/**/*.js"];

/** "Object.fromEntries crypto.subtle" -> ["fromEntries", "subtle"] */
const names = (paths) => paths.map((path) => path.split(".").pop());

/** What web/keeping.js asks for before any worker is registered and before a page's script counts on one. */
const keeping = readFileSync("foundation/web/static/keeping.js", "utf8");
const forWorkers = JSON.parse(/const NEEDED = (\[[^\]]*\])/.exec(keeping)[1]);
/** What the page of the team's app has it ask for besides. */
const app = readFileSync("community_teams/templates/phones/app.html", "utf8");
const forTeams = /needs="([^"]+)"/.exec(app)[1].split(" ");

const guarded = (files, asked) => ({ files, rules: { "ours/needs-guard": ["error", { asked: names(asked) }] } });

export default [
  { ignores: ["node_modules/", "tests/engines/node_modules/", "build/", "var/", ".venv/", ".cache/"] },
  {
    files: ["**/*.{js,mjs}"],
    languageOptions: { ecmaVersion: 2024, sourceType: "module" },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "no-undef": "error",
      "no-unused-vars": ["error", { args: "after-used", caughtErrors: "none", ignoreRestSiblings: true }],
      "no-const-assign": "error",
      "no-dupe-keys": "error",
      "no-unreachable": "error",
      "no-fallthrough": "error",
      "no-self-assign": "error",
      "no-unsafe-finally": "error",
      "no-cond-assign": "error",
      "no-async-promise-executor": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "prefer-const": "error",
      eqeqeq: ["error", "always", { null: "ignore" }],
    },
  },
  {
    files: PAGES,
    languageOptions: { globals: globals.browser },
    plugins: { compat, ours: { rules: { "needs-guard": needsGuard } } },
    settings: {
      browsers: BROWSERS,
      // What the rule of our own looks after, whose feature tests this plugin does not understand.
      polyfills: [...Object.keys(GLOBALS), "Blob.stream", "Object.fromEntries", "navigator.wakeLock", "Lock"],
    },
    rules: { "compat/compat": "error", "ours/needs-guard": "error" },
  },
  guarded(["learning/static/learning/letters/*.js"], NEEDS.letters),
  guarded(["learning/static/learning/offline/*.js"], forWorkers),
  guarded(["foundation/web/static/offline/*.js"], forWorkers),
  guarded(["community_teams/static/teams/{phone,screens}/*.js"], [...forWorkers, ...forTeams]),
  { files: ["*/static/**/worker.js"], languageOptions: { globals: globals.serviceworker } },
  { files: ["foundation/web/static/{keeping,too_old}.js"], languageOptions: { sourceType: "script" } },
  { files: ["tests/**/*.mjs", "scripts/**/*.mjs", "*.mjs"], languageOptions: { globals: globals.node } },
  { files: ["tests/browser/**/*.js", "tests/faults/page.mjs"], languageOptions: { globals: globals.browser } },
];
