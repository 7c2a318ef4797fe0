// The same phone in a page of a real browser: left as `window.walk`, which answers what it is told.
// (sources of acts.mjs, chance.mjs and the app's modules, {member, name, password, pin, seed, ahead}) => Promise
async ([acts, chances, modules, about]) => {
  let shorter = 30;
  const later = window.setTimeout;
  window.setTimeout = (act, milliseconds, ...given) =>
    later(act, milliseconds >= 10_000 ? milliseconds / shorter : milliseconds, ...given);

  const moduleOf = (source) => import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  const { chanceOf } = await moduleOf(chances);
  let isFull = () => false;
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function (...given) {
    if (isFull()) throw new DOMException("no room", "QuotaExceededError");
    return put.apply(this, given);
  };

  const { openPhone, MEMBER_STORE } = await moduleOf(modules);
  const { openActs } = await moduleOf(acts);
  window.walk = await openActs({
    async open() {
      const { member, name } = about;
      const [now, random] = [() => Date.now() + about.ahead, chanceOf(about.seed)];
      const phone = await openPhone({ member, name, appVersion: "1.0.0", window: null, now, random });
      await (phone.hasPin ? phone.unlock(about.pin) : phone.setPin(about.pin));
      return phone;
    },
    unlock: (phone) => phone.unlock(about.pin),
    async signIn() {
      const body = new URLSearchParams({ name: about.name, password: about.password });
      const { type } = await fetch("/dang-nhap", { method: "POST", body, redirect: "manual" });
      if (type !== "opaqueredirect") throw Object.assign(new Error("not signed in"), { code: "sign_in_failed" });
    },
    async signOut() {
      await fetch("/dang-xuat", { method: "POST", redirect: "manual" });
    },
    setFull(share, seed) {
      const chance = chanceOf(seed);
      isFull = () => chance() < share;
    },
    bePatient() {
      shorter = 1;
    },
    setAhead(ahead) {
      about.ahead = ahead;
    },
    forgetVisits: () =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open(MEMBER_STORE + about.member);
        opening.onerror = reject;
        opening.onsuccess = () => {
          const clearing = opening.result.transaction("outbox", "readwrite");
          clearing.objectStore("outbox").clear();
          clearing.oncomplete = () => resolve(opening.result.close());
        };
      }),
  });
}
