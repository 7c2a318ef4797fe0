// With one question more in the form, "solar_lamp" (added_question.py): what the phone's modules make of it.

import assert from "node:assert/strict";

import "../browser_modules/form.mjs";
import { knownFrom } from "../../community_teams/static/teams/phone/records.js";
import { stepOfPath } from "../../community_teams/static/teams/screens/validation.js";
import { answersOf, stepToGoOn } from "../../community_teams/static/teams/screens/flow.js";
import { valueOf } from "../../community_teams/static/teams/screens/form.js";
import { answerLine } from "../../community_teams/static/teams/screens/answer_lines.js";
import { readyToSend, stillKnown } from "../../community_teams/static/teams/screens/visit_record.js";

const words = { "question.solar_lamp": "Có đèn?", "yes_no.false": "Không" };
const say = (name) => words[name] ?? name;
const record = { outcome: "met_done", solar_lamp: false };

assert.equal(valueOf("solar_lamp", "false"), false);
assert.ok(answersOf("dien").includes("solar_lamp"));
assert.equal(stepOfPath("solar_lamp", record), "dien");
assert.equal(stepToGoOn(record), "da-giup");
assert.deepEqual(readyToSend(record), record);
assert.deepEqual(knownFrom(record), { solar_lamp: false });
assert.deepEqual(stillKnown(record), { solar_lamp: false });
assert.equal(answerLine(say, record, "dien"), "Có đèn: Không");
