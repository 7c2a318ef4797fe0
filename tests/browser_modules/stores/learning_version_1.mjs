// What learning kept on a phone in version 1 of its database: answers that wait (one marked as under way, as phones did until
// December 2026), one refused, two people of whom one is new, and a pause. Frozen: it speaks IndexedDB itself and imports
// nothing of the app.

const id = (number) => `019aa1b2-0000-7000-8000-${String(number).padStart(12, "0")}`;

export const PHONE = id(9);
export const [OLD, NEW] = [id(7), id(8)];
const answer = (number, state, learner, more = {}) => ({
  id: id(number), learner, lesson: "at-otp", step: `cau-${number}`, given: ["a"], at: "2026-11-21T01:30:00.000Z", state, ...more,
});
export const WAITING = [answer(1, "sending", OLD), answer(2, "ready", NEW), answer(3, "ready", null)];
export const REFUSED = answer(4, "refused", OLD, { problems: { step: "not_found" } });

export async function leaveBehind(indexedDB, name) {
  const rows = {
    answers: [...WAITING, REFUSED].map((value) => [undefined, value]),
    people: [
      [undefined, { id: OLD, nickname: "Bà Mến", picture: "trau", age_band: "from_14", isNew: false }],
      [undefined, { id: NEW, nickname: "Ông Páo", picture: "ga", age_band: "from_14", guardian_agrees: false, isNew: true }],
    ],
    right: [[undefined, { learner: OLD, lesson: "at-otp", step: "cau-1" }]],
    kept: [
      ["phone", PHONE],
      ["order", [OLD]],
      ["now", NEW],
      ["lang", "vi"],
      ["learnt_at", 1795224600000],
      ["sending", { failures: 3, notBefore: 1795224900000, asked: false }],
    ],
  };
  await new Promise((resolve, reject) => {
    const opening = indexedDB.open(name, 1);
    opening.onerror = () => reject(opening.error);
    opening.onupgradeneeded = () => {
      const answers = opening.result.createObjectStore("answers", { keyPath: "place", autoIncrement: true });
      answers.createIndex("id", "id", { unique: true });
      opening.result.createObjectStore("people", { keyPath: "id" });
      opening.result.createObjectStore("right", { keyPath: ["learner", "lesson", "step"] });
      opening.result.createObjectStore("kept");
    };
    opening.onsuccess = () => {
      const writing = opening.result.transaction(Object.keys(rows), "readwrite");
      for (const [room, values] of Object.entries(rows)) for (const [key, value] of values) writing.objectStore(room).put(value, key);
      writing.oncomplete = () => {
        opening.result.close();
        resolve();
      };
      writing.onabort = () => reject(writing.error);
    };
  });
}
