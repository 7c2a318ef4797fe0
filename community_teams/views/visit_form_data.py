"""The content of a visit form, with the earlier answers from which a repeat visit starts.

Earlier answers are sent along as hidden fields. So an unchanged answer can be told apart from a typed one, even if
somebody else records a visit to the same household meanwhile. docs/decisions/what-was-known-travels-with-the-form.md.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from werkzeug.datastructures import MultiDict

from community_teams.domain.codes import ConsentLevel, Outcome
from community_teams.domain.form_fields import flat
from community_teams.domain.visits import WITH_CONSENT
from community_teams.queries.known import KnownAnswers

BEFORE = "before."
BEFORE_ON = "before_on"


class VisitForm(MultiDict[str, str]):
    """The content of a visit form, by field.

    before: the earlier answers, by the same fields; before_on: their day as "2026-11-22", or "".
    """

    def __init__(
        self, pairs: Iterable[tuple[str, str]] = (), before: Iterable[tuple[str, str]] = (), before_on: str = ""
    ) -> None:
        super().__init__(list(pairs))
        self.before: MultiDict[str, str] = MultiDict(list(before))
        self.before_on = before_on

    @property
    def last_time(self) -> date | None:
        """The day of the earlier answers; None where there are none or the day cannot be read."""
        try:
            return date.fromisoformat(self.before_on) if self.before else None
        except ValueError:
            return None

    def hidden(self) -> list[tuple[str, str]]:
        """Names and values of the hidden fields with the earlier answers."""
        pairs = [(BEFORE + name, value) for name, value in self.before.items(multi=True)]
        return [(BEFORE_ON, self.before_on), *pairs] if pairs else []


def form_from_known(known: KnownAnswers | None, more: Mapping[str, str]) -> VisitForm:
    """A form that starts with the earlier answers. more: further fields to start with."""
    before = flat(known.answers) if known else []
    return VisitForm([*more.items(), *before], before, str(known.visited_on) if known else "")


def form_from_request(form: MultiDict[str, str]) -> VisitForm:
    """A form as a browser sent it, its earlier answers apart."""
    pairs = list(form.items(multi=True))
    before = [(name.removeprefix(BEFORE), value) for name, value in pairs if name.startswith(BEFORE)]
    own = [pair for pair in pairs if not pair[0].startswith(BEFORE) and pair[0] != BEFORE_ON]
    return VisitForm(own, before, form.get(BEFORE_ON, ""))


def answers_of_today(form: VisitForm) -> MultiDict[str, str]:
    """The fields that count as answers of this visit. Unchanged earlier answers are left out where they may not count.

    If nobody was met, all of them are left out; if the family did not consent, those about the family. What was typed
    always stays: the schema validates it.
    """
    agreed = form.get("consent.level", "") not in ("", ConsentLevel.NONE)
    met = form.get("outcome", "") in (Outcome.MET_DONE, Outcome.MET_PARTIAL)
    if met and agreed:
        return form
    untouched = {
        name
        for name in form.before
        if form.getlist(name) == form.before.getlist(name) and not (met and name.partition(".")[0] not in WITH_CONSENT)
    }
    return MultiDict([(name, value) for name, value in form.items(multi=True) if name not in untouched])


def rows_filled(form: MultiDict[str, str], group: str) -> int:
    """How many rows of `group` ("people", "issues") the form needs: up to the last one that is not empty."""
    rows = [_row(name, group) for name, value in form.items(multi=True) if value.strip()]
    return max(rows, default=0)


def _row(name: str, group: str) -> int:
    first, _, rest = name.partition(".")
    row = rest.partition(".")[0]
    numbered = first == group and row.isascii() and row.isdecimal() and len(row) <= 2
    return int(row) + 1 if numbered else 0
