/* The part of the address after "#": which screen, and its parameters. */

/** "#/ho/7c0e?loc=vang" → {path: ["ho", "7c0e"], query: URLSearchParams}. Invalid escapes lead to the first screen. */
export function readAddress(hash) {
  const [way, search = ""] = hash.replace(/^#/, "").split("?");
  try {
    return { path: way.split("/").filter(Boolean).map(decodeURIComponent), query: new URLSearchParams(search) };
  } catch {
    return { path: [], query: new URLSearchParams() };
  }
}

/** path: the parts of the path. query: plain values; empty ones are left out. */
export function addressOf(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  const search = new URLSearchParams(given).toString();
  return `#/${path.map(encodeURIComponent).join("/")}${search && `?${search}`}`;
}
