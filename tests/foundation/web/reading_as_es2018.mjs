// Reads each script named as ECMAScript 2018 and ends with 1 where one holds anything newer.
import { readFileSync } from "node:fs";

import { parse } from "acorn";

let newer = false;
for (const file of process.argv.slice(2)) {
  // import() is newer, too, and every browser of the target has it (Chrome 63, Safari 11.1, Firefox 67).
  const text = readFileSync(file, "utf8").replace(/\bimport\(/g, "later(");
  // A name that came with Chrome 71 and Safari 12.1, and that libraries like to use.
  if (/\bglobalThis\b/.test(text)) {
    newer = true;
    console.log(`${file}: globalThis`);
  }
  try {
    parse(text, { ecmaVersion: 2018, sourceType: /^import|^export|[;}]export\{/m.test(text) ? "module" : "script" });
  } catch (error) {
    newer = true;
    console.log(`${file}: ${error.message}`);
  }
}
process.exit(newer ? 1 : 0);
