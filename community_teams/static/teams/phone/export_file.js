// The last resort: waiting visits as a file that an organiser can import. The file is not encrypted.

import { randomId } from "../../../../foundation/web/static/offline/ids.js";

/** @param {Record<string, any>[]} visits  records, oldest first @returns {Blob} the body of a batch, of any length */
export function exportFile(visits, { crypto, device, member, now, about = {} }) {
  const body = {
    batch: randomId(crypto),
    device,
    member,
    pending: visits.length,
    sent_at: new Date(now()).toISOString(),
    ...about,
    visits,
  };
  return new Blob([JSON.stringify(body, null, 1)], { type: "application/json" });
}
