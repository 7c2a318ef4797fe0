// A PostCSS plugin: sides by their physical names. Logical ones came with Safari 12.1, the short ones (margin-inline,
// inset-block) with Chrome 87 and Safari 14.1. Every language of ours runs from left to right and from top to bottom.

const SIDES = { inline: ["left", "right"], block: ["top", "bottom"] };
const SIZES = { "inline-size": "width", "block-size": "height" };

/** The physical declarations of a logical one, as [property, value]; null where it is none. */
export function physical(property, value) {
  const size = /^(min-|max-)?((?:inline|block)-size)$/.exec(property);
  if (size) return [[`${size[1] ?? ""}${SIZES[size[2]]}`, value]];
  const side = /^(margin|padding|inset|border|scroll-margin|scroll-padding)-(inline|block)(?:-(start|end))?(?:-(width|style|color))?$/.exec(property);
  if (!side) return null;
  const [, kind, axis, edge, part] = side;
  const nameOf = (place) => `${kind === "inset" ? place : `${kind}-${place}`}${part ? `-${part}` : ""}`;
  const [first, second] = SIDES[axis];
  if (edge) return [[nameOf(edge === "start" ? first : second), value]];
  // A border's value says the same of both sides; the others may say two.
  const values = kind === "border" ? [value] : value.match(/(?:[^\s(]|\((?:[^()]|\([^()]*\))*\))+/g);
  return [[nameOf(first), values[0]], [nameOf(second), values[1] ?? values[0]]];
}

export const physicalSides = {
  postcssPlugin: "physical-sides",
  Once(root) {
    root.walkDecls((found) => {
      const lowered = physical(found.prop, found.value);
      if (!lowered) return;
      for (const [prop, value] of lowered) found.cloneBefore({ prop, value });
      found.remove();
    });
  },
};
