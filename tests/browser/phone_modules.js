// The app's own modules, for tests that work the phone without its screens. Bundled by phone_modules.py.
export { membersHere, openPhone } from "../../community_teams/static/teams/phone/phone.js";
export { MEMBER_STORE } from "../../community_teams/static/teams/phone/store.js";
