// The outbox of answers on this phone, the learners of this phone, and what each has answered correctly. In IndexedDB, so
// that it survives a closed page, a closed browser and an empty battery.

import { isId, newId, randomId } from "../../../../foundation/web/static/ids.js";

export const DATABASE = "hoc-tra-loi";
const SETTINGS = "kept"; // name of the object store on every phone that has one: must not change
const STRICT = { durability: "strict" };
const keyOf = ({ learner, lesson, step }) => [learner ?? "", lesson, step].join(" ");
const sameAnswer = (one, other) =>
  ["learner", "lesson", "step"].every((key) => one[key] === other[key]) && String(one.given) === String(other.given);

/**
 * @param {Record<string, any>} with_  openDB: of the library idb, on the IndexedDB of this browser; crypto; now; name
 * Every method that writes resolves once the data is on disk, and rejects with the browser's error, `QuotaExceededError`
 * if the phone is full.
 */
export async function openAnswers({ openDB, crypto, now, name = DATABASE }) {
  const database = await openDB(name, 1, {
    upgrade(made) {
      // In the order they were given, whatever the clock showed.
      const answers = made.createObjectStore("answers", { keyPath: "place", autoIncrement: true });
      answers.createIndex("id", "id", { unique: true });
      made.createObjectStore("people", { keyPath: "id" });
      made.createObjectStore("right", { keyPath: ["learner", "lesson", "step"] });
      made.createObjectStore(SETTINGS);
    },
    blocking: (_current, _blocked, event) => event.target.close(),
  });
  const writing = (...stores) => database.transaction(stores, "readwrite", STRICT);

  async function first() {
    return ((await database.get(SETTINGS, "order")) ?? [])[0] ?? null;
  }

  return {
    close: () => database.close(),
    get: (key) => database.get(SETTINGS, key),
    put: (key, value) => database.put(SETTINGS, value, key),

    /** The id of this phone: made once, then always the same. */
    async phone() {
      const transaction = writing(SETTINGS);
      const own = (await transaction.store.get("phone")) ?? randomId(crypto);
      await transaction.store.put(own, "phone");
      await transaction.done;
      return own;
    },

    /**
     * Store one answer until the server has it. The same form id with the same answer is stored once. With another
     * answer, or without a valid form id, it is stored as a new answer.
     * @returns {Promise<string>} the id it is stored under
     * @param {{id: string, learner: string | null, lesson, step, given, right: boolean}} answer
     */
    async give({ id, ...answer }) {
      const moment = now();
      const transaction = writing("answers", "right");
      const answers = transaction.objectStore("answers");
      const known = isId(id) ? await answers.index("id").get(id) : undefined;
      const isNew = !known || !sameAnswer(known, answer);
      const own = isNew && (known || !isId(id)) ? newId(crypto, moment) : id;
      if (isNew) {
        const { right, ...content } = answer;
        await answers.add({ ...content, id: own, at: new Date(moment).toISOString(), state: "ready" });
        const { learner, lesson, step } = answer;
        if (right) await transaction.objectStore("right").put({ learner: learner ?? "", lesson, step });
      }
      await transaction.done;
      return own;
    },

    /** Up to `most` waiting answers, oldest first, marked as being sent. */
    async take(most) {
      const read = async (store) => (await store.getAll()).filter(({ state }) => state !== "refused").slice(0, most);
      try {
        const transaction = writing("answers");
        const taken = await read(transaction.store);
        for (const answer of taken) await transaction.store.put({ ...answer, state: "sending" });
        await transaction.done;
        return taken;
      } catch (error) {
        if (error?.name !== "QuotaExceededError") throw error;
        // A phone too full to write the mark sends anyway: sending frees space.
        return read(database.transaction("answers").store);
      }
    },

    /** Learners added on this phone that the server does not know yet. */
    newcomers: async () => (await database.getAll("people")).filter((person) => person.isNew),

    /**
     * Apply the server's response. results, learners: as in the response.
     * @returns {Promise<number>} how many answers the server has confirmed
     */
    async settle({ results, learners }) {
      const outcomes = new Map(results.map((result) => [result.id, result]));
      const transaction = writing("answers", "people");
      const answers = transaction.objectStore("answers");
      let done = 0;
      for (let cursor = await answers.openCursor(); cursor; cursor = await cursor.continue()) {
        const { outcome, problems } = outcomes.get(cursor.value.id) ?? {};
        if (outcome === "stored" || outcome === "already_stored") {
          await cursor.delete();
          done += 1;
        } else if (outcome === "rejected") await cursor.update({ ...cursor.value, state: "refused", problems });
      }
      const people = transaction.objectStore("people");
      for (const { id } of learners) {
        const person = await people.get(id);
        if (person) await people.put({ ...person, isNew: false });
      }
      await transaction.done;
      return done;
    },

    /** {waiting, refused}: counts. */
    async counts() {
      const all = await database.getAll("answers");
      const refused = all.filter(({ state }) => state === "refused").length;
      return { waiting: all.length - refused, refused };
    },

    /** All learners of this phone, in the order of their tiles: first those from the server, then those added since. */
    async people() {
      const order = (await database.get(SETTINGS, "order")) ?? [];
      const all = await database.getAll("people");
      const place = ({ id }) => (order.includes(id) ? order.indexOf(id) : order.length);
      return all.sort((one, other) => place(one) - place(other) || (one.id < other.id ? -1 : 1));
    },

    /** Add a learner on this phone; the server gets them with the next sending. @returns {Promise<string>} their id */
    async add({ nickname, picture, age_band, guardian_agrees }) {
      const id = newId(crypto, now());
      const transaction = writing("people", SETTINGS);
      await transaction.objectStore("people").put({ id, nickname, picture, age_band, guardian_agrees, isNew: true });
      await transaction.objectStore(SETTINGS).put(id, "now");
      await transaction.done;
      return id;
    },

    /** Take over learners and progress from the server. Learners it does not know yet, and their answers, stay. */
    async learn({ learners, now: current }, progress) {
      const known = new Set(learners.map(({ id }) => id));
      const transaction = writing("people", "right", SETTINGS, "answers");
      const people = transaction.objectStore("people");
      for (const person of await people.getAll()) if (!person.isNew && !known.has(person.id)) await people.delete(person.id);
      for (const person of learners) await people.put({ ...person, isNew: false });
      const right = transaction.objectStore("right");
      // For waiting answers the phone's own judgement counts; for all others the server's.
      const waiting = new Set((await transaction.objectStore("answers").getAll()).map(keyOf));
      for (const entry of await right.getAll()) {
        if (!waiting.has(keyOf(entry))) await right.delete([entry.learner, entry.lesson, entry.step]);
      }
      for (const [learner, lessons] of Object.entries(progress.learners))
        for (const [lesson, steps] of Object.entries(lessons))
          for (const step of steps) await right.put({ learner, lesson, step });
      const settings = transaction.objectStore(SETTINGS);
      await settings.put(learners.map(({ id }) => id), "order");
      if (!(await settings.get("now")) && current) await settings.put(current, "now");
      await transaction.done;
    },

    /** Delete a learner's data on this phone, after the server has erased or removed them. */
    async forget(learner) {
      const transaction = writing("answers", "people", "right", SETTINGS);
      for (const name of ["answers", "right"]) {
        const store = transaction.objectStore(name);
        for (let cursor = await store.openCursor(); cursor; cursor = await cursor.continue())
          if (cursor.value.learner === learner) await cursor.delete();
      }
      await transaction.objectStore("people").delete(learner);
      if ((await transaction.objectStore(SETTINGS).get("now")) === learner) await transaction.objectStore(SETTINGS).delete("now");
      await transaction.done;
    },

    /** Map lesson -> Set of the steps `learner` has answered correctly, on this phone or another. */
    async rightOf(learner) {
      const all = await database.getAll("right");
      // Answers without a learner belong to the first learner of the phone.
      const isFirst = !learner || learner === (await first());
      const lessons = new Map();
      for (const { learner: whose, lesson, step } of all) {
        if (whose !== (learner ?? "") && !(whose === "" && isFirst)) continue;
        if (!lessons.has(lesson)) lessons.set(lesson, new Set());
        lessons.get(lesson).add(step);
      }
      return lessons;
    },
  };
}
