// An ESLint rule: what is newer than the target, and what eslint-plugin-compat does not see, is used only behind a
// feature test. It does not see members of instances (form.requestSubmit), and options (dateStyle).
//
// A feature test is: `thing?.member?.()`, `if (thing.member) …`, `"member" in thing && …`, `typeof Name !== "undefined"`,
// or an earlier `if (!thing.member) return` in a block around. What somebody asked for before the file was loaded at all
// is named by the option `asked`; eslint.config.mjs reads it out of the very lists that are asked.

/** Member -> the first browsers that have it (caniuse, MDN; read in December 2026). Every one is above Chrome 63 or
 * Safari 12. Names that older classes have as well, such as text(), are left out: a name alone does not tell them apart. */
export const MEMBERS = {
  allSettled: "Chrome 76, Safari 13",
  any: "Chrome 85, Safari 14",
  arrayBuffer: "of a Blob: Chrome 76, Safari 14",
  at: "Chrome 92, Safari 15.4",
  checkVisibility: "Chrome 105, Safari 17.4",
  cookieStore: "Chrome 87, Safari 18.4",
  databases: "Chrome 72, Safari 14",
  elementInternals: "Chrome 77, Safari 16.4",
  findLast: "Chrome 97, Safari 15.4",
  findLastIndex: "Chrome 97, Safari 15.4",
  flat: "Chrome 69, Safari 12",
  flatMap: "Chrome 69, Safari 12",
  fromAsync: "Chrome 121, Safari 16.4",
  fromEntries: "Chrome 73, Safari 12.1",
  getBattery: "never in Safari",
  getInstalledRelatedApps: "never in Safari",
  getSetCookie: "Chrome 113, Safari 17",
  groupBy: "Chrome 117, Safari 17.4",
  hasOwn: "Chrome 93, Safari 15.4",
  isWellFormed: "Chrome 111, Safari 16.4",
  locks: "Chrome 69, Safari 15.4",
  matchAll: "of a String: Chrome 73, Safari 13",
  periodicSync: "Chrome 80, never in Safari",
  persist: "of storage: Safari 15.2",
  randomUUID: "Chrome 92, Safari 15.4",
  replaceAll: "Chrome 85, Safari 13.1",
  replaceChildren: "Chrome 86, Safari 14",
  requestSubmit: "Chrome 76, Safari 16",
  showPopover: "Chrome 114, Safari 17",
  startViewTransition: "Chrome 111, Safari 18",
  submitter: "Chrome 81, Safari 15.4",
  sync: "of a worker's registration: never in Safari",
  throwIfAborted: "Chrome 100, Safari 15.4",
  timeout: "of AbortSignal: Chrome 103, Safari 16",
  toReversed: "Chrome 110, Safari 16",
  toSorted: "Chrome 110, Safari 16",
  toSpliced: "Chrome 110, Safari 16",
  toWellFormed: "Chrome 111, Safari 16.4",
  trimEnd: "Chrome 66, Safari 12",
  trimStart: "Chrome 66, Safari 12",
  userAgentData: "Chrome 90, never in Safari",
  wakeLock: "Chrome 84, Safari 16.4",
  with: "of an Array: Chrome 110, Safari 16",
  withResolvers: "Chrome 119, Safari 17.4",
};

/** Global names. */
export const GLOBALS = {
  AbortController: "Chrome 66, Safari 12.1",
  AbortSignal: "Chrome 66, Safari 12.1",
  AggregateError: "Chrome 85, Safari 14",
  BigInt: "Chrome 67, Safari 14",
  BroadcastChannel: "Chrome 54, Safari 15.4",
  CompressionStream: "Chrome 80, Safari 16.4",
  cookieStore: "Chrome 87, Safari 18.4",
  DecompressionStream: "Chrome 80, Safari 16.4",
  FinalizationRegistry: "Chrome 84, Safari 14.1",
  IntersectionObserver: "Safari 12.1",
  PointerEvent: "Safari 13",
  queueMicrotask: "Chrome 71, Safari 12.1",
  reportError: "Chrome 95, Safari 15.4",
  requestIdleCallback: "never in Safari",
  ResizeObserver: "Chrome 64, Safari 13.1",
  structuredClone: "Chrome 98, Safari 15.4",
  TransformStream: "Chrome 67, Safari 14.1",
  WeakRef: "Chrome 84, Safari 14.1",
};

/** Members whose name older classes have as well: only of these objects they are the newer ones. */
const ONLY_OF = {
  allSettled: ["Promise"],
  any: ["Promise", "AbortSignal"],
  arrayBuffer: ["blob", "file"],
  matchAll: [],
  persist: ["storage"],
  sync: ["registration"],
  timeout: ["AbortSignal"],
};

/** Members that are looked at without being called; every other is a method, and harmless until it is called. */
const PROPERTIES = new Set(["cookieStore", "locks", "periodicSync", "submitter", "sync", "userAgentData", "wakeLock"]);

/** Options that an older browser leaves out without a word -> what is read instead. */
const OPTIONS = {
  dateStyle: "Chrome 76, Safari 14.1: name day, month, year",
  timeStyle: "Chrome 76, Safari 14.1: name hour, minute",
};

const lastName = (node) => node.property?.name ?? node.name ?? null;

function isIn(node, ancestor) {
  for (let each = node; each; each = each.parent) if (each === ancestor) return true;
  return false;
}

/** Leaves the block it stands in: return, throw, continue, break. */
function leaves(statement) {
  const last = statement?.type === "BlockStatement" ? statement.body.at(-1) : statement;
  return ["ReturnStatement", "ThrowStatement", "ContinueStatement", "BreakStatement"].includes(last?.type);
}

function isGuarded(node, name, source) {
  const named = (part) => part && new RegExp(`\\b${name}\\b`).test(source.getText(part));
  for (let inner = node, outer = node.parent; outer; inner = outer, outer = outer.parent) {
    if (["IfStatement", "ConditionalExpression"].includes(outer.type)) {
      if (inner === outer.test || named(outer.test)) return true;
    }
    if (outer.type === "LogicalExpression" && (inner === outer.left || named(outer.left))) return true;
    if (outer.type === "UnaryExpression" && ["!", "typeof"].includes(outer.operator)) return true;
    if (outer.type === "BinaryExpression" && outer.operator === "in") return true;
    if (outer.type === "BlockStatement" || outer.type === "Program") {
      const before = outer.body.slice(0, outer.body.findIndex((statement) => isIn(node, statement)));
      if (before.some((each) => each.type === "IfStatement" && named(each.test) && leaves(each.consequent))) return true;
    }
  }
  return false;
}

export const needsGuard = {
  meta: {
    type: "problem",
    schema: [{ type: "object", properties: { asked: { type: "array", items: { type: "string" } } } }],
    messages: {
      member: "{{name}} came with {{since}}: test for it first, or use what older browsers have",
      option: "{{name}} came with {{since}}",
      credentials: "say which credentials: Chrome sent no cookie before version 72, Safari before 12, unless told",
    },
  },
  create(context) {
    const source = context.sourceCode;
    const asked = new Set(context.options[0]?.asked ?? []);
    const report = (node, name, since) => {
      if (!asked.has(name) && !isGuarded(node, name, source)) context.report({ node, messageId: "member", data: { name, since } });
    };
    return {
      MemberExpression(node) {
        const name = node.computed ? null : node.property.name;
        if (!name || !Object.hasOwn(MEMBERS, name)) return;
        if (Object.hasOwn(ONLY_OF, name) && !ONLY_OF[name].includes(lastName(node.object))) return;
        // `thing.member?.…`: what comes after is left out where the member is not there.
        const { parent } = node;
        if (!PROPERTIES.has(name) && parent.callee !== node) return;
        if (parent.optional && (parent.callee === node || parent.object === node)) return;
        report(node, name, MEMBERS[name]);
      },
      Identifier(node) {
        if (!Object.hasOwn(GLOBALS, node.name)) return;
        const { parent } = node;
        if (parent.type === "MemberExpression" && parent.property === node && !parent.computed) return;
        if (parent.type === "Property" && parent.key === node && !parent.computed && parent.value !== node) return;
        const reference = source.getScope(node).references.find((each) => each.identifier === node);
        if (!reference || reference.resolved?.defs.length) return; // a name of our own
        report(node, node.name, GLOBALS[node.name]);
      },
      CallExpression({ callee, arguments: [what, how] }) {
        if (lastName(callee) !== "fetch" || !what) return;
        // A request that the browser made carries its own, and options made elsewhere are looked at there.
        if (["request", "plain"].includes(what.name) || (how && how.type !== "ObjectExpression")) return;
        const told = how?.properties.some((each) => each.type === "SpreadElement" || each.key.name === "credentials");
        if (!told) context.report({ node: callee, messageId: "credentials" });
      },
      "NewExpression Property"(node) {
        const name = node.key.name;
        if (Object.hasOwn(OPTIONS, name)) context.report({ node, messageId: "option", data: { name, since: OPTIONS[name] } });
      },
    };
  },
};
