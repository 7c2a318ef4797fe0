// What the team's phone stores: names and shapes of its databases.
// One database for each member who uses this phone, and one for the phone itself.

export const MEMBER_STORE = "doi-so-member-";
export const DEVICE_STORE = "doi-so-device";

/**
 * What each version brought. A step once released is never changed: a phone may come from any version, with visits
 * waiting. Keep a store of every version in tests/browser_modules/stores/ and move it in the tests.
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
