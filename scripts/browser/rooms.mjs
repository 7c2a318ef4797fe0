// What is built, and of what.

/** Blueprint with a static folder -> that folder. tests/foundation/web/test_browser_build.py compares it with the app. */
export const ROOMS = {
  web: "foundation/web/static",
  learning: "learning/static/learning",
  teams: "community_teams/static/teams",
  coverage: "community_teams/static/coverage",
};
/** Service workers: classic scripts, one file each with all they import. */
export const WORKERS = { learning: ["offline/worker.js"], teams: ["phone/worker.js"] };
/** Scripts that pages load by a plain <script>, so that nothing newer decides over them -> their own target, if any. */
export const CLASSIC = { web: { "keeping.js": undefined, "too_old.js": "es5" } };
/** Files of libraries that pages load as they are: name under /static/vendor/ -> file in node_modules. */
export const COPIED = {
  "leaflet/leaflet.css": "leaflet/dist/leaflet.css",
  "leaflet/images/layers.png": "leaflet/dist/images/layers.png",
  "leaflet/images/layers-2x.png": "leaflet/dist/images/layers-2x.png",
};
/** Workers that a library carries as text inside a module. Our pages may start nothing from memory, so the text becomes
 * a file: name under /static/vendor/ -> module in node_modules. */
export const UNWRAPPED = { "qr-scanner/engine.js": "qr-scanner/qr-scanner-worker.min.js" };
