// Judges an answer to a practice screen by the same rules as courses/domain/answering.py. Pure.

const LONG_NUMBER = /\p{Nd}(?:[\s.-]{0,2}\p{Nd}){8,}/gu;

const plain = (text) => text.normalize("NFKC");
const digits = (text) => plain(text).replace(/\P{Nd}/gu, "");

function invented(number) {
  const figures = [...digits(number)];
  return new Set(figures).size <= 1 || figures.filter((figure) => figure !== "0").length <= 1;
}

const holdsRealNumber = (text) => (plain(text).match(LONG_NUMBER) ?? []).some((number) => !invented(number));

/** Without spaces and capitals, and for a number without separators. */
function bare(text) {
  const letters = plain(text).replace(/\s/gu, "").toLowerCase();
  const figures = digits(letters);
  return figures && /^[0-9./-]*$/.test(letters) ? figures : letters;
}

function isRun(text) {
  if (text.length < 3 || !/^\p{Nd}+$/u.test(text)) return false;
  const steps = new Set([...text].slice(1).map((figure, place) => (Number(figure) - Number(text[place]) + 10) % 10));
  return steps.size === 1 && (steps.has(1) || steps.has(9));
}

const RULES = {
  at_least_8: (secret) => [...secret].length >= 8,
  upper: (secret) => /\p{Lu}/u.test(secret),
  lower: (secret) => /\p{Ll}/u.test(secret),
  digit: (secret) => /\p{Nd}/u.test(secret),
  mark: (secret) => /[^\p{L}\p{N}\s]/u.test(secret),
  six_digits: (secret) => /^[0-9]{6}$/.test(secret),
  not_a_run: (secret) => secret !== "" && !isRun(secret),
  not_all_same: (secret) => new Set(secret).size > 1,
};

/**
 * Judge `given` by a screen of a pack.
 *
 * @param {Record<string, any>} screen  as views/packs.py writes it
 * @param {string[]} given  ids touched or ticked, or what was typed
 * @returns {{right: boolean, goes: string, hint: string[], lit: string[], met: string[], wiped: boolean}}
 *   goes: id of the next screen; null to try this one again; "" ends the practice. hint: the hint on this screen, and the
 *   hint on the screen a detour leads to. lit: ids of the places to highlight.
 */
export function judge(screen, given) {
  const targets = screen.targets ?? [];
  const none = { right: false, goes: null, hint: ["", ""], lit: [], met: [], wiped: false };
  const asShown = screen.kind === "type" && bare(given.join("")) === bare(screen.typed);
  const typed = given.filter((text) => !targets.some(({ id }) => id === text)).join(" ");
  if (!asShown && holdsRealNumber(typed)) return { ...none, wiped: true };
  const right = { ...none, right: true, goes: screen.goes };
  const wrong = { ...none, hint: screen.hint };
  const isRight = targets.filter((target) => target.right).map(({ id }) => id);

  if (screen.kind === "end") return right;
  if (screen.kind === "type") return asShown ? right : wrong;
  if (screen.kind === "secret") {
    const secret = given.join("").trim();
    const met = Object.keys(screen.rules).filter((code) => RULES[code](secret));
    return met.length === Object.keys(screen.rules).length ? { ...right, met } : { ...wrong, met };
  }
  if (screen.kind === "tick") {
    const ticked = new Set(given);
    const lit = isRight.filter((id) => !ticked.has(id));
    if (lit.length === 0 && ticked.size === isRight.length) return right;
    const beside = targets.find((target) => ticked.has(target.id) && !target.right && target.hint);
    return { ...wrong, hint: beside?.hint ?? screen.hint, lit };
  }
  const touched = given.length === 1 ? targets.find(({ id }) => id === given[0]) : undefined;
  if (touched?.right) return { ...right, goes: touched.goes };
  if (!touched) return { ...wrong, lit: isRight };
  const hint = touched.hint ?? screen.hint;
  return touched.goes ? { ...wrong, hint, goes: touched.goes } : { ...wrong, hint, lit: isRight };
}

/** What is stored of an answer: ids of the screen's own targets; of typed text only whether it was right. */
export function storedChoices(screen, given, right) {
  if (screen.kind === "type" || screen.kind === "secret") return right;
  return (screen.targets ?? []).map(({ id }) => id).filter((id) => given.includes(id));
}
