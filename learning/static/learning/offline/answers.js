// Answers given on this phone that wait to be sent, who learns on it, and what each has answered rightly: in IndexedDB,
// so that it outlives the page, the browser and the battery.

import { isId, newId, randomId } from "../../../../foundation/web/static/ids.js";

export const DATABASE = "hoc-tra-loi";
const STRICT = { durability: "strict" };
const mark = ({ learner, lesson, step }) => [learner ?? "", lesson, step].join(" ");
const sameAnswer = (one, other) =>
  ["learner", "lesson", "step"].every((key) => one[key] === other[key]) && String(one.given) === String(other.given);

/**
 * @param {Record<string, any>} with_  openDB: of the library idb, on the IndexedDB of this browser; crypto; now; name
 * Every method that writes resolves once it is on disk, and rejects with the browser's own error, `QuotaExceededError`
 * where the phone is full.
 */
export async function openAnswers({ openDB, crypto, now, name = DATABASE }) {
  const database = await openDB(name, 1, {
    upgrade(made) {
      // In the order they were given, whatever the clock said.
      const answers = made.createObjectStore("answers", { keyPath: "place", autoIncrement: true });
      answers.createIndex("id", "id", { unique: true });
      made.createObjectStore("people", { keyPath: "id" });
      made.createObjectStore("right", { keyPath: ["learner", "lesson", "step"] });
      made.createObjectStore("kept");
    },
    blocking: (_current, _blocked, event) => event.target.close(),
  });
  const writing = (...rooms) => database.transaction(rooms, "readwrite", STRICT);

  async function first() {
    return ((await database.get("kept", "order")) ?? [])[0] ?? null;
  }

  return {
    close: () => database.close(),
    get: (key) => database.get("kept", key),
    put: (key, value) => database.put("kept", value, key),

    /** What this phone calls itself: made once, for ever the same. */
    async phone() {
      const transaction = writing("kept");
      const own = (await transaction.store.get("phone")) ?? randomId(crypto);
      await transaction.store.put(own, "phone");
      await transaction.done;
      return own;
    },

    /**
     * Keep one answer until the server has it. The same form sent again with the same answer is one answer; with
     * another, or on a form whose id is none, it is an answer of its own.
     * @returns {Promise<string>} the id it goes by
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
        const { right, ...told } = answer;
        await answers.add({ ...told, id: own, at: new Date(moment).toISOString(), state: "ready" });
        const { learner, lesson, step } = answer;
        if (right) await transaction.objectStore("right").put({ learner: learner ?? "", lesson, step });
      }
      await transaction.done;
      return own;
    },

    /** Up to `most` answers that wait, oldest first, marked as under way before they leave. */
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
        // A phone too full for a mark sends all the same: that is what makes room.
        return read(database.transaction("answers").store);
      }
    },

    /** People added here whom the server does not know yet. */
    newcomers: async () => (await database.getAll("people")).filter((person) => person.isNew),

    /**
     * Do what the server answered. results, learners: as it told them.
     * @returns {Promise<number>} how many answers it has now
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

    /** Everybody who learns here, in the order of their tiles: those the server told, then those added since. */
    async people() {
      const order = (await database.get("kept", "order")) ?? [];
      const all = await database.getAll("people");
      const place = ({ id }) => (order.includes(id) ? order.indexOf(id) : order.length);
      return all.sort((one, other) => place(one) - place(other) || (one.id < other.id ? -1 : 1));
    },

    /** Add somebody here, to be told to the server later. @returns {Promise<string>} their id */
    async add({ nickname, picture, age_band, guardian_agrees }) {
      const id = newId(crypto, now());
      const transaction = writing("people", "kept");
      await transaction.objectStore("people").put({ id, nickname, picture, age_band, guardian_agrees, isNew: true });
      await transaction.objectStore("kept").put(id, "now");
      await transaction.done;
      return id;
    },

    /** Take over who learns here and what they have answered, as the server knows it; newcomers and their own stay. */
    async learn({ learners, now: current }, progress) {
      const told = new Set(learners.map(({ id }) => id));
      const transaction = writing("people", "right", "kept", "answers");
      const people = transaction.objectStore("people");
      for (const person of await people.getAll()) if (!person.isNew && !told.has(person.id)) await people.delete(person.id);
      for (const person of learners) await people.put({ ...person, isNew: false });
      const room = transaction.objectStore("right");
      // What waits is right as far as the phone can tell; all else is as the server says.
      const waiting = new Set((await transaction.objectStore("answers").getAll()).map(mark));
      for (const known of await room.getAll()) {
        if (!waiting.has(mark(known))) await room.delete([known.learner, known.lesson, known.step]);
      }
      for (const [learner, lessons] of Object.entries(progress.learners))
        for (const [lesson, steps] of Object.entries(lessons))
          for (const step of steps) await room.put({ learner, lesson, step });
      const kept = transaction.objectStore("kept");
      await kept.put(learners.map(({ id }) => id), "order");
      if (!(await kept.get("now")) && current) await kept.put(current, "now");
      await transaction.done;
    },

    /** Somebody wished to be forgotten, and the server has done so: nothing of theirs stays here either. */
    async forget(learner) {
      const transaction = writing("answers", "people", "right", "kept");
      for (const room of ["answers", "right"]) {
        const store = transaction.objectStore(room);
        for (let cursor = await store.openCursor(); cursor; cursor = await cursor.continue())
          if (cursor.value.learner === learner) await cursor.delete();
      }
      await transaction.objectStore("people").delete(learner);
      if ((await transaction.objectStore("kept").get("now")) === learner) await transaction.objectStore("kept").delete("now");
      await transaction.done;
    },

    /** Map lesson -> Set of the steps `learner` has answered rightly, here or elsewhere. */
    async rightOf(learner) {
      const all = await database.getAll("right");
      // What nobody in particular answered belongs to whoever came first.
      const nobodys = !learner || learner === (await first());
      const lessons = new Map();
      for (const { learner: whose, lesson, step } of all) {
        if (whose !== (learner ?? "") && !(whose === "" && nobodys)) continue;
        if (!lessons.has(lesson)) lessons.set(lesson, new Set());
        lessons.get(lesson).add(step);
      }
      return lessons;
    },
  };
}
