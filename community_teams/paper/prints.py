"""The visit form and the list of households as PDFs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from community_teams.domain.codes import Outcome
from community_teams.domain.visits import MOST_ISSUES, MOST_PEOPLE
from community_teams.models import Household
from community_teams.paper import domain as paper
from foundation.areas.models import Area
from foundation.web.pdf.render import render_pdf
from translations.languages import SOURCE
from translations.web import force_language

STYLES = ("teams/paper.css",)


@dataclass(frozen=True)
class PrintedHousehold:
    """One line of the list: never a name. met: whether somebody was met there before."""

    short_code: str
    lane: str
    last_visited_on: date | None
    met: bool
    next_visit_on: date | None


def sheet_pdf(hamlet: Area, above: Sequence[Area], household: Household | None = None) -> bytes:
    """A sheet for one visit, both sides of A4, as PDF bytes: blank, or with the household's code and lane."""
    with force_language(SOURCE):
        return render_pdf(
            "paper/paper_sheet.html",
            styles=STYLES,
            paper=paper,
            most_people=MOST_PEOPLE,
            most_issues=MOST_ISSUES,
            door=_listed(household) if household else None,
            **_place(hamlet, above),
        )


def list_pdf(hamlet: Area, above: Sequence[Area], households: Sequence[Household]) -> bytes:
    """The hamlet's households in the order given, each lane on its own, with boxes for a short visit, as PDF bytes."""
    doors = [_listed(household) for household in households]
    with force_language(SOURCE):
        return render_pdf(
            "paper/paper_list.html",
            styles=STYLES,
            paper=paper,
            lanes=[(lane, list(group)) for lane, group in groupby(doors, key=lambda door: door.lane)],
            households=len(doors),
            **_place(hamlet, above),
        )


def _listed(household: Household) -> PrintedHousehold:
    return PrintedHousehold(
        household.short_code,
        household.lane,
        household.last_visited_on,
        household.first_reached_on is not None and household.last_outcome is not Outcome.MOVED,
        household.next_visit_on,
    )


def _place(hamlet: Area, above: Sequence[Area]) -> dict[str, object]:
    return {
        "hamlet": {"kind": hamlet.kind, "name": hamlet.name},
        "above": [{"kind": area.kind, "name": area.name} for area in reversed(above)],
        "sample": hamlet.is_sample,
    }
