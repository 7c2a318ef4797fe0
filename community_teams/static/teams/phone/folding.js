/* Words as people type them in a hurry. The same as fold() in foundation/areas/domain/naming.py; one set of cases
   (tests/browser_modules/folding.json) holds both to it. */

const APOSTROPHES = /['’ʼ`´]/g;

/** Small letters, no marks, one space between words: "Đặng" gives "dang". */
export function fold(text) {
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
