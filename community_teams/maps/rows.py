"""The table under a map, which says the same: its figures as text, ready for hundreds of lines."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from community_teams.domain.coverage import Coverage, rounded_down
from community_teams.domain.suppression import Published
from community_teams.queries.coverage import Line, Place
from translations.formats import number, percent


@dataclass(frozen=True)
class Row:
    """One area. coverage: None where it is hidden; then the texts are empty.

    reached: met, of the households written down; of the listed ones where the other is not told.
    """

    place: Place
    heading: str
    coverage: Coverage | Published | None
    households: str = ""
    enumerated: str = ""
    reached: str = ""
    share: str = ""
    share_of_enumerated: str = ""
    left: str = ""


def rows_of(lines: Iterable[Line], names: Mapping[str, str]) -> list[Row]:
    """names: kind -> "xã {name}"; the first letter becomes a capital. Areas nothing is known of are left out."""
    return [_row(line, names) for line in lines if line.coverage is None or not line.coverage.nothing_known]


def _row(line: Line, names: Mapping[str, str]) -> Row:
    name = str(names[line.place.kind or ""]).format(name=line.place.name)
    heading = name[:1].upper() + name[1:]
    of = line.coverage
    if of is None:
        return Row(line.place, heading, None)
    return Row(
        line.place,
        heading,
        of,
        households=number(of.households),
        enumerated=number(of.enumerated),
        reached=number(of.reached_listed if of.reached is None else of.reached),
        share=_cut(of.share),
        share_of_enumerated=_cut(of.share_of_enumerated),
        left=number(of.left_to_goal),
    )


def _cut(share: float | None) -> str:
    return percent(None if share is None else rounded_down(share))
