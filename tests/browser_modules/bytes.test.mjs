// What two hundred visits weigh on a thin line. The figures stand in docs/decisions/the-phone-sends-while-locked.md.

import "./form.mjs";
import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { test } from "node:test";
import { deflateRawSync, gzipSync } from "node:zlib";

import { jsonBody } from "../../foundation/web/static/offline/requests.js";
import { newId } from "../../foundation/web/static/offline/ids.js";
import { NOON } from "./fakes.mjs";

const SKILLS = ["video_call", "wifi", "install_app", "update_vneid", "document_wallet", "submit_online", "follow_dossier", "qr_payment", "health_record", "scam_call", "otp_secret", "report_156"];
const NOTES = ["", "", "", "Nhà cuối bản, phải gọi trước", "Hẹn tối vì ban ngày đi nương", "Điện thoại con trai mang đi làm xa"];

/** Two hundred visits as a week of walking makes them: most of them met, two to five people each, all skills asked. */
function weekOfVisits() {
  let seed = 20261122;
  const chance = (most) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return (seed >>> 8) % most;
  };
  const one = (list) => list[chance(list.length)];
  const person = () => ({
    age_band: one(["14-17", "18-39", "40-59", "60-69", "70+"]),
    vneid_level: one(["not_installed", "installed", "level1", "level2", "unknown"]),
    ...(chance(3) ? { documents: ["bhyt"] } : {}),
    skills: Object.fromEntries(SKILLS.map((skill) => [skill, chance(3)])),
    ...(chance(2) ? { helped_with: [one(["lesson", "activate", "scam_warning"])], lessons: ["an-toan-otp"] } : {}),
  });
  return Array.from({ length: 200 }, (_, number) => {
    const start = NOON + number * 1_300_000 + chance(900_000);
    const record = {
      id: newId(webcrypto, start), household: webcrypto.randomUUID(), outcome: one(["met_done", "met_done", "met_partial", "not_home"]),
      started_at: new Date(start).toISOString(), ended_at: new Date(start + 600_000 + chance(600_000)).toISOString(),
      form_version: 1, app_version: "1.0.0+3f2a9c01d7", input_type: "phone", visit_type: one(["first", "again"]),
    };
    if (record.outcome === "not_home") return record;
    return {
      ...record, consent: { level: "code", text_version: "2026-11", how: "spoken" }, language_used: [one(["vi", "mtq", "tai"])],
      size: { adults: 1 + chance(4), aged_60plus: chance(2), children_under_6: chance(3), children_6_13: chance(3) },
      devices: { smart: chance(4), basic: chance(2), shared: chance(2) === 1 }, power: one(["grid", "unstable"]),
      network: { viettel: one(["none", "weak", "data"]), vinaphone: one(["none", "weak"]) },
      people: Array.from({ length: 2 + chance(4) }, person),
      ...(chance(4) ? {} : { issues: [{ type: "signal", level: "carrier" }] }), satisfaction: 1 + chance(3), note: one(NOTES),
    };
  });
}

/** One visit sealed to a key of the server's: an ephemeral P-256 key, AES-GCM, and base64 so that JSON can carry it. */
async function sealedToServer(server, record) {
  const pair = await webcrypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, false, ["deriveKey"]);
  const key = await webcrypto.subtle.deriveKey({ name: "ECDH", public: server }, pair.privateKey, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  const iv = webcrypto.getRandomValues(new Uint8Array(12));
  const packed = deflateRawSync(Buffer.from(JSON.stringify(record)), { level: 9 });
  const sealed = Buffer.from(await webcrypto.subtle.encrypt({ name: "AES-GCM", iv }, key, packed));
  const point = Buffer.from(await webcrypto.subtle.exportKey("raw", pair.publicKey));
  return Buffer.concat([point, iv, sealed]);
}

test("two hundred visits weigh at most 35 kB gzipped; sealed one by one they could not", async () => {
  const visits = weekOfVisits();
  const body = { batch: webcrypto.randomUUID(), device: webcrypto.randomUUID(), pending: 200, sent_at: new Date(NOON).toISOString(), visits };
  const ours = (await jsonBody(body)).body.byteLength;
  const server = (await webcrypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, false, ["deriveKey"])).publicKey;
  const sealed = await Promise.all(visits.map((record) => sealedToServer(server, record)));
  const raw = sealed.reduce((sum, bytes) => sum + bytes.length, 0);
  const inJson = gzipSync(JSON.stringify({ ...body, visits: sealed.map((bytes) => bytes.toString("base64")) }), { level: 9 }).length;
  console.log(`# 200 visits: plain JSON ${JSON.stringify(body).length} B, ours ${ours} B; sealed one by one ${raw} B raw, ${inJson} B in gzipped JSON`);

  assert.ok(ours <= 35_000, `${ours} bytes`);
  assert.ok(raw > 35_000, `${raw} bytes`);
});
