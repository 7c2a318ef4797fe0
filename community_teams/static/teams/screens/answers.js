/* Answers in a record, by a path such as "people.0.skills.wifi". An unanswered question is missing. */

const parts = (path) => path.split(".").map((part) => (/^\d+$/.test(part) ? Number(part) : part));

export function answerAt(record, path) {
  return parts(path).reduce((value, part) => value?.[part], record);
}

const nothing = (value) => value === undefined || value === null || value === "" || (Array.isArray(value) && !value.length);

/** A copy of the record with one answer set. An empty value removes the answer. */
export function withAnswer(record, path, value) {
  return set(record ?? {}, parts(path), nothing(value) ? undefined : value);
}

/** @param {any} within @param {any[]} path @param {any} value */
function set(within, path, value) {
  const [first, ...rest] = path;
  const copy = Array.isArray(within) ? [...within] : { ...within };
  const next = rest.length ? set(copy[first] ?? (typeof rest[0] === "number" ? [] : {}), rest, value) : value;
  if (Array.isArray(copy)) {
    while (copy.length < first) copy.push({});
    copy[first] = next ?? {};
  } else if (next === undefined || isEmpty(next)) {
    delete copy[first];
  } else {
    copy[first] = next;
  }
  return copy;
}

/** Whether a group, or a list of groups, has no answer at all. */
export function isEmpty(value) {
  if (Array.isArray(value)) return !value.length;
  return value !== null && typeof value === "object" ? !Object.keys(value).length : nothing(value);
}

/** Whether any of the paths is answered. */
export const answered = (record, paths) => paths.some((path) => !isEmpty(answerAt(record, path)));
