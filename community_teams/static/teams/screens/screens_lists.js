/* Hamlets, lanes, households and appointments. */

import { addressOf } from "./addresses.js";
import { longList } from "./long_list.js";
import { dayOf, sayDay, sayNumber } from "./dates.js";
import { draw, refill, say, slot } from "./templates.js";
import { appointments, countsOf, FILTERS, found, grouped, leftIn } from "./worklist_view.js";

export const nameOf = (row) => (row.label ? `${row.short_code} · ${row.label}` : row.short_code);
const toHousehold = (row) => addressOf(["ho", row.id]);

/** The state of a household in a few words. */
export function stateWords(row) {
  const words = row.status !== "active" ? say(`status.${row.status}`)
    : row.last_outcome ? say(`outcome.${row.last_outcome}`) : say("nobody_came");
  const parts = [words, sayDay(row.last_visited_on), row.waiting ? say("on_this_phone") : ""];
  return parts.filter(Boolean).join(" · ");
}

function drawRow(row, { lane = true } = {}) {
  const about = [lane ? row.lane : "", stateWords(row)].filter(Boolean).join(" · ");
  const appointment = row.next_visit_on ? say("appointment", { day: sayDay(row.next_visit_on) }) : "";
  return draw("part-row", { name: nameOf(row), about, appointment, to: toHousehold(row) });
}

const item = (piece) => {
  const li = document.createElement("li");
  li.append(piece);
  return li;
};

export async function showHome(app) {
  const rows = await app.rows();
  const { missed, today } = appointments(rows, dayOf(app.now()));
  const due = missed.length || today.length
    ? [draw("part-due", { today: today.length && sayNumber(today.length), missed: missed.length && sayNumber(missed.length) })] : [];
  const hamlets = grouped(rows, "hamlet").map(({ name, households, left }) =>
    draw("part-hamlet", {
      to: addressOf(["thon", name]),
      name: app.hamletName(name),
      left: sayNumber(left),
      reached: sayNumber(households - left),
      households: sayNumber(households),
    }));
  const ids = await app.phone.drafts.households();
  const drafts = (await Promise.all(ids.map((id) => app.phone.worklist.household(id)))).filter(Boolean);
  return {
    title: say("app"),
    renews: true,
    page: draw("screen-home", {
      empty: !hamlets.length,
      due,
      hamlets,
      drafts: drafts.map((row) => draw("part-draft", { to: toHousehold(row), name: say("household", { name: nameOf(row) }) })),
    }),
  };
}

export async function showHamlet(app, [code]) {
  const rows = found(await app.rows(), { hamlet: code });
  if (!rows.length) return app.missing();
  const name = app.hamletName(code);
  const lanes = grouped(rows, "lane").map((lane) =>
    draw("part-lane", {
      to: addressOf(["thon", code, "ho"], { ngo: lane.name || "-", loc: lane.left ? "chua-den" : "tat-ca" }),
      name: lane.name || say("no_lane"),
      left: sayNumber(lane.left),
      households: sayNumber(lane.households),
    }));
  const all = addressOf(["thon", code, "ho"]);
  const page = draw("screen-hamlet", { name, left: sayNumber(leftIn(rows)), lanes, all });
  return { title: name, page, renews: true };
}

/** The households of a hamlet, of a lane, or all: filtered and searched while typing. */
export async function showList(app, /** @type {string[]} */ [code], query) {
  const lane = query.has("ngo") ? query.get("ngo").replace(/^-$/, "") : undefined;
  const rows = found(await app.rows(), { hamlet: code, lane });
  const counts = countsOf(rows);
  let filter = FILTERS.includes(query.get("loc")) ? query.get("loc") : code && counts["chua-den"] ? "chua-den" : "tat-ca";
  let search = query.get("tim") ?? "";
  const way = code ? ["thon", code, "ho"] : ["tim"];
  const here = (changed = {}) => addressOf(way, { ngo: query.get("ngo"), loc: filter, tim: search, ...changed });

  const name = lane !== undefined ? lane || say("no_lane") : code ? app.hamletName(code) : say("app");
  const page = draw("screen-list", { name });
  const list = longList(slot(page, "rows"), (row) => drawRow(row, { lane: lane === undefined }));
  const box = page.querySelector('input[name="tim"]');
  const foundLine = slot(page, "found");
  const filters = slot(page, "filters");
  let settled = 0;
  box.value = search;

  refill(filters, ...FILTERS.map((each) => {
    const entry = draw("part-filter", { words: say(`filter.${each}`, { n: sayNumber(counts[each]) }), to: here({ loc: each }) });
    entry.querySelector("a").addEventListener("click", (event) => {
      event.preventDefault();
      filter = each;
      refresh();
    });
    return entry;
  }));
  const links = [...filters.querySelectorAll("a")];

  function refresh() {
    const shown = found(rows, { filter, search });
    list.show(shown);
    foundLine.textContent = search ? say("found", { words: search, n: sayNumber(shown.length) }) : say("shown", { n: sayNumber(shown.length) });
    links.forEach((link, place) => {
      if (FILTERS[place] === filter) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
    // Browsers limit how often the address may change, so not at every letter.
    clearTimeout(settled);
    settled = setTimeout(() => app.stay(here()), 300);
  }

  box.addEventListener("input", () => {
    // A search is among all households, not only those left to visit.
    if (!search && box.value) filter = "tat-ca";
    search = box.value;
    refresh();
  });
  page.querySelector("[data-search]").addEventListener("submit", (event) => {
    event.preventDefault();
    box.blur();
  });
  function gone() {
    clearTimeout(settled);
    list.stop();
  }
  return { title: name, page, shown: refresh, gone, focus: code ? null : box };
}

export async function showDue(app) {
  const due = appointments(await app.rows(), dayOf(app.now()));
  const lists = Object.fromEntries(Object.entries(due).map(([name, rows]) =>
    [name, rows.length ? rows.map((row) => item(drawRow(row))) : undefined]));
  const page = draw("screen-due", { ...lists, any: due.missed.length + due.today.length + due.later.length });
  return { title: page.querySelector("h1").textContent, page };
}
