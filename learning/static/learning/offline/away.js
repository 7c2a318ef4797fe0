// Marks, on a page shown without network, the links that cannot be opened now. Pure. The words are in the downloads page.

const LINK = /<a\b([^>]*?)href="(\/[^"#?]*)([^"]*)"([^>]*)>/g;

/** The content of template `id` of the downloads page; "" if it has none. */
export function wordsOf(shell, id) {
  return new RegExp(`<template id="${id}">(.*?)</template>`, "s").exec(shell)?.[1] ?? "";
}

/** `html` with `words` at the start of its main part. */
export function withWords(html, words) {
  return html.replace(/<main\b[^>]*>/, (main) => main + words);
}

/** `html` with every link disabled whose path `isAvailable` rejects. */
export function greyed(html, isAvailable) {
  return html.replace(LINK, (link, before, path, rest, after) => {
    if (isAvailable(path)) return link;
    const attributes = `${before}href="${path}${rest}"${after}`;
    const named = / ?class="/.test(attributes) ? attributes.replace('class="', 'class="away ') : ` class="away"${attributes}`;
    return `<a${named} aria-disabled="true" aria-describedby="away">`;
  });
}
