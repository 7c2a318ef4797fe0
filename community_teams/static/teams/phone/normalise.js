/* Normalises text for searching. The same rule as fold() in foundation/areas/domain/naming.py; both are tested with the
   cases of tests/browser_modules/same_rules.json. */

const APOSTROPHES = /['’ʼ`´]/g;

/** Lower case, without diacritics and punctuation, one space between words: "Đặng" gives "dang". */
export function normalise(text) {
  // No \p{…} outside a function: Chrome 63 and Firefox before 78 would not even load the file.
  const plain = text
    .toLowerCase()
    .replace(APOSTROPHES, "")
    .normalize("NFD")
    .replace(/ß/g, "ss")
    .replace(/đ/g, "d")
    .replace(/ƀ/g, "b")
    .replace(/\p{M}/gu, "");
  return (plain.match(/[\p{L}\p{N}]+/gu) ?? []).join(" ");
}
