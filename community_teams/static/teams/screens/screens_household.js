/* One household: its state and earlier answers, discarding its draft, and the page after its visit was saved. */

import { addressOf } from "./addresses.js";
import { stepToGoOn } from "./flow.js";
import { sayDay, sayMoment, sayNumber } from "./dates.js";
import { nameOf, stateWords } from "./screens_lists.js";
import { draw, onAct, say } from "./templates.js";
import { knownLines } from "./answer_lines.js";
import { stillKnown } from "./visit_record.js";
import { found, leftIn, nextDoor } from "./worklist_view.js";

export const visitAddress = (id, step, query) => addressOf(["ho", id, "tham", step], query);

export async function showHousehold(app, [id, what]) {
  const row = await app.phone.worklist.household(id);
  if (!row) return app.missing();
  const [draft, previous] = await Promise.all([app.phone.drafts.get(id), app.phone.drafts.previous(id)]);
  if (what === "bo") return askDiscard(app, row, draft);
  const name = nameOf(row);
  const known = knownLines(say, stillKnown(previous));
  const heading = say("household", { name });
  const page = draw("screen-household", {
    heading,
    where: [row.lane, app.hamletName(row.hamlet)].filter(Boolean).join(", "),
    state: stateWords(row),
    next_visit: sayDay(row.next_visit_on),
    waiting: row.waiting,
    gone: row.isGone,
    draft,
    draft_since: draft && sayMoment(new Date(draft.started_at), app.now()),
    known: known.length && known.map(({ step, words }) => draw("part-fact", { name: say(`step.${step}`), words })),
    go_on: draft && visitAddress(id, stepToGoOn(draft, previous)),
    start: !draft && !row.isGone && visitAddress(id, "ket-qua"),
  });
  onAct(page, { discard: () => app.go(addressOf(["ho", id, "bo"])) });
  return { title: heading, page, renews: true };
}

function askDiscard(app, row, draft) {
  const back = addressOf(["ho", row.id]);
  if (!draft) return app.nav.replace(back) && null;
  const page = draw("screen-discard", { back });
  onAct(page, {
    async discard() {
      await app.phone.drafts.discard(row.id);
      app.nav.replace(back);
    },
  });
  return { title: page.querySelector("h1").textContent, page };
}

export async function showSaved(app, [id]) {
  const rows = await app.rows();
  const row = await app.phone.worklist.household(id);
  if (!row) return app.missing();
  const next = nextDoor(rows, id);
  const page = draw("screen-saved", {
    code: row.short_code,
    left: sayNumber(leftIn(found(rows, { hamlet: row.hamlet }))),
    list: row.isGone ? "#/" : addressOf(["thon", row.hamlet, "ho"]),
    next: next && addressOf(["ho", next.id]),
    next_code: next?.short_code,
  });
  return { title: page.querySelector("h1").textContent, page };
}
