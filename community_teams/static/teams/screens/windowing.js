/* Ten thousand rows in blocks, of which only those near the screen are rendered. */

export const BLOCK = 20;

/** Blocks of a list of `total` rows: [{first, last}], `last` not among them. */
export function blocksOf(total, size = BLOCK) {
  return Array.from({ length: Math.ceil(total / size) }, (_, place) => ({
    first: place * size,
    last: Math.min(total, (place + 1) * size),
  }));
}

/** Blocks to draw, from the middle of `near` outwards, and blocks to remove.
    near, rendered: numbers of blocks. held: the block with the focus, never removed; null if there is none. */
export function changes(near, rendered, held = null) {
  const middle = (Math.min(...near) + Math.max(...near)) / 2;
  const fromMiddle = (place) => Math.abs(place - middle);
  return {
    draw: [...near].filter((place) => !rendered.has(place)).sort((one, other) => fromMiddle(one) - fromMiddle(other)),
    put: [...rendered].filter((place) => !near.has(place) && place !== held).sort((one, other) => one - other),
  };
}
