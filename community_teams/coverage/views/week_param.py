"""The week in the query string, and whether there was anything to count by then."""

from collections.abc import Sequence
from datetime import date

from community_teams.coverage.queries.layers import MOST_WEEKS


def begun(week: date | None, weeks: Sequence[date]) -> bool:
    """Whether the first visit was made by the end of a week; True for now (None).

    weeks: the area's, from layers.weeks_of. They go back MOST_WEEKS at most: for earlier weeks the answer is True.
    """
    return week is None or len(weeks) == MOST_WEEKS or week in weeks


def offered(week: date | None, weeks: Sequence[date]) -> list[date]:
    """The weeks to choose from, with the chosen one, which may have no figures."""
    return sorted({*weeks, *([week] if week else [])})
