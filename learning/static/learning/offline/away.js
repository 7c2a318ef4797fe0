// Marks, on a page shown without network, what cannot be opened now. Pure. The words come from the page of the phone.

const LINK = /<a\b([^>]*?)href="(\/[^"#?]*)([^"]*)"([^>]*)>/g;

/** The inside of template `id` of the page of the phone; "" when it has none. */
export function wordsOf(shell, id) {
  return new RegExp(`<template id="${id}">(.*?)</template>`, "s").exec(shell)?.[1] ?? "";
}

/** `html` with `words` first in what it says. */
export function withWords(html, words) {
  return html.replace(/<main\b[^>]*>/, (main) => main + words);
}

/** `html` with every link greyed that leads to what `isKept` says is not there. */
export function greyed(html, isKept) {
  return html.replace(LINK, (link, before, path, rest, after) => {
    if (isKept(path)) return link;
    const attributes = `${before}href="${path}${rest}"${after}`;
    const named = / ?class="/.test(attributes) ? attributes.replace('class="', 'class="away ') : ` class="away"${attributes}`;
    return `<a${named} aria-disabled="true" aria-describedby="away">`;
  });
}
