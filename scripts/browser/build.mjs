// Builds what browsers load: `node scripts/browser/build.mjs [--check]`. docs/browser_code.md explains the parts.
//
// Reads the static folders of the rooms below, writes build/browser/<digest>/<room>/… and, last of all, the manifest
// that names that folder. The digest covers every input, so nothing is done where nothing changed (about 0.2 s), and
// any number of processes may build at the same time.
//
// --check: builds nothing; ends with 1 where the build is missing or older than the sources.

import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

import { build, transform } from "esbuild";
import postcss from "postcss";

import { gapMargins } from "./gap_margins.mjs";
import { physicalSides } from "./physical_sides.mjs";
import { CLASSIC, COPIED, ROOMS, UNWRAPPED, WORKERS } from "./rooms.mjs";
import { SUPPORTED, TARGET } from "./target.mjs";

const PROJECT_ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PLACE = join(PROJECT_ROOT, "build/browser");
const MANIFEST = join(PLACE, "manifest.json");
// Their licences ask that the notices go wherever the libraries go: /static/vendor/third-party-notices.txt.
const NOTICES = "THIRD_PARTY_NOTICES.md";
// Builds that are kept beside the newest: a process that is just starting may read the one before.
const KEPT_BUILDS = 3;

async function filesBelow(folder) {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)).split(sep).join("/"))
    .sort();
}

/** What pages name: every url_for("<room>.static", filename="….js" or "….css") in a template. Returns Set of names. */
async function namedInTemplates() {
  const named = new Set();
  for (const package_ of ["foundation", "translations", "courses", "learning", "community_teams"]) {
    for (const file of await filesBelow(join(PROJECT_ROOT, package_))) {
      if (!file.endsWith(".html")) continue;
      const text = await readFile(join(PROJECT_ROOT, package_, file), "utf8");
      for (const [, name] of text.matchAll(/filename=["']([\w./-]+\.(?:js|css))["']/g)) named.add(name);
    }
  }
  return named;
}

/** {room: {folder, sources, pages, workers, classic, styles}}: names relative to the room's folder. */
async function plan() {
  const named = await namedInTemplates();
  const rooms = {};
  for (const [room, folder] of Object.entries(ROOMS)) {
    const files = await filesBelow(join(PROJECT_ROOT, folder));
    const sources = files.filter((name) => /\.(js|css)$/.test(name));
    const workers = WORKERS[room] ?? [];
    const classic = CLASSIC[room] ?? {};
    const apart = new Set([...workers, ...Object.keys(classic)]);
    const pages = sources.filter((name) => name.endsWith(".js") && named.has(name) && !apart.has(name));
    // A style sheet that no page names is for paper: WeasyPrint reads it as it is written.
    const styles = sources.filter((name) => name.endsWith(".css") && named.has(name));
    rooms[room] = { folder, sources, pages, workers, classic, styles };
  }
  return rooms;
}

async function digestOf(rooms) {
  const digest = createHash("sha256");
  const inputs = {};
  const own = (await filesBelow(join(PROJECT_ROOT, "scripts/browser"))).map((name) => `scripts/browser/${name}`);
  const sources = Object.values(rooms).flatMap(({ folder, sources }) => sources.map((name) => `${folder}/${name}`));
  for (const name of [...own, "package-lock.json", NOTICES, ...sources]) {
    inputs[name] = createHash("sha256").update(await readFile(join(PROJECT_ROOT, name))).digest("hex");
    digest.update(`${name}\0${inputs[name]}\0`);
  }
  digest.update(JSON.stringify(rooms));
  return { digest: digest.digest("hex").slice(0, 16), inputs };
}

// One for all sheets, page.css first: others go on about its boxes.
const spacing = postcss([physicalSides, gapMargins()]);

/** Static fields as plain assignments. Lowered the other way they need a helper, which every page of the room would then
 * load as a file of its own. */
const assignedFields = {
  name: "assigned-fields",
  setup(building) {
    building.onLoad({ filter: /@noble\/ed25519\/index\.js$/ }, async ({ path }) => ({ contents: await readFile(path, "utf8"), loader: "ts" }));
  },
};

const COMMON = {
  absWorkingDir: PROJECT_ROOT,
  bundle: true,
  minify: true,
  target: TARGET,
  supported: SUPPORTED,
  metafile: true,
  plugins: [assignedFields],
  tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
  sourcemap: true,
  charset: "utf8",
  legalComments: "none",
  logLevel: "error",
  // qr-scanner would import its worker from beside it; the same worker is served as a file (UNWRAPPED).
  external: ["./qr-scanner-worker.min.js"],
  define: {
    // Workbox asks it; without it its messages for developers would travel to every phone.
    "process.env.NODE_ENV": '"production"',
    // Chrome 71 and Safari 12.1 brought the name; pages and workers have always had this one.
    globalThis: "self",
  },
  // A bigint literal becomes a call of BigInt(): the one library that needs it is loaded where BigInt exists.
  logOverride: { "bigint": "silent" },
};

async function buildRoom({ folder, pages, workers, classic, styles }, out) {
  const files = {};
  await mkdir(out, { recursive: true });
  if (pages.length) {
    const { metafile } = await build({
      ...COMMON,
      entryPoints: pages.map((name) => `${folder}/${name}`),
      outbase: folder,
      outdir: out,
      format: "esm",
      splitting: true,
      chunkNames: "[name]-[hash]",
    });
    Object.assign(files, importedBy(metafile, out));
  }
  for (const name of workers) {
    await build({
      ...COMMON,
      entryPoints: [`${folder}/${name}`],
      outfile: join(out, name),
      format: "iife",
      // The server puts the worker's settings in the place of this first line; so the source map stays true.
      banner: { js: "/* settings */" },
      sourcemap: "external",
    });
    files[name] = [];
  }
  for (const [name, target] of Object.entries(classic)) {
    const own = target ? { target, supported: {} } : {};
    await build({ ...COMMON, ...own, entryPoints: [`${folder}/${name}`], outfile: join(out, name), format: "iife" });
    files[name] = [];
  }
  for (const name of styles) {
    const source = await readFile(join(PROJECT_ROOT, folder, name), "utf8");
    const widened = spacing.process(source, { from: `${folder}/${name}`, map: { inline: true } });
    const { code, map } = await transform(widened.css, {
      loader: "css",
      minify: true,
      target: TARGET,
      charset: "utf8",
      sourcefile: name,
      sourcemap: true,
    });
    await mkdir(dirname(join(out, name)), { recursive: true });
    await writeFile(join(out, name), `${code}/*# sourceMappingURL=${name.split("/").pop()}.map */\n`);
    await writeFile(join(out, `${name}.map`), map);
    files[name] = [];
  }
  return files;
}

/** {entry: every other file that it imports, at once or later}, relative to the room's folder. */
function importedBy(metafile, out) {
  const nameOf = (path) => relative(out, join(PROJECT_ROOT, path)).split(sep).join("/");
  const files = {};
  for (const [path, { entryPoint }] of Object.entries(metafile.outputs)) {
    if (!entryPoint || path.endsWith(".map")) continue;
    const seen = new Set();
    const waiting = [path];
    while (waiting.length) {
      for (const { path: imported, external } of metafile.outputs[waiting.pop()].imports) {
        if (external || seen.has(imported) || imported === path) continue;
        seen.add(imported);
        waiting.push(imported);
      }
    }
    // What is imported only later is an entry point of esbuild's, too, but no page names it.
    if (!/-[A-Z0-9]{8}\.js$/.test(path)) files[nameOf(path)] = [...seen].map(nameOf).sort();
  }
  return files;
}

async function buildVendor(out) {
  const files = { "third-party-notices.txt": [] };
  await mkdir(out, { recursive: true });
  await copyFile(join(PROJECT_ROOT, NOTICES), join(out, "third-party-notices.txt"));
  for (const [name, source] of Object.entries(COPIED)) {
    await mkdir(dirname(join(out, name)), { recursive: true });
    await copyFile(join(PROJECT_ROOT, "node_modules", source), join(out, name));
    files[name] = [];
  }
  for (const [name, source] of Object.entries(UNWRAPPED)) {
    const text = await readFile(join(PROJECT_ROOT, "node_modules", source), "utf8");
    const script = text.slice(text.indexOf("`") + 1, text.lastIndexOf("`")).replaceAll("\\`", "`").replaceAll("\\$", "$");
    const { code } = await transform(script, { target: TARGET, supported: SUPPORTED, minify: true });
    await mkdir(dirname(join(out, name)), { recursive: true });
    await writeFile(join(out, name), code);
    files[name] = [];
  }
  return files;
}

async function current() {
  try {
    const { digest } = JSON.parse(await readFile(MANIFEST, "utf8"));
    return existsSync(join(PLACE, digest)) ? digest : null;
  } catch {
    return null;
  }
}

async function removeOldBuilds(newest) {
  const builds = [];
  for (const entry of await readdir(PLACE, { withFileTypes: true })) {
    if (!entry.isDirectory() || entry.name === newest) continue;
    const { mtimeMs } = await stat(join(PLACE, entry.name)).catch(() => ({ mtimeMs: 0 }));
    builds.push({ name: entry.name, mtimeMs });
  }
  builds.sort((one, other) => other.mtimeMs - one.mtimeMs);
  for (const { name } of builds.slice(KEPT_BUILDS)) await rm(join(PLACE, name), { recursive: true, force: true });
}

const rooms = await plan();
const { digest, inputs } = await digestOf(rooms);
if ((await current()) === digest) process.exit(0);
if (process.argv.includes("--check")) {
  console.error("build/browser is older than its sources");
  process.exit(1);
}

const making = join(PLACE, `making-${randomUUID()}`);
const built = {};
try {
  for (const [room, parts] of Object.entries(rooms)) built[room] = await buildRoom(parts, join(making, room));
  built.vendor = await buildVendor(join(making, "vendor"));
  await rename(making, join(PLACE, digest)).catch((error) => {
    // Another process was quicker with the very same files.
    if (!existsSync(join(PLACE, digest))) throw error;
  });
} finally {
  await rm(making, { recursive: true, force: true });
}
const written = join(PLACE, `manifest-${randomUUID()}`);
await writeFile(written, JSON.stringify({ digest, inputs, rooms: built }, null, 1));
await rename(written, MANIFEST);
await removeOldBuilds(digest);
