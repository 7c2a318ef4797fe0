// The one target of everything that browsers load: ECMAScript 2018, which is Chrome 63 and Safari 12 and what followed.

/** For esbuild. Chrome 63 lacks two things of ES2018's regular expressions; naming it keeps those out, too. */
export const TARGET = ["es2018", "chrome63", "safari12", "firefox78"];

/** import() came with ES2020, yet all of the target's browsers have it. Safari 12 takes destructuring apart as all do: what
 * esbuild knows of is a slip of Safari's in default values that name a parameter of the same function. */
export const SUPPORTED = { "dynamic-import": true, destructuring: true };

/** The same for browserslist, which eslint-plugin-compat asks. */
export const BROWSERS = ["chrome >= 63", "and_chr >= 63", "safari >= 12", "ios_saf >= 12", "firefox >= 78", "samsung >= 8.2"];
