// A PostCSS plugin: where a browser knows no `gap` in flex boxes, the children get margins instead, so that buttons do
// not touch each other; grids get `grid-gap`, by which Chrome knew it before 66.
//
// Flex gap came with Chrome 84, Safari 14.1 and Samsung Internet 14. `@supports (gap: 1px)` is true long before, because
// of grids; `inset` came with Chrome 87, Safari 14.1 and Samsung Internet 14, which is close enough: Chrome 84 to 86
// have both the gap and the margin, and nothing touches.

// No element has this id: it makes the margins weigh more than a child's own `margin: 0`.
const EACH = " > :not(#gap)";
const LAST = " > * + :last-child:not(#gap)";
const WITHOUT_FLEX_GAP = "not (inset: 0)";

/** [row, column] of a value such as "1rem 2rem". Brackets, as in calc(1rem + 2px), stay whole. */
export function gapsOf(value) {
  const parts = value.match(/(?:[^\s(]|\((?:[^()]|\([^()]*\))*\))+/g) ?? [];
  return [parts[0], parts[1] ?? parts[0]];
}

/** {property: value} of what a rule says about its box, the last word counting. */
function boxOf(rule) {
  const box = {};
  for (const node of rule.nodes) {
    if (node.type !== "decl") continue;
    if (node.prop === "display") box.display = node.value;
    if (node.prop === "flex-direction") box.column = node.value.startsWith("column");
    if (node.prop === "flex-wrap") box.wrap = node.value.startsWith("wrap");
    if (node.prop === "flex-flow") Object.assign(box, { column: /\bcolumn/.test(node.value), wrap: /(^|\s)wrap/.test(node.value) });
    if (node.prop === "gap") [box.row, box.across] = gapsOf(node.value);
    if (node.prop === "row-gap") box.row = node.value;
    if (node.prop === "column-gap") box.across = node.value;
  }
  return box;
}

/** The class that the subject of a selector is known by: "actions" of ".step > .actions"; null for an element. */
const subjectOf = (selector) => /\.([\w-]+)(?::[\w-]+(?:\([^)]*\))?)*$/.exec(selector)?.[1] ?? null;

/** [[selector suffix, {property: value}]] that stand in for the gaps of a flex box. */
function marginsOf({ column, wrap, row, across }) {
  // After each child but the last, and not before: what a form hides stands first in it. An only child keeps its margin,
  // for it may be an icon before bare words. What may wrap has neighbours beneath as well, the last child, too.
  const after = {};
  if (!column && across !== undefined) after["margin-right"] = across;
  if ((column || wrap) && row !== undefined) after["margin-bottom"] = row;
  const side = column ? "margin-bottom" : "margin-right";
  if (!(side in after)) return Object.keys(after).length ? [[EACH, after]] : [];
  return [[EACH, after], [LAST, { [side]: "0" }]];
}

const NO_MARGINS = { column: [[EACH, { "margin-bottom": "0" }]], row: [[EACH, { "margin-right": "0", "margin-bottom": "0" }]] };

/** @returns {() => import("postcss").Plugin} one plugin for all sheets of a build: a later sheet may go on about a box of page.css. */
export function gapMargins() {
  const boxes = new Map(); // class -> what is known of flex boxes of that class
  return {
    postcssPlugin: "gap-margins",
    Once(root, { AtRule, Rule, Declaration }) {
      root.walkRules((rule) => {
        if (rule.parent.type === "atrule" && /keyframes$/.test(rule.parent.name)) return;
        const box = boxOf(rule);
        const subject = subjectOf(rule.selectors[0]);
        const known = boxes.get(subject);
        if (known && box.display === "grid") return put(NO_MARGINS[known.column ? "column" : "row"]);
        if (!/^(?:inline-)?flex$/.test(box.display ?? known?.display ?? "")) return addGridGap(rule, Declaration);
        const whole = { ...known, ...box };
        if (subject) boxes.set(subject, { ...whole, ...known });
        const changes = ["display", "column", "row", "across"].some((property) => property in box);
        if (!changes || (whole.row === undefined && whole.across === undefined)) return undefined;
        if (known && !known.column && whole.column) put(NO_MARGINS.row);
        if (known?.column && !whole.column) put(NO_MARGINS.column);
        return put(marginsOf(whole));

        function put(margins) {
          if (!margins.length) return;
          const fallback = new AtRule({ name: "supports", params: WITHOUT_FLEX_GAP });
          for (const [suffix, values] of margins) {
            const spaced = new Rule({ selector: rule.selectors.map((each) => each + suffix).join(", ") });
            for (const [prop, value] of Object.entries(values)) spaced.append(new Declaration({ prop, value }));
            fallback.append(spaced);
          }
          let place = rule;
          while (place.next()?.type === "atrule" && place.next().params === WITHOUT_FLEX_GAP) place = place.next();
          place.after(fallback);
        }
      });
    },
  };
}

function addGridGap(rule, Declaration) {
  rule.walkDecls(/^(?:row-|column-)?gap$/, (found) => {
    found.before(new Declaration({ prop: `grid-${found.prop}`, value: found.value }));
  });
}
