"""What a map shows of each area: its figures, how they are painted, and its name cut to fit a tile."""

from collections.abc import Iterable
from dataclasses import dataclass

from community_teams.domain.coverage import Coverage
from community_teams.domain.drawing import wrapped
from community_teams.domain.marks import Mark, mark
from community_teams.domain.suppression import Published
from community_teams.queries.coverage import Line, Place

# Letters that fit side by side in a tile at the size the template writes names.
NAME_WIDTH = 7


@dataclass(frozen=True)
class Seen:
    place: Place
    coverage: Coverage | Published | None
    mark: Mark
    name_lines: tuple[str, ...]


def seen(lines: Iterable[Line]) -> dict[str, Seen]:
    """By code of the area."""
    return {
        line.place.code: Seen(line.place, line.coverage, mark(line.coverage), wrapped(line.place.name, NAME_WIDTH))
        for line in lines
    }
