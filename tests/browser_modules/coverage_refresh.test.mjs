// Fresh figures on an open page of coverage: the same words and numbers as the server writes.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  bringUpToDate, cellsOf, lacking, sayNumber, sayShare, shadeOf,
} from "../../community_teams/static/coverage/refresh.js";

const SHADES = "0 #ffffcc #1b1b1b,20 #a1dab4 #1b1b1b,50 #41b6c4 #101010,80 #2c7fb8 #000000,95 #253494 #ffffff";

test("numbers and shares are told as the server tells them, cut and never rounded up", () => {
  assert.equal(sayNumber(1234567), "1.234.567");
  assert.equal(sayNumber(0), "0");
  assert.equal(sayNumber(null), "–");
  assert.equal(sayShare(9999, 10000), "99,9\u00a0%");
  assert.equal(sayShare(29, 100), "29\u00a0%");
  assert.equal(sayShare(2, 3), "66,6\u00a0%");
  assert.equal(sayShare(24, 23), "104,3\u00a0%");
  assert.equal(sayShare(0, 17), "0\u00a0%");
  assert.equal(sayShare(null, 17), "–");
  assert.equal(sayShare(3, 0), "–");
  assert.equal(sayShare(3, null), "–");
});

test("what is lacking to the goal counts whole households", () => {
  assert.equal(lacking([100, 94], 95), 1);
  assert.equal(lacking([101, 95], 95), 1);
  assert.equal(lacking([100, 99], 95), 0);
  assert.equal(lacking([null, null], 95), null);
});

test("classes begin where the legend says", () => {
  assert.deepEqual(shadeOf(0, SHADES), { fill: "#ffffcc", ink: "#1b1b1b" });
  assert.deepEqual(shadeOf(94, SHADES), { fill: "#2c7fb8", ink: "#000000" });
  assert.deepEqual(shadeOf(130, SHADES), { fill: "#253494", ink: "#ffffff" });
});

test("a number that is not told stays untold", () => {
  assert.deepEqual(cellsOf([100, 50, null, 120], 95), ["50", "100", "50\u00a0%", "120", "–", "45"]);
  assert.deepEqual(cellsOf([null, null, 30, 120], 95), ["30", "–", "–", "120", "25\u00a0%", "–"]);
});

class Text {
  constructor(text) {
    this.nodeType = 3;
    this.data = text;
  }
}

class Element {
  constructor({ attributes = {}, text = "", found = {}, row = null } = {}) {
    Object.assign(this, { attributes, found, row, textContent: text, firstChild: new Text(text), dataset: {} });
  }
  getAttribute(name) { return this.attributes[name]; }
  setAttribute(name, value) { this.attributes[name] = value; }
  querySelector(what) { return this.found[what]?.[0] ?? null; }
  querySelectorAll(what) { return this.found[what] ?? []; }
  closest() { return this.row; }
}

function pageOfTwo() {
  const shape = (code, name) => {
    const parts = {
      path: [new Element({ attributes: { fill: "#ffffcc" } })], title: [new Element()],
      text: [new Element()], ".map-value": [new Element({ text: "0" })],
    };
    return new Element({ attributes: { href: `/do-phu/${code}`, "aria-label": `${name}: 0 %` }, found: parts });
  };
  const cells = Array.from({ length: 6 }, () => new Element({ text: "0" }));
  const row = new Element({ found: { td: cells, "[data-listed]": [new Element({ text: "0" })] } });
  const link = new Element({ attributes: { href: "/do-phu/15601" }, row });
  const shapes = [shape("15601", "xã An"), shape("15602", "xã Bình")];
  const own = new Element();
  own.dataset.own = "share";
  const found = { "#map svg a[href], .figures-table th a[href]": [...shapes, link], "[data-own]": [own] };
  const frame = new Element();
  Object.assign(frame.dataset, {
    areas: "v1", codes: "15601 15602", shades: SHADES, goal: "95",
    sentence: "{name}: {share}, đã gặp {reached} trên {households} hộ",
  });
  return { page: new Element({ found }), frame, shapes, cells, row, own };
}

test("map, table and head figures say the new numbers; a hidden place is left alone", () => {
  const { page, frame, shapes, cells, row, own } = pageOfTwo();

  assert.equal(bringUpToDate(page, frame, { areas: "v1", own: [200, 90, 95, 210], counts: [[100, 81, 85, 110], null] }), true);

  const said = "xã An: 81\u00a0%, đã gặp 81 trên 100 hộ";
  assert.equal(shapes[0].getAttribute("aria-label"), said);
  assert.equal(shapes[0].querySelector("title").textContent, said);
  assert.equal(shapes[0].querySelector("path").getAttribute("fill"), "#2c7fb8");
  assert.equal(shapes[0].querySelector(".map-value").textContent, "81");
  assert.equal(shapes[1].getAttribute("aria-label"), "xã Bình: 0 %");
  assert.deepEqual(cells.map((cell) => cell.firstChild.data), ["85", "100", "81\u00a0%", "110", "77,2\u00a0%", "14"]);
  assert.equal(row.querySelector("[data-listed]").textContent, "81");
  assert.equal(own.textContent, "45\u00a0%");
});

test("where more than numbers has changed, nothing is touched", () => {
  const { page, frame, shapes } = pageOfTwo();

  assert.equal(bringUpToDate(page, frame, { areas: "v2", own: null, counts: [[100, 81, 85, 110]] }), false);
  assert.equal(shapes[0].getAttribute("aria-label"), "xã An: 0 %");
});
