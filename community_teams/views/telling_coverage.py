"""Coverage told to machines."""

from community_teams.domain.coverage import Coverage, rounded_down
from community_teams.domain.suppression import Published
from community_teams.queries.coverage import Figures, Place


def as_json(figures: Figures) -> dict[str, object]:
    """Figures as plain JSON values. A count that is not known or not told is null, never 0.

    Where an area is hidden, "figures" is null and "hidden" true. Shares are between 0 and 1, or above 1 when the
    official list is too small; they are cut, never rounded up.
    """
    return {
        "area": _place(figures.place),
        "above": [_place(place) for place in figures.above],
        "hidden": figures.coverage is None,
        "figures": _counts(figures.coverage),
        "children": [
            {**_place(line.place), "hidden": line.coverage is None, "figures": _counts(line.coverage)}
            for line in figures.lines
        ],
        "last_visit_on": figures.last_visit_on.isoformat() if figures.last_visit_on else None,
        "is_sample": figures.is_sample,
        "official": False,
    }


def _place(place: Place) -> dict[str, object]:
    return {"code": place.code or None, "name": place.name, "kind": place.kind, "level": place.level}


def _counts(coverage: Coverage | Published | None) -> dict[str, object] | None:
    if coverage is None:
        return None
    return {
        "households": coverage.households,
        "sources": list(coverage.sources),
        "as_of": coverage.as_of.isoformat() if coverage.as_of else None,
        "reached_listed": coverage.reached_listed if coverage.households is not None else None,
        "share": None if coverage.share is None else rounded_down(coverage.share),
        "doubtful": coverage.doubtful,
        "left_to_goal": coverage.left_to_goal,
        "enumerated": coverage.enumerated,
        "reached": coverage.reached,
        "share_of_enumerated": (
            None if coverage.share_of_enumerated is None else rounded_down(coverage.share_of_enumerated)
        ),
        "hamlets": coverage.hamlets,
        "hamlets_without_list": coverage.unlisted,
    }
