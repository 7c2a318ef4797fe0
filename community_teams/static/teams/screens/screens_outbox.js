/* Waiting visits, visits that need a person, and the page about the phone. */

import { sayMoment, sayNumber } from "./dates.js";
import { sendingState } from "./page_header.js";
import { opensOffline, sendsByItself } from "./offline.js";
import { nameOf } from "./screens_lists.js";
import { visitAddress } from "./screens_household.js";
import { draw, hasWord, onAct, say, sayCode, slot } from "./templates.js";

const FILE = "phieu-cho-gui.json";
/* Problems that the member cannot correct in the form. */
const FOR_OTHERS = new Set(["conflict", "held", "not_in_your_area", "no_such_household", "too_old", "unknown_field",
  "could_not_be_kept", "another_household"]);
/* The phone's clock was wrong, so the visit's time is wrong: only the member knows the day. */
const OF_THE_CLOCK = new Set(["too_long_ago", "in_the_future"]);

export async function showOutbox(app) {
  const { outbox, worklist } = app.phone;
  const [summary, entries] = await Promise.all([outbox.summary(), outbox.list()]);
  const named = await Promise.all(entries.map(async (entry) => {
    const row = await worklist.household(entry.household);
    const about = [say(`outcome.${entry.outcome}`), sayMoment(new Date(entry.started_at), app.now())].join(" · ");
    return { entry, name: say("form_of", { name: row ? nameOf(row) : entry.household.slice(0, 8) }), about };
  }));
  const waiting = named.filter(({ entry }) => ["ready", "sending"].includes(entry.state));
  const person = named.filter(({ entry }) => entry.state === "needs_person");
  const page = draw("screen-outbox", {
    by_itself: await sendsByItself(),
    state: sendingState(summary, app.now()),
    waiting: waiting.length && waiting.map(({ name, about }) => draw("part-waiting", { name, about })),
    person: person.length && person.map((each) => drawForPerson(app, each)),
  });
  const answer = slot(page, "answer");
  onAct(page, {
    async send(button) {
      button.setAttribute("aria-disabled", "true");
      const { stopped, sent } = await outbox.sendNow().catch((error) => ({ stopped: error.code ?? "other" }));
      await app.again();
      // Refused visits are listed further down with their problem.
      const isOut = sent > 0 || (await outbox.summary()).needPerson === 0;
      tell(stopped ? sendFault(stopped) : isOut ? say("sent_now") : "");
    },
    async file() {
      const file = await outbox.toFile();
      if (!file) return tell(say("all_sent"));
      save(file, FILE);
      return tell(say("file_made"));
    },
  });
  return { title: page.querySelector("h1").textContent, page };

  function tell(words) {
    const place = document.querySelector('main [data-slot="answer"]') ?? answer;
    place.textContent = words;
  }
}

function sendFault(code) {
  if (code === "offline") return sayCode("send", code);
  return hasWord(`fault.${code}`) ? sayCode("fault", code) : say("send_failed");
}

function drawForPerson(app, { entry, name, about }) {
  const codes = Object.values(entry.problems ?? {});
  const code = codes.find((each) => hasWord(`todo.${each}`)) ?? codes[0] ?? "other";
  const todo = hasWord(`todo.${code}`) ? say(`todo.${code}`) : hasWord(`fault.${code}`) ? say(`fault.${code}`) : say("todo.other");
  const day = OF_THE_CLOCK.has(code);
  const piece = draw("part-needs-person", {
    name, about, todo, day,
    retry: code !== "conflict" && code !== "held" && !day,
    mend: !FOR_OTHERS.has(code) && !day,
  });
  const dayField = piece.querySelector('input[type="date"]');
  const fault = slot(piece, "fault");
  onAct(piece, {
    async retry() {
      await app.phone.outbox.retry(entry.id);
      await app.phone.outbox.sendNow().catch(() => {});
      await app.again();
    },
    async day() {
      try {
        await app.phone.outbox.setDay(entry.id, dayField.value);
      } catch (error) {
        fault.textContent = sayCode("fault", error.code);
        fault.hidden = false;
        dayField.focus();
        return;
      }
      await app.phone.outbox.sendNow().catch(() => {});
      await app.again();
    },
    async mend() {
      try {
        app.go(visitAddress(await app.phone.outbox.edit(entry.id), "xem-lai"));
      } catch (error) {
        if (error.code !== "draft_exists") throw error;
        app.go(visitAddress(entry.household, "xem-lai"));
      }
    },
  });
  return piece;
}

function save(file, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

export async function showPhone(app) {
  const { outbox, worklist } = app.phone;
  const pending = [outbox.summary(), worklist.refreshedAt(), worklist.households(), opensOffline(app.phone)];
  const [summary, refreshedAt, rows, offline] = await Promise.all(pending);
  const households = [say("shown", { n: sayNumber(rows.length) }), refreshedAt && sayMoment(new Date(refreshedAt), app.now())];
  const page = draw("screen-phone", {
    name: app.who.name || app.who.member,
    households: households.filter(Boolean).join(" · "),
    kept: summary.storage === "persisted",
    offline,
    version: say("version", { version: app.appVersion }),
  });
  const answer = slot(page, "answer");
  const attempt = (work) => async () => {
    try {
      await work();
    } catch (error) {
      answer.textContent = sayCode("fault", error.code);
    }
  };
  onAct(page, {
    refresh: () => app.go("#/tai-danh-sach"),
    lock: () => app.phone.lock(),
    "sign-out": attempt(async () => {
      app.isLeaving = true;
      await app.phone.signOut().finally(() => {
        app.isLeaving = false;
      });
    }),
  });
  return { title: page.querySelector("h1").textContent, page };
}
