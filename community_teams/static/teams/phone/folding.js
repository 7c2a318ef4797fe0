/* Words as people type them in a hurry. The same as fold() in foundation/areas/domain/naming.py; one set of cases
   (tests/browser_modules/folding.json) holds both to it. */

const APOSTROPHES = /['’ʼ`´]/g;
const MARKS = /\p{M}/gu;
const WORDS = /[\p{L}\p{N}]+/gu;

/** Small letters, no marks, one space between words: "Đặng" gives "dang". */
export function fold(text) {
  const plain = text
    .toLowerCase()
    .replace(APOSTROPHES, "")
    .normalize("NFD")
    .replace(/ß/g, "ss")
    .replace(/đ/g, "d")
    .replace(/ƀ/g, "b")
    .replace(MARKS, "");
  return (plain.match(WORDS) ?? []).join(" ");
}
