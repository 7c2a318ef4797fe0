"""What stands in a visit form, and beside it what earlier visits told: where a repeat visit starts from.

The answers of last time travel with the form, so that what nobody touched can be told from what was typed, also when
somebody else records a visit to the same household meanwhile. docs/decisions/what-was-known-travels-with-the-form.md.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from werkzeug.datastructures import MultiDict

from community_teams.domain.codes import ConsentLevel, Outcome
from community_teams.domain.form_fields import flat
from community_teams.domain.visits import WITH_CONSENT
from community_teams.queries.known import Known

BEFORE = "before."
BEFORE_ON = "before_on"


class Told(MultiDict[str, str]):
    """What is in the form, by field. before: what earlier visits told of the same fields; before_on: on which day."""

    def __init__(
        self, pairs: Iterable[tuple[str, str]] = (), before: Iterable[tuple[str, str]] = (), before_on: str = ""
    ) -> None:
        super().__init__(list(pairs))
        self.before: MultiDict[str, str] = MultiDict(list(before))
        self.before_on = before_on

    @property
    def last_time(self) -> date | None:
        """The day earlier answers are from; None where there are none."""
        try:
            return date.fromisoformat(self.before_on) if self.before else None
        except ValueError:
            return None

    def hidden(self) -> list[tuple[str, str]]:
        """What travels with the form unseen."""
        pairs = [(BEFORE + name, value) for name, value in self.before.items(multi=True)]
        return [(BEFORE_ON, self.before_on), *pairs] if pairs else []


def starting_from(known: Known | None, more: Mapping[str, str]) -> Told:
    """A form that begins with what is known. more: what else it begins with."""
    before = flat(known.answers) if known else []
    return Told([*more.items(), *before], before, str(known.visited_on) if known else "")


def sent(form: MultiDict[str, str]) -> Told:
    """What a browser sent."""
    pairs = list(form.items(multi=True))
    before = [(name.removeprefix(BEFORE), value) for name, value in pairs if name.startswith(BEFORE)]
    own = [pair for pair in pairs if not pair[0].startswith(BEFORE) and pair[0] != BEFORE_ON]
    return Told(own, before, form.get(BEFORE_ON, ""))


def as_told_today(told: Told) -> MultiDict[str, str]:
    """What of the form was told on this visit: answers of last time that nobody touched count only where they may.

    Where nobody was met none of them does; where the family did not agree to be written down, none about the family.
    What was typed stays in either case, for the schema to judge.
    """
    agreed = told.get("consent.level", "") not in ("", ConsentLevel.NONE)
    met = told.get("outcome", "") in (Outcome.MET_DONE, Outcome.MET_PARTIAL)
    if met and agreed:
        return told
    untouched = {
        name
        for name in told.before
        if told.getlist(name) == told.before.getlist(name) and not (met and name.partition(".")[0] not in WITH_CONSENT)
    }
    return MultiDict([(name, value) for name, value in told.items(multi=True) if name not in untouched])


def rows_told(told: MultiDict[str, str], group: str) -> int:
    """How many rows of `group` ("people", "issues") anything is in, up to the last of them."""
    rows = [_row(name, group) for name, value in told.items(multi=True) if value.strip()]
    return max(rows, default=0)


def _row(name: str, group: str) -> int:
    first, _, rest = name.partition(".")
    row = rest.partition(".")[0]
    numbered = first == group and row.isascii() and row.isdecimal() and len(row) <= 2
    return int(row) + 1 if numbered else 0
