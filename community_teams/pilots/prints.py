"""A pilot model on paper, to be read out at a meeting or pinned up."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from community_teams.pilots.domain.figures import Beside
from community_teams.pilots.domain.pilots import PARTS, PilotText
from foundation.web.pdf.render import render_pdf
from translations.languages import SOURCE
from translations.web import force_language

# A sheet weighs about 60 KB; those of a busy week.
KEPT = 64


@dataclass(frozen=True)
class Sheet:
    """What is printed. place: kind and name of hamlet, commune and province, from the smallest up.

    then, today: the days of the two columns of figures; then is None when only today's are told.
    """

    text: PilotText
    place: tuple[tuple[str, str], ...]
    published_on: date
    figures: tuple[Beside, ...]
    then: date | None
    today: date
    source: str
    as_of: date | None
    sample: bool


@lru_cache(KEPT)
def pilot_pdf(sheet: Sheet) -> bytes:
    """The sheet as PDF bytes, drawn once for as long as nothing on it changes. Needs the app's context."""
    with force_language(SOURCE):
        return render_pdf(
            "pilots/pilot_sheet.html",
            styles=["coverage/pilot_sheet.css"],
            sheet=sheet,
            parts=PARTS,
            places=[{"kind": kind, "name": name} for kind, name in sheet.place],
        )
