/* The part of the address after "#": which screen, and what was asked of it. */

/** "#/ho/7c0e?loc=vang" → {path: ["ho", "7c0e"], asked: URLSearchParams}. Broken escapes lead to the first screen. */
export function readAddress(hash) {
  const [way, query = ""] = hash.replace(/^#/, "").split("?");
  try {
    return { path: way.split("/").filter(Boolean).map(decodeURIComponent), asked: new URLSearchParams(query) };
  } catch {
    return { path: [], asked: new URLSearchParams() };
  }
}

/** path: the parts of the way. asked: plain values; empty ones are left out. */
export function addressOf(path, asked = {}) {
  const kept = Object.entries(asked).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  const query = new URLSearchParams(kept).toString();
  return `#/${path.map(encodeURIComponent).join("/")}${query && `?${query}`}`;
}
