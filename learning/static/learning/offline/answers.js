// The outbox of answers on this phone, the learners of this phone, and what each has answered correctly. In IndexedDB, so
// that it survives a closed page, a closed browser and an empty battery.

import { isId, newId, randomId } from "../../../../foundation/web/static/offline/ids.js";
import { openStore } from "../../../../foundation/web/static/offline/store.js";

export const DATABASE = "hoc-tra-loi";
const SETTINGS = "kept"; // name of the object store on every phone that has one: must not change
/** What each version of the database brought; as openStore takes it. */
export const STEPS = [
  (database) => {
    // In the order they were given, whatever the clock showed.
    const answers = database.createObjectStore("answers", { keyPath: "place", autoIncrement: true });
    answers.createIndex("id", "id", { unique: true });
    database.createObjectStore("people", { keyPath: "id" });
    database.createObjectStore("right", { keyPath: ["learner", "lesson", "step"] });
    database.createObjectStore(SETTINGS);
  },
];

const keyOf = ({ learner, lesson, step }) => [learner ?? "", lesson, step].join(" ");
const sameAnswer = (one, other) =>
  ["learner", "lesson", "step"].every((key) => one[key] === other[key]) && String(one.given) === String(other.given);

/**
 * @param {Record<string, any>} with_  indexedDB, crypto, now, name; onTaken: as openStore
 * Every method that writes resolves once the data is on disk, and rejects with a Fault: `storage_full` if the phone is full.
 */
export async function openAnswers({ indexedDB, crypto, now, name = DATABASE, onTaken = () => {} }) {
  const store = await openStore(indexedDB, name, STEPS, onTaken);
  const all = (room) => store.read([room], (rooms) => rooms.all(room));

  async function first() {
    return ((await store.get(SETTINGS, "order")) ?? [])[0] ?? null;
  }

  return {
    store,
    close: () => store.close(),
    get: (key) => store.get(SETTINGS, key),
    put: (key, value) => store.put(SETTINGS, value, key),

    /** The id of this phone: made once, then always the same. */
    async phone() {
      const fresh = randomId(crypto);
      return store.write([SETTINGS], async ({ get, put }) => {
        const own = await get(SETTINGS, "phone");
        if (!own) await put(SETTINGS, fresh, "phone");
        return own ?? fresh;
      });
    },

    /**
     * Store one answer until the server has it. The same form id with the same answer is stored once. With another
     * answer, or without a valid form id, it is stored as a new answer.
     * @returns {Promise<string>} the id it is stored under
     * @param {{id: string, learner: string | null, lesson, step, given, right: boolean}} answer
     */
    async give({ id, ...answer }) {
      const moment = now();
      return store.write(["answers", "right"], async ({ where, put }) => {
        const [known] = isId(id) ? await where("answers", "id", id) : [];
        if (known && sameAnswer(known, answer)) return id;
        const own = known || !isId(id) ? newId(crypto, moment) : id;
        const { right, ...content } = answer;
        await put("answers", { ...content, id: own, at: new Date(moment).toISOString(), state: "ready" });
        const { learner, lesson, step } = answer;
        if (right) await put("right", { learner: learner ?? "", lesson, step });
        return own;
      });
    },

    /** Up to `most` waiting answers, oldest first. They stay until the server has them. */
    take: async (most) => (await all("answers")).filter(({ state }) => state !== "refused").slice(0, most),

    /** Learners added on this phone that the server does not know yet. */
    newcomers: async () => (await all("people")).filter((person) => person.isNew),

    /**
     * Apply the server's response. results, learners: as in the response.
     * @returns {Promise<number>} how many answers the server has confirmed
     */
    async settle({ results, learners }) {
      const outcomes = new Map(results.map((result) => [result.id, result]));
      return store.write(["answers", "people"], async (rooms) => {
        let done = 0;
        for (const answer of await rooms.all("answers")) {
          const { outcome, problems } = outcomes.get(answer.id) ?? {};
          if (outcome === "stored" || outcome === "already_stored") {
            await rooms.remove("answers", answer.place);
            done += 1;
          } else if (outcome === "rejected") await rooms.put("answers", { ...answer, state: "refused", problems });
        }
        for (const { id } of learners) {
          const person = await rooms.get("people", id);
          if (person) await rooms.put("people", { ...person, isNew: false });
        }
        return done;
      });
    },

    /** {waiting, refused}: counts. */
    async counts() {
      const answers = await all("answers");
      const refused = answers.filter(({ state }) => state === "refused").length;
      return { waiting: answers.length - refused, refused };
    },

    /** All learners of this phone, in the order of their tiles: first those from the server, then those added since. */
    async people() {
      const order = (await store.get(SETTINGS, "order")) ?? [];
      const place = ({ id }) => (order.includes(id) ? order.indexOf(id) : order.length);
      return (await all("people")).sort((one, other) => place(one) - place(other) || (one.id < other.id ? -1 : 1));
    },

    /** Add a learner on this phone; the server gets them with the next sending. @returns {Promise<string>} their id */
    async add({ nickname, picture, age_band, guardian_agrees }) {
      const id = newId(crypto, now());
      await store.write(["people", SETTINGS], async ({ put }) => {
        await put("people", { id, nickname, picture, age_band, guardian_agrees, isNew: true });
        await put(SETTINGS, id, "now");
      });
      return id;
    },

    /** Take over learners and progress from the server. Learners it does not know yet, and their answers, stay. */
    async learn({ learners, now: current }, progress) {
      const known = new Set(learners.map(({ id }) => id));
      await store.write(["people", "right", SETTINGS, "answers"], async (rooms) => {
        for (const { id, isNew } of await rooms.all("people")) if (!isNew && !known.has(id)) await rooms.remove("people", id);
        for (const person of learners) await rooms.put("people", { ...person, isNew: false });
        // For waiting answers the phone's own judgement counts; for all others the server's.
        const waiting = new Set((await rooms.all("answers")).map(keyOf));
        for (const entry of await rooms.all("right")) {
          if (!waiting.has(keyOf(entry))) await rooms.remove("right", [entry.learner, entry.lesson, entry.step]);
        }
        for (const [learner, lessons] of Object.entries(progress.learners))
          for (const [lesson, steps] of Object.entries(lessons))
            for (const step of steps) await rooms.put("right", { learner, lesson, step });
        await rooms.put(SETTINGS, learners.map(({ id }) => id), "order");
        if (!(await rooms.get(SETTINGS, "now")) && current) await rooms.put(SETTINGS, current, "now");
      });
    },

    /** Delete a learner's data on this phone, after the server has erased or removed them. */
    async forget(learner) {
      await store.write(["answers", "people", "right", SETTINGS], async (rooms) => {
        const theirs = (each) => each.learner === learner;
        for (const { place } of (await rooms.all("answers")).filter(theirs)) await rooms.remove("answers", place);
        for (const known of (await rooms.all("right")).filter(theirs)) {
          await rooms.remove("right", [known.learner, known.lesson, known.step]);
        }
        await rooms.remove("people", learner);
        if ((await rooms.get(SETTINGS, "now")) === learner) await rooms.remove(SETTINGS, "now");
      });
    },

    /** Map lesson -> Set of the steps `learner` has answered correctly, on this phone or another. */
    async rightOf(learner) {
      const known = await all("right");
      // Answers without a learner belong to the first learner of the phone.
      const isFirst = !learner || learner === (await first());
      const lessons = new Map();
      for (const { learner: whose, lesson, step } of known) {
        if (whose !== (learner ?? "") && !(whose === "" && isFirst)) continue;
        if (!lessons.has(lesson)) lessons.set(lesson, new Set());
        lessons.get(lesson).add(step);
      }
      return lessons;
    },
  };
}
