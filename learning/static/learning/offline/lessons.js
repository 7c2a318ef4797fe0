// The lessons, courses and pages stored on this phone. Stored copies are fetched without cookies, so they contain nothing
// about any person, even if somebody is signed in.

export const NOW = "hoc-bai";
const NEXT = "hoc-bai-moi"; // a new version waits here until its lesson is opened next, so an open lesson never changes
export const FILES = "hoc-tep";
export const VOICES = "hoc-am";
const PAGE_OF_OURS = 'id="main"';

const pageOf = (lesson) => `/bai-hoc/${lesson}`;
const packOf = (lesson) => `/bai-hoc/${lesson}/goi.json`;
const LESSON = /^\/bai-hoc\/([a-z0-9-]+)\/goi\.json$/;
/** Addresses of the files that a page names. */
const filesIn = (html) => (html.match(/(?:href|src)="\/static\/[^"]+"/g) ?? []).map((found) => found.slice(found.indexOf('"') + 1, -1));
const match = (cache, address) => cache.match(address, { ignoreVary: true });

/** @param {Record<string, any>} with_  caches, fetch, lang: () => Promise<string> the language of the pages to store */
export function openLessons({ caches, fetch, lang }) {
  async function fetched(address, isOurs) {
    const headers = { "X-Interface-Language": await lang() };
    const answer = await fetch(address, { credentials: "omit", cache: "no-cache", headers, redirect: "error" });
    // A captive portal answers every request with its own page.
    if (!answer.ok || !isOurs(await answer.clone().text())) throw new Error("not_our_answer");
    return answer;
  }

  const isPage = (text) => text.includes(PAGE_OF_OURS);

  async function keepFiles(name, addresses) {
    const cache = await caches.open(name);
    for (const address of addresses) {
      if (await match(cache, address)) continue;
      const answer = await fetch(address, { credentials: "same-origin" });
      if (!answer.ok) throw new Error("not_our_answer");
      await cache.put(address, answer);
    }
  }

  async function packIn(name, lesson) {
    const answer = await match(await caches.open(name), packOf(lesson));
    return answer ? { pack: await answer.clone().json(), answer } : null;
  }

  async function lessonsIn(name) {
    const requests = await (await caches.open(name)).keys();
    return requests.map(({ url }) => LESSON.exec(new URL(url).pathname)?.[1]).filter(Boolean);
  }

  return {
    pages: () => caches.open(NOW),

    /** The stored response for `address`, or undefined. */
    stored: async (address) => match(await caches.open(NOW), address),

    /** {pack, answer} of a stored lesson, or null. */
    pack: (lesson) => packIn(NOW, lesson),

    /**
     * Store a lesson with all its files, or its new version. The files are stored first, so a stored lesson is complete.
     * Rejects if something could not be fetched; what was stored before stays.
     * @returns {Promise<boolean>} whether anything was new
     */
    async keep(lesson) {
      let content = null;
      const pack = await fetched(packOf(lesson), (text) => {
        content = JSON.parse(text);
        return content.lesson === lesson;
      });
      const page = await fetched(pageOf(lesson), isPage);
      const now = await caches.open(NOW);
      const before = await Promise.all([pageOf(lesson), packOf(lesson)].map(async (address) => (await match(now, address))?.text()));
      const fresh = await Promise.all([page, pack].map((answer) => answer.clone().text()));
      await keepFiles(FILES, content.files);
      await keepFiles(VOICES, content.voices);
      if (before[0] === fresh[0] && before[1] === fresh[1]) return false;
      const cache = before[1] === undefined ? now : await caches.open(NEXT);
      await cache.put(pageOf(lesson), page);
      await cache.put(packOf(lesson), pack);
      return true;
    },

    /** Somebody opens the lesson: switch to its new version if there is one. */
    async turn(lesson) {
      const next = await caches.open(NEXT);
      const [page, pack] = [await match(next, pageOf(lesson)), await match(next, packOf(lesson))];
      if (!page || !pack) return;
      const now = await caches.open(NOW);
      await now.put(packOf(lesson), pack);
      await now.put(pageOf(lesson), page);
      await next.delete(packOf(lesson));
      await next.delete(pageOf(lesson));
    },

    /** Store a page that is the same for everybody. */
    async keepPage(address) {
      const answer = await fetched(address, isPage);
      await keepFiles(FILES, filesIn(await answer.clone().text()));
      await (await caches.open(NOW)).put(address, answer);
    },

    /** Ids of the stored lessons. */
    lessons: () => lessonsIn(NOW),

    /** The download size of a course: {title, lessons, bytes, voices}. */
    async weigh(course) {
      const answer = await fetch(`/khoa-hoc/${course}/goi.json`, { credentials: "same-origin", cache: "no-cache", redirect: "error" });
      if (!answer.ok) throw new Error("not_our_answer");
      return answer.json();
    },

    /** Bytes a lesson takes on this phone, without files it shares with others. */
    async size(lesson) {
      const cache = await caches.open(NOW);
      const stored = await Promise.all([pageOf(lesson), packOf(lesson)].map((address) => match(cache, address)));
      const voices = await caches.open(VOICES);
      const pack = await stored[1]?.clone().json();
      const heard = await Promise.all((pack?.voices ?? []).map((address) => match(voices, address)));
      const sizes = [...stored, ...heard].map(async (answer) => (answer ? (await answer.blob()).size : 0));
      return (await Promise.all(sizes)).reduce((all, size) => all + size, 0);
    },

    /** Delete lessons, and the files only they needed. */
    async drop(lessons, pages = []) {
      for (const name of [NOW, NEXT]) {
        const cache = await caches.open(name);
        for (const lesson of lessons) await Promise.all([pageOf(lesson), packOf(lesson)].map((address) => cache.delete(address)));
        for (const page of pages) await cache.delete(page);
      }
      await this.tidy();
    },

    /** Delete files and recordings that no stored lesson or page needs. */
    async tidy() {
      const needed = new Set();
      for (const name of [NOW, NEXT]) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) {
          const text = await (await cache.match(request, { ignoreVary: true })).text();
          if (LESSON.test(new URL(request.url).pathname)) {
            const { files, voices } = JSON.parse(text);
            for (const address of [...files, ...voices]) needed.add(address);
          } else for (const address of filesIn(text)) needed.add(address);
        }
      }
      for (const name of [FILES, VOICES]) {
        const cache = await caches.open(name);
        for (const request of await cache.keys())
          if (!needed.has(new URL(request.url).pathname)) await cache.delete(request);
      }
    },
  };
}
