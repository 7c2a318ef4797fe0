/** The part of a stored recording that `request` names in its Range header, else all of it. */
export async function ranged(request, stored) {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(request.headers.get("Range") ?? "") ?? [];
  if (from === undefined || (from === "" && to === "")) return stored;
  const whole = await stored.blob();
  const start = from === "" ? Math.max(0, whole.size - Number(to)) : Number(from);
  const end = from !== "" && to !== "" ? Math.min(Number(to), whole.size - 1) : whole.size - 1;
  const headers = new Headers(stored.headers);
  if (start > end) {
    headers.set("Content-Range", `bytes */${whole.size}`);
    return new Response(null, { status: 416, headers });
  }
  headers.set("Content-Range", `bytes ${start}-${end}/${whole.size}`);
  headers.set("Content-Length", String(end - start + 1));
  return new Response(whole.slice(start, end + 1), { status: 206, headers });
}
