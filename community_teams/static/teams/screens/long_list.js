/* A list of any length, rendered block by block near the screen (windowing.js). A block that is not rendered keeps its
   height, so that the page scrolls as if all were there; each row has its position in the whole list. */

import { refill } from "./templates.js";
import { blocksOf, changes } from "./windowing.js";

const GUESSED_ROW = 80;
/* About two screens in both directions, so that blocks are rendered before they are scrolled into view. */
const NEAR = "1500px 0px";
/* Blocks rendered in one frame, so that a jump to the end does not block scrolling. */
const A_FRAME = 2;
/* Milliseconds after which the rest follows the first block: while somebody types, only the visible part is rendered. */
const REST_AFTER = 120;

/** Show `rows` in `list` (role="list"). drawRow: gives a row's element. Returns {show(rows), stop()}. */
export function longList(list, drawRow) {
  let watcher = null;
  let rows = [];
  let blocks = [];
  let places = [];
  const rendered = new Set();
  const near = new Set();
  let height = GUESSED_ROW;
  let asked = 0;
  let later = 0;

  function show(shown) {
    stop();
    rows = shown;
    blocks = blocksOf(rows.length);
    places = blocks.slice(0, 1).map(placeOf);
    const rest = document.createElement("div");
    rest.setAttribute("role", "none");
    rest.style.height = `${height * Math.max(0, rows.length - (blocks[0]?.last ?? 0))}px`;
    refill(list, ...places, rest);
    if (places.length) drawBlock(0);
    later = setTimeout(showRest, REST_AFTER, rest);
  }

  function showRest(rest) {
    const more = blocks.slice(1).map((block, place) => placeOf(block, place + 1));
    places.push(...more);
    rest.replaceWith(...more);
    watcher = new IntersectionObserver(watch, { rootMargin: NEAR });
    for (const place of places) watcher.observe(place);
  }

  function placeOf(block, number) {
    const place = document.createElement("div");
    place.setAttribute("role", "none");
    place.className = "block";
    place.dataset.number = number;
    place.style.height = `${height * (block.last - block.first)}px`;
    return place;
  }

  function watch(entries) {
    for (const entry of entries) {
      const number = Number(entry.target.dataset.number);
      if (entry.isIntersecting) near.add(number);
      else near.delete(number);
    }
    if (!asked) asked = requestAnimationFrame(redraw);
  }

  function redraw() {
    asked = 0;
    const held = document.activeElement?.closest?.(".block")?.dataset.number;
    const { draw, put } = changes(near, rendered, held === undefined ? null : Number(held));
    for (const number of put) putAway(number);
    for (const number of draw.slice(0, A_FRAME)) drawBlock(number);
    if (draw.length > A_FRAME) asked = requestAnimationFrame(redraw);
  }

  function drawBlock(number) {
    if (rendered.has(number)) return;
    rendered.add(number);
    const { first, last } = blocks[number];
    const pieces = rows.slice(first, last).map((row, within) => {
      const item = document.createElement("div");
      item.setAttribute("role", "listitem");
      item.setAttribute("aria-posinset", String(first + within + 1));
      item.setAttribute("aria-setsize", String(rows.length));
      item.append(drawRow(row));
      return item;
    });
    refill(places[number], ...pieces);
    places[number].style.height = "";
  }

  function putAway(number) {
    rendered.delete(number);
    const place = places[number];
    const { first, last } = blocks[number];
    const tall = place.offsetHeight;
    if (last - first && tall) height = tall / (last - first);
    place.style.height = `${tall}px`;
    refill(place);
  }

  function stop() {
    watcher?.disconnect();
    clearTimeout(later);
    cancelAnimationFrame(asked);
    asked = 0;
    rendered.clear();
    near.clear();
  }

  return { show, stop };
}
