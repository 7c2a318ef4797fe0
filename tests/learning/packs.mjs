// Draws pages out of a pack as the phone does: {pack, asked: [address or {part, id, given}]} in, [page or outcome] out.
import { answered, screenPage, questionPage } from "../../learning/static/learning/offline/pages.js";

let text = "";
for await (const some of process.stdin) text += some;
const { pack, asked } = JSON.parse(text);
const told = asked.map((each) => {
  if (typeof each !== "string") return answered(pack, each.part, each.id, each.given)?.to ?? null;
  const address = new URL(each, "http://localhost");
  const [part, id] = address.pathname.split("/").slice(3);
  return part === "tap" ? screenPage(pack, id ?? null, address, "FORM") : questionPage(pack, id, address, "FORM");
});
console.log(JSON.stringify(told));
