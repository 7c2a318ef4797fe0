// Makes practice and questions quicker: sends the form without leaving the page and puts the next screen in its place.
// Whatever goes wrong, the browser sends the form as if this were not here. Holds no sentence: the page brings them.

const main = document.getElementById("main");

/** Whether `text` may be somebody's real number, by the patterns its form carries. */
function looksReal(text, { real, invented }) {
  return (text.normalize("NFKC").match(new RegExp(real, "g")) ?? []).some(
    (number) => !new RegExp(invented).test(number.replace(/\D/g, "")),
  );
}

function say(id) {
  document.querySelector("[role=status].word")?.replaceChildren(document.getElementById(id).content.cloneNode(true));
}

function show(html, address) {
  const next = new DOMParser().parseFromString(html, "text/html");
  for (const sheet of next.querySelectorAll("link[rel=stylesheet]"))
    if (!document.querySelector(`link[href="${sheet.getAttribute("href")}"]`)) return location.assign(address);
  const words = next.querySelector("[role=status]")?.cloneNode(true);
  next.querySelector("[role=status]")?.replaceChildren();
  main.replaceChildren(...next.getElementById("main").childNodes);
  document.title = next.title;
  // A live region speaks of what is put into it later, not of what it was born with.
  requestAnimationFrame(() => {
    if (words) main.querySelector("[role=status]").replaceChildren(...words.childNodes);
    main.querySelector(".touch.flash")?.scrollIntoView({ block: "nearest" });
  });
  main.querySelector("h1").focus();
  main.scrollIntoView();
}

async function send(form, button) {
  const body = new URLSearchParams(new FormData(form));
  // Said by hand: phones of before 2023 leave the button out.
  if (button?.name) body.append(button.name, button.value);
  try {
    const learner = /(?:^|; )hoc-ai=([^;]*)/.exec(document.cookie)?.[1];
    const answer = await fetch(form.action, { method: "POST", body, headers: learner ? { "X-Learner": learner } : {} });
    if (!answer.ok) throw new Error(answer.status);
    const html = await answer.text();
    history.pushState({ quick: true }, "", answer.url);
    show(html, answer.url);
  } catch (error) {
    if (document.getElementById("no-network") && !navigator.onLine) return say("no-network");
    form.dataset.quick = "no";
    form.requestSubmit(button);
  }
}

main.addEventListener("submit", (event) => {
  const form = event.target;
  const typed = form.querySelector(".phone-input");
  if (form.dataset.real && looksReal(typed.value, form.dataset)) {
    event.preventDefault();
    typed.value = "";
    typed.focus();
    return say("wiped");
  }
  if (form.dataset.quick !== "") return;
  event.preventDefault();
  if (form.ariaBusy === "true") return;
  form.ariaBusy = "true";
  send(form, event.submitter).finally(() => (form.ariaBusy = null));
});

main.addEventListener("input", (event) => {
  for (const line of event.target.form.querySelectorAll("[data-rule]:not([data-rule=''])"))
    line.classList.toggle("met", new RegExp(line.dataset.rule, "u").test(event.target.value.trim()));
});

addEventListener("popstate", () => location.reload());
