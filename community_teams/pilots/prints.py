"""A pilot model as a PDF, to read out at a meeting or pin up."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from community_teams.pilots.domain.figures import FigureComparison
from community_teams.pilots.domain.pilots import PARTS, PilotText
from foundation.web.pdf.render import render_pdf
from translations.languages import SOURCE
from translations.web import force_language

# About 60 KB each; enough for a busy week.
CACHED_SHEETS = 64


@dataclass(frozen=True)
class Sheet:
    """What is printed. place: kind and name of hamlet, commune and province, from the smallest up.

    then, today: the days of the two columns of figures; then is None when only today's are shown.
    """

    text: PilotText
    place: tuple[tuple[str, str], ...]
    published_on: date
    figures: tuple[FigureComparison, ...]
    then: date | None
    today: date
    source: str
    as_of: date | None
    sample: bool


@lru_cache(CACHED_SHEETS)
def pilot_pdf(sheet: Sheet) -> bytes:
    """The sheet as PDF bytes; an unchanged sheet comes from the cache. Needs the app's context."""
    with force_language(SOURCE):
        return render_pdf(
            "pilots/pilot_sheet.html",
            styles=["coverage/pilot_sheet.css"],
            sheet=sheet,
            parts=PARTS,
            places=[{"kind": kind, "name": name} for kind, name in sheet.place],
        )
