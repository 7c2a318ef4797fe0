/* Words and screens from the page's <template> elements. */

const words = new Map();

/** Read every word the page carries. */
export function readWords(document) {
  for (const template of document.querySelectorAll("template")) {
    for (const word of template.content.querySelectorAll("[data-word]")) words.set(word.dataset.word, word.textContent.trim());
  }
}

export const hasWord = (name) => words.has(name);

/** The words called `name`, with {placeholders} filled. A name without words is shown as it is. */
export function say(name, values = {}) {
  return put(words.get(name) ?? name, values);
}

/**
 * Words for a code, or those of "other" in the same group. `offline` while the phone is online means that the server does
 * not answer; it has words of its own, so that nobody goes looking for a signal.
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

/** Replace the content of `element` by `nodes`: replaceChildren, which phones from before 2021 do not have. */
export function refill(element, ...nodes) {
  element.textContent = "";
  element.append(...nodes);
}

/** The slot `name` within `root`. */
export const slot = (root, name) => root.querySelector(`[data-slot="${name}"]`);

/** Handle the buttons of a screen. acts: {button value: function}. */
export function onAct(root, acts) {
  for (const button of root.querySelectorAll('button[name="act"]')) {
    const act = acts[button.value];
    if (act) button.addEventListener("click", () => act(button));
  }
}

/** Announce `words` to screen readers. */
export function sayAloud(words) {
  document.getElementById("aloud").textContent = words;
}
