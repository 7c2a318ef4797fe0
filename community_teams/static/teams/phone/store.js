// What the team's phone stores: names and shapes of its databases.
// One database for each member who uses this phone, and one for the phone itself.

export const MEMBER_STORE = "doi-so-member-";
export const DEVICE_STORE = "doi-so-device";

/**
 * The upgrade step of each version. A released step is never changed: a phone may come from any version, with visits
 * waiting. A store of every version is in tests/browser_modules/stores/ and is upgraded in the tests.
 */
export const MEMBER_STEPS = [
  (database) => {
    database.createObjectStore("kept");
    database.createObjectStore("hamlets");
    database.createObjectStore("drafts");
    database.createObjectStore("known");
    database.createObjectStore("outbox", { keyPath: "id" }).createIndex("state", "state");
  },
];

export const DEVICE_STEPS = [
  (database) => {
    database.createObjectStore("kept");
    database.createObjectStore("members", { keyPath: "member" });
  },
];
