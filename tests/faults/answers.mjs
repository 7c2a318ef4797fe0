// Phones that live through whatever may come between them and the server, each by its own seed. Run by test_answers.py:
//   node answers.mjs ADDRESS FIRST_SEED HOW_MANY
// prints what every phone was given to answer. The modules of the browser are the real ones; so is the server.

import "fake-indexeddb/auto";
import { webcrypto as crypto } from "node:crypto";

import { openAnswers } from "../../learning/static/learning/offline/answers.js";
import { newId } from "../../foundation/web/static/offline/ids.js";
import { Because } from "../../foundation/web/static/offline/backoff.js";
import { sendWaiting } from "../../foundation/web/static/offline/sending.js";
import { answerQueue } from "../../learning/static/learning/offline/sending.js";
import { chanceOf } from "./chance.mjs";

const STEPS = [["cuoc-goi", ["tat-may"], true], ["go-ma", true, true], ["ai-hoi-otp", ["khong"], true], ["ai-hoi-otp", ["co"], false]];

class Phone {
  given = new Map(); // id -> {learner, lesson, step}
  people = [null];
  now = Date.now();
  cookie = "";
  open = [];

  constructor(address, seed) {
    this.address = address;
    this.chance = chanceOf(seed);
    this.name = `phone-${seed}`;
    this.learner = null;
  }

  tab = async () => {
    const answers = await openAnswers({ indexedDB: globalThis.indexedDB, crypto, now: () => this.now, name: this.name });
    this.open.push(answers);
    return answers;
  };

  /** The network: mostly there, sometimes cut on the way there, on the way back, or somebody else's. */
  line = async (path, options) => {
    const luck = this.chance();
    if (luck < 0.15) throw new TypeError("cut on the way there");
    if (luck < 0.22) return new Response("<h1>Wi-Fi</h1>", { status: 200, headers: { "Content-Type": "text/html" } });
    if (luck < 0.26) return new Response('{"batch": "another", "results": []}', { headers: { "Content-Type": "application/json" } });
    const answer = await this.direct(path, options);
    if (luck < 0.45) throw new TypeError("cut on the way back");
    if (luck < 0.5) await this.direct(path, options); // told twice by something in between
    if (luck < 0.53) return new Response("", { status: 502 });
    return answer;
  };

  direct = async (path, options) => {
    const headers = { ...options.headers, Origin: this.address, Cookie: this.cookie };
    const answer = await fetch(this.address + path, { ...options, headers, signal: undefined });
    const cookie = answer.headers.getSetCookie().find((each) => each.startsWith("hoc="));
    // An answer that is cut on its way back brings no cookie either.
    const text = await answer.text();
    return Object.assign(new Response(text, { status: answer.status, headers: answer.headers }), { brought: cookie });
  };

  hears = async (path, options) => {
    const answer = await this.line(path, options);
    if (answer.brought) this.cookie = answer.brought.split(";")[0];
    return answer;
  };

  send(answers, fetch = this.hears) {
    const env = { store: answers.store, crypto, now: () => this.now, random: this.chance };
    return sendWaiting("hoc-gui", Because.ASKED, answerQueue({ answers, fetch, crypto }), env);
  }

  async answer(answers) {
    const [step, chosen, right] = STEPS[Math.floor(this.chance() * STEPS.length)];
    const answer = { id: newId(crypto, this.now), learner: this.learner, lesson: "bai-mau", step, given: chosen, right };
    const id = await answers.give(answer);
    if (this.chance() < 0.3) await answers.give(answer); // a nervous finger: the same form twice
    this.given.set(id, { learner: this.learner, step });
  }

  async live() {
    let tab = await this.tab();
    const steps = 6 + Math.floor(this.chance() * 14);
    for (let step = 0; step < steps; step += 1) {
      this.now += 1000 + Math.floor(this.chance() * 60_000);
      const what = this.chance();
      if (what < 0.45) await this.answer(tab);
      else if (what < 0.62) await this.send(tab);
      else if (what < 0.7) {
        // Two tabs send at once.
        const other = await this.tab();
        await Promise.all([this.send(tab), this.send(other)]);
      } else if (what < 0.78) {
        // The tab is closed while its batch is on the way; another one opens, perhaps of a newer app.
        await this.send(tab, async (path, options) => {
          if (this.chance() < 0.5) await this.direct(path, options);
          throw new TypeError("closed");
        });
        tab.close();
        tab = await this.tab();
      } else if (what < 0.86) {
        const id = await tab.add({ nickname: "Bà Mẫu", picture: "trau", age_band: "from_14", guardian_agrees: false });
        this.people.push(id);
        this.learner = id;
      } else if (what < 0.94) this.learner = this.people[Math.floor(this.chance() * this.people.length)];
      else this.now = this.chance() < 0.5 ? 1000 : Date.now() - 3600_000 * Math.floor(this.chance() * 48);
    }
    // The network is back for good.
    let left = 1;
    for (let turn = 0; left && turn < 20; turn += 1) {
      await this.send(tab, async (path, options) => {
        const answer = await this.direct(path, options);
        if (answer.brought) this.cookie = answer.brought.split(";")[0];
        return answer;
      });
      left = (await tab.counts()).waiting;
    }
    const { waiting, refused } = await tab.counts();
    for (const each of this.open) each.close();
    return { waiting, refused, given: [...this.given].map(([id, told]) => ({ id, ...told })) };
  }
}

const [address, first, count] = process.argv.slice(2);
const lives = [];
for (let seed = Number(first); seed < Number(first) + Number(count); seed += 1) {
  lives.push({ seed, ...(await new Phone(address, seed).live()) });
}
console.log(JSON.stringify(lives));
