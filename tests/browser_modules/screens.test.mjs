// What the screens of the team's app decide without a browser: lists, the order of the form, what a visit says.

import "./form.mjs";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { normalise } from "../../community_teams/static/teams/phone/normalise.js";
import { addressOf, readAddress } from "../../community_teams/static/teams/screens/addresses.js";
import { answerAt, withAnswer } from "../../community_teams/static/teams/screens/answers.js";
import { faultsIn, numberFault } from "../../community_teams/static/teams/screens/validation.js";
import {
  issueOf, personOf, progressOf, stepAfter, stepBefore, stepsOf, stepToGoOn,
} from "../../community_teams/static/teams/screens/flow.js";
import { stepped, valueOf } from "../../community_teams/static/teams/screens/form.js";
import { dayOf, daysAfter, sayMoment, sayNumber } from "../../community_teams/static/teams/screens/dates.js";
import { asBefore, readyToSend, stillKnown } from "../../community_teams/static/teams/screens/visit_record.js";
import { blocksOf, changes } from "../../community_teams/static/teams/screens/windowing.js";
import {
  appointments, countsOf, found, grouped, leftIn, nextDoor,
} from "../../community_teams/static/teams/screens/worklist_view.js";

const { folded, number_faults: numberFaults } = JSON.parse(readFileSync(new URL("same_rules.json", import.meta.url)));
const AGREED = { level: "code", text_version: "2026-11", how: "spoken" };
const NOON = new Date("2026-11-22T05:00:00Z");

const row = (id, more = {}) => {
  const made = { id, short_code: id, hamlet: "H1", lane: "Ngõ 1", label: null, status: "active", last_outcome: null, next_visit_on: null, ...more };
  return { ...made, folded: normalise(`${made.short_code} ${made.lane} ${made.label ?? ""}`) };
};
const ROWS = [
  row("a", { label: "Ông Đặng" }),
  row("b", { last_outcome: "not_home" }),
  row("c", { last_outcome: "met_done", lane: "Ngõ 2" }),
  row("d", { last_outcome: "rescheduled", next_visit_on: "2026-11-22" }),
  row("e", { status: "moved", last_outcome: "moved" }),
  row("f", { hamlet: "H2" }),
];
const ids = (rows) => rows.map((each) => each.id).join("");
const met = (more = {}) => ({ id: "v", household: "h", outcome: "met_done", started_at: "2026-11-22T04:30:00Z", form_version: 1, ...more });

test("words are folded as the server folds them", () => {
  for (const [typed, expected] of folded) assert.equal(normalise(typed), expected, typed);
});

test("numbers that are never kept are found as the server finds them", () => {
  for (const [typed, expected] of numberFaults) assert.equal(numberFault(typed), expected, typed);
});

test("dang finds Đặng, and a filter shows what it says", () => {
  assert.equal(ids(found(ROWS, { search: "dang" })), "a");
  assert.equal(ids(found(ROWS, { search: "ĐẶNG" })), "a");
  assert.equal(ids(found(ROWS, { filter: "chua-den" })), "af");
  assert.equal(ids(found(ROWS, { filter: "vang", hamlet: "H1" })), "b");
  assert.equal(ids(found(ROWS, { lane: "Ngõ 2" })), "c");
  assert.equal(ids(found(ROWS, { filter: "khong-co" })), "abcdef");
  assert.deepEqual(countsOf(ROWS), { "chua-den": 2, vang: 1, "hen-lai": 1, "da-gap": 1, "tat-ca": 6 });
});

test("what is left is counted by hamlet, and who moved away is not left", () => {
  assert.equal(leftIn(ROWS), 4);
  assert.deepEqual(grouped(ROWS, "hamlet"), [
    { name: "H1", households: 4, left: 3 },
    { name: "H2", households: 1, left: 1 },
  ]);
});

test("appointments stand by when they are, and the next door is in the same hamlet", () => {
  assert.equal(ids(appointments(ROWS, "2026-11-22").today), "d");
  assert.equal(ids(appointments(ROWS, "2026-11-23").missed), "d");
  assert.equal(nextDoor(ROWS, "b").id, "a");
  assert.equal(nextDoor(ROWS, "f"), null);
});

test("a long list draws what is near, puts the rest away, and never what holds the focus", () => {
  const blocks = blocksOf(10_001);
  assert.equal(blocks.length, 501);
  assert.deepEqual(blocks.at(-1), { first: 10_000, last: 10_001 });
  assert.deepEqual(blocksOf(0), []);
  assert.deepEqual(changes(new Set([3, 2]), new Set([0, 1, 2]), 0), { draw: [3], put: [1] });
  assert.deepEqual(changes(new Set([10, 11, 12, 13, 14]), new Set()).draw, [12, 11, 13, 10, 14]);
});

test("an address survives strange words, and a broken one leads home", () => {
  const { path, query } = readAddress(addressOf(["thon", "1/2"], { tim: "Đặng & con", loc: "" }));
  assert.deepEqual(path, ["thon", "1/2"]);
  assert.equal(query.get("tim"), "Đặng & con");
  assert.equal(query.has("loc"), false);
  assert.deepEqual(readAddress("#/%E0%A4").path, []);
});

test("an answer taken back leaves nothing behind", () => {
  let record = withAnswer({}, "size.adults", 0);
  assert.deepEqual(record, { size: { adults: 0 } });
  record = withAnswer(record, "size.adults", undefined);
  assert.deepEqual(record, {});
  record = withAnswer(record, "people.1.skills.wifi", 0);
  assert.deepEqual(record, { people: [{}, { skills: { wifi: 0 } }] });
  assert.equal(answerAt(record, "people.1.skills.wifi"), 0);
  assert.deepEqual(withAnswer(record, "people.1.skills.wifi", ""), { people: [{}, {}] });
});

test("counts go up from nothing to one, down to none, and from none to nothing", () => {
  assert.equal(stepped(undefined, 1), 1);
  assert.equal(stepped(undefined, -1), 0);
  assert.equal(stepped(0, -1), undefined);
  assert.equal(stepped(30, 1), 30);
});

test("what is tapped becomes what the server takes", () => {
  assert.equal(valueOf("newborn_pending", "false"), false);
  assert.equal(valueOf("people.0.skills.wifi", "0"), 0);
  assert.equal(valueOf("size.adults", ""), undefined);
  assert.equal(valueOf("size.adults", "hai"), "hai");
  assert.equal(valueOf("note", "12"), "12");
});

test("a knock without a talk is two screens, a refusal to be written down four", () => {
  assert.deepEqual(stepsOf({ outcome: "not_home" }), ["ket-qua", "khong-gap"]);
  assert.deepEqual(stepsOf(met({ consent: { ...AGREED, level: "none" } })), ["ket-qua", "xin-phep", "hen", "xem-lai"]);
});

test("without consent the form asks of the house, never of the family", () => {
  const steps = stepsOf(met());
  assert.ok(steps.includes("song"));
  for (const step of ["gia-dinh", "moi-nguoi", "cam-nhan"]) assert.ok(!steps.includes(step), step);
});

test("people are query one after another and lead back to their list", () => {
  const record = met({ consent: AGREED });
  assert.deepEqual(personOf("nguoi-2-viec"), { row: 1, part: "viec" });
  assert.equal(personOf("nguoi-11-viec"), null);
  assert.equal(issueOf("viec-kho-5"), 4);
  assert.equal(issueOf("viec-kho-6"), null);
  assert.equal(stepAfter(record, null, "nguoi-1-tuoi"), "nguoi-1-viec");
  assert.equal(stepAfter(record, null, "nguoi-1-giup"), "moi-nguoi");
  assert.equal(stepAfter(record, null, "moi-nguoi"), "da-giup");
  assert.equal(stepBefore(record, null, "nguoi-1-viec"), "nguoi-1-tuoi");
  assert.equal(stepAfter(record, null, "xem-lai"), null);
  assert.deepEqual(progressOf(record, null, "nguoi-1-viec"), progressOf(record, null, "moi-nguoi"));
});

test("a repeat visit begins with what is known, and goes on past what was confirmed", () => {
  const known = { visited_at: "2026-09-01", size: { adults: 2 }, people: [{ age_band: "70+", skills: { wifi: 1 } }] };
  const record = met({ consent: AGREED });
  assert.equal(stepAfter(record, known, "xin-phep"), "da-biet");
  assert.equal(stepAfter(record, known, "da-biet"), "gia-dinh");
  assert.equal(stepAfter(record, known, "da-biet", { confirmed: true }), "moi-nguoi");
  assert.deepEqual(asBefore({ size: { adults: 3 } }, known), { size: { adults: 3 }, people: [{ age_band: "70+" }] });
  assert.deepEqual(stillKnown({ consent: { level: "count" }, size: { adults: 2 } }), {});
});

test("a visit that was broken off goes on after its last answer", () => {
  assert.equal(stepToGoOn({ outcome: "not_home" }), "khong-gap");
  assert.equal(stepToGoOn(met({ consent: AGREED, size: { adults: 1 } })), "can-giup");
  assert.equal(stepToGoOn(met({ consent: AGREED, note: "x" })), "xem-lai");
});

test("what the family did not agree to never leaves the phone", () => {
  const told = { size: { adults: 2 }, people: [{ age_band: "70+" }], satisfaction: 3, note: "gần suối", support_given: ["leaflet"] };
  const none = readyToSend(met({ ...told, consent: { ...AGREED, level: "none" } }));
  assert.deepEqual(Object.keys(none).sort(), ["consent", "form_version", "household", "id", "outcome", "started_at"]);
  const unasked = readyToSend(met(told));
  for (const name of ["size", "people", "satisfaction"]) assert.equal(name in unasked, false, name);
  const absent = readyToSend({ ...met(told), outcome: "not_home", consent: AGREED, reason: "đi nương" });
  assert.equal(absent.consent, undefined);
  assert.equal(absent.reason, "đi nương");
});

test("what is sent holds no empty person, no nameless issue, and the help of each person", () => {
  const sent = readyToSend(met({
    consent: AGREED, reason: "đi nương", people: [{}, { helped_with: ["lesson"], lessons: ["at-otp"] }],
    issues: [{ note: "x" }, { type: "signal" }], support_given: ["leaflet"],
  }));
  assert.deepEqual(sent.people, [{ helped_with: ["lesson"], lessons: ["at-otp"] }]);
  assert.deepEqual(sent.issues, [{ type: "signal" }]);
  assert.deepEqual(sent.support_given, ["leaflet", "lesson"]);
  assert.equal(sent.reason, undefined);
});

test("what the server would refuse is told at the door", () => {
  const faults = faultsIn(met({
    size: { adults: 1, aged_60plus: 2 }, devices: { smart: 31 }, trip_saved_km: "xa", next_visit_on: "2026-11-21",
    note: "số 0912345678", issues: [{ level: "commune", note: "0912345678" }, { type: "scam", note: "0912345678" }],
  }));
  assert.deepEqual(faults, {
    note: "phone_number", "issues.1.note": "phone_number", "devices.smart": "out_of_range", trip_saved_km: "not_a_number",
    "size.aged_60plus": "more_than_adults", next_visit_on: "before_visit",
  });
  assert.deepEqual(faultsIn(met({ size: { adults: 0 }, next_visit_on: "2027-11-23" })), {});
});

test("days are Việt Nam's, whatever the phone is set to", () => {
  const late = new Date("2026-11-21T18:05:09Z");
  assert.equal(dayOf(late), "2026-11-22");
  assert.equal(daysAfter("2026-12-30", 3), "2027-01-02");
  assert.equal(sayMoment(late, NOON), "01:05");
  assert.equal(sayMoment(new Date("2026-11-20T11:42:00Z"), NOON), "18:42 20/11/2026");
  assert.equal(sayNumber(1234567), "1.234.567");
});
