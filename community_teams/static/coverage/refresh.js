// Updates the figures of an open page: every few minutes it fetches the numbers of the public page. Changes that need more
// than numbers (a place suppressed or shown, another list) need a reload.

export const EVERY = 5 * 60 * 1000;

/** 1234 → "1.234", in Vietnamese format; a dash for null. */
export function sayNumber(value) {
  return value === null ? "–" : String(value).replace(/\B(?=(\d{3})+$)/g, ".");
}

/** A share truncated to a tenth of a percent: "66,6 %", with a non-breaking space. */
export function sayShare(part, whole) {
  if (part === null || !whole) return "–";
  const tenths = Math.floor((part * 1000) / whole + 1e-9);
  const rest = tenths % 10;
  return `${sayNumber(Math.floor(tenths / 10))}${rest ? `,${rest}` : ""}\u00a0%`;
}

/** How many households are missing to `goal` percent of the official list. @param {number[]} counts  [households, listed] */
export function lacking(counts, goal) {
  const [households, listed] = counts;
  return households === null ? null : Math.max(0, Math.floor((goal * households + 99) / 100) - listed);
}

/**
 * Colour and ink of a share on the map.
 *
 * @param {string} shades  "0 #ffffcc #1b1b1b,20 …": where each class begins in percent, its colour and its ink
 */
export function shadeOf(percent, shades) {
  const classes = shades.split(",").map((each) => each.split(" "));
  const [, fill, ink] = classes.filter(([start]) => Number(start) <= percent).pop();
  return { fill, ink };
}

/** The texts of the six cells of an area's row, from its four numbers. */
export function cellsOf(/** @type {any[]} */ counts, goal) {
  const [households, listed, reached, enumerated] = counts;
  return [
    sayNumber(reached ?? listed), sayNumber(households), sayShare(listed, households), sayNumber(enumerated),
    sayShare(reached, enumerated), sayNumber(lacking(counts, goal)),
  ];
}

function write(element, text) {
  // The words of a note beside the number stay.
  if (element.firstChild?.nodeType === 3) element.firstChild.data = text;
  else element.prepend(text);
}

function paint(link, /** @type {number[]} */ [households, listed], /** @type {DOMStringMap} */ { shades, sentence: pattern }) {
  if (!households) return;
  const percent = Math.floor((100 * listed) / households);
  const { fill, ink } = shadeOf(percent, shades);
  link.querySelector("path").setAttribute("fill", fill);
  for (const text of link.querySelectorAll("text")) text.setAttribute("fill", ink);
  const value = link.querySelector(".map-value");
  if (value) value.textContent = String(percent);
  const name = link.getAttribute("aria-label").split(": ")[0];
  const sentence = pattern.replace("{name}", () => name).replace("{share}", sayShare(listed, households))
    .replace("{reached}", sayNumber(listed)).replace("{households}", sayNumber(households));
  link.setAttribute("aria-label", sentence);
  link.querySelector("title").textContent = sentence;
}

/**
 * Put fresh numbers in their places.
 *
 * @param {Document} page
 * @param {HTMLElement} frame  of the map: data-areas, data-shades, data-goal, data-sentence
 * @param {{areas: string, own: ?number[], counts: Array<?number[]>}} fresh  counts in the order of the areas' codes,
 *   null for a suppressed one: households on the official list, reached of those, reached, enumerated
 * @returns {boolean} false if the page does not fit the numbers any more; then nothing was changed
 */
export function bringUpToDate(page, frame, fresh) {
  if (fresh.areas !== frame.dataset.areas) return false;
  const goal = Number(frame.dataset.goal);
  const links = new Map();
  for (const link of page.querySelectorAll("#map svg a[href], .figures-table th a[href]")) {
    const code = link.getAttribute("href").split("/").pop();
    links.set(code, [...(links.get(code) ?? []), link]);
  }
  frame.dataset.codes.split(" ").forEach((code, place) => {
    const counts = fresh.counts[place];
    if (!counts) return;
    for (const link of links.get(code) ?? []) {
      const row = link.closest("tr");
      if (!row) paint(link, counts, frame.dataset);
      else {
        const cells = row.querySelectorAll("td");
        cellsOf(counts, goal).forEach((text, column) => write(cells[column], text));
        const listed = row.querySelector("[data-listed]");
        if (listed) listed.textContent = sayNumber(counts[1]);
      }
    }
  });
  if (fresh.own) {
    const [met, households, share, enumerated, shareOfEnumerated, left] = cellsOf(fresh.own, goal);
    const own = { met, households, share, enumerated, shareOfEnumerated, left, listed: sayNumber(fresh.own[1]) };
    for (const place of page.querySelectorAll("[data-own]")) place.textContent = own[place.dataset.own];
  }
  return true;
}

async function refresh(page, frame, notice) {
  try {
    // The browser sends its ETag: an unchanged answer is a 304 without a body.
    const answer = await fetch(frame.dataset.counts, { credentials: "same-origin", cache: "no-cache" });
    if (answer.ok && !bringUpToDate(page, frame, await answer.json())) notice.hidden = false;
  } catch {
    // No network just now: the figures stay as they were, with their day beside them.
  }
}

const frame = globalThis.document?.getElementById("map");
if (frame?.dataset.counts) {
  const notice = document.getElementById("fresher");
  let last = Date.now();
  const look = () => {
    if (document.visibilityState !== "visible" || Date.now() - last < EVERY) return;
    last = Date.now();
    refresh(document, frame, notice);
  };
  document.addEventListener("visibilitychange", look);
  setInterval(look, EVERY);
}
