/* Words and empty screens, out of the page's templates. */

const words = new Map();

/** Read every word the page carries. */
export function readWords(document) {
  for (const template of document.querySelectorAll("template")) {
    for (const word of template.content.querySelectorAll("[data-word]")) words.set(word.dataset.word, word.textContent.trim());
  }
}

export const hasWord = (name) => words.has(name);

/** The words called `name`, with {places} filled. A name nobody wrote words for shows itself. */
export function say(name, values = {}) {
  return put(words.get(name) ?? name, values);
}

/**
 * Words for a code, or those of "other" in the same group. A server that does not answer while the phone has a network is
 * told as that: nobody is sent to look for a signal that is there.
 */
export function sayCode(group, code) {
  const shown = code === "offline" && window.navigator.onLine ? "silent" : code;
  return say(words.has(`${group}.${shown}`) ? `${group}.${shown}` : `${group}.other`);
}

const put = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);

/** A copy of a template, filled. See templates/phones/app.html for what data-… means. */
export function draw(id, values = {}) {
  const piece = document.getElementById(id).content.cloneNode(true);
  return fill(piece, values);
}

export function fill(piece, values) {
  for (const part of piece.querySelectorAll("[data-if]")) if (!values[part.dataset.if]) part.remove();
  for (const part of piece.querySelectorAll("[data-unless]")) if (values[part.dataset.unless]) part.remove();
  for (const part of piece.querySelectorAll("[data-say]")) part.textContent = put(part.textContent, values);
  for (const part of piece.querySelectorAll("[data-slot]")) {
    const value = values[part.dataset.slot];
    if (value === undefined) continue;
    refill(part, ...(Array.isArray(value) ? value : [value ?? ""]));
  }
  for (const part of piece.querySelectorAll("[data-href]")) {
    const to = values[part.dataset.href];
    if (to !== undefined) part.setAttribute("href", to);
  }
  return piece;
}

/** Put `nodes` in the place of all that `element` holds: replaceChildren, which phones of before 2021 have not. */
export function refill(element, ...nodes) {
  element.textContent = "";
  element.append(...nodes);
}

/** The part of `root` that takes `name`. */
export const slot = (root, name) => root.querySelector(`[data-slot="${name}"]`);

/** Hear the buttons of a screen: act is {value: function}. */
export function onAct(root, acts) {
  for (const button of root.querySelectorAll('button[name="act"]')) {
    const act = acts[button.value];
    if (act) button.addEventListener("click", () => act(button));
  }
}

/** Said to whoever listens rather than looks. */
export function sayAloud(words) {
  document.getElementById("aloud").textContent = words;
}
