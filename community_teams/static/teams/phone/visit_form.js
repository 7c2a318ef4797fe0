// The visit's questions, from the server (domain/visits.py): they come inside the app's page and are not repeated here.

let form = null;

/** Read the form from elsewhere than the page: tests have no page. */
export function useForm(other) {
  form = other;
}

/** {visit, person, issue, most_people, most_issues, furthest_days}: lists of questions and limits, as
    phones/views/app_questions.py writes them. A question: {path, kind, step, most, longest, codes, consent, carried, number}. */
export function visitForm() {
  form ??= JSON.parse(document.getElementById("visit-questions").dataset.questions);
  return form;
}

/** The first part of a path: its name in the visit's JSON. */
const nameOf = (question) => question.path.split(".")[0];

/** Names in the visit's JSON whose questions fit, each once. */
export const namesWhere = (fits) => [...new Set(visitForm().visit.filter(fits).map(nameOf))];

/** The question a path answers, also one of a person or an issue ("people.0.age_band") or of one code of several
    ("network.viettel"); undefined for none. */
export function questionAt(path) {
  const [first, , ...rest] = path.split(".");
  const list = { people: visitForm().person, issues: visitForm().issue }[first] ?? visitForm().visit;
  const within = list === visitForm().visit ? path : rest.join(".");
  return list.find((question) => within === question.path || within.startsWith(`${question.path}.`));
}
