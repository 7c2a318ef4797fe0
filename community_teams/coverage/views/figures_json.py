"""Coverage as JSON."""

from hashlib import sha256

from community_teams.coverage.domain.coverage import Coverage, rounded_down
from community_teams.coverage.domain.suppression import Published
from community_teams.coverage.queries.coverage import AreaCoverage, Place


def as_json(figures: AreaCoverage) -> dict[str, object]:
    """Figures as plain JSON values. A count that is unknown or suppressed is null, never 0.

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


def as_counts(figures: AreaCoverage) -> dict[str, object]:
    """Only the numbers, to refresh a page that has all the rest: 1.5 KB for a province.

    areas: changes with everything but the numbers. own, counts: households on the official list, met of those, met,
    written down; of the area, and of those right beneath it in the order of their codes. null where an area is hidden
    or a number is unknown or suppressed: never more than the page shows.
    """
    lines = sorted(figures.lines, key=lambda line: line.place.code)
    return {
        "areas": areas_version(figures),
        "own": _four(figures.coverage),
        "counts": [_four(line.coverage) for line in lines],
    }


def areas_version(figures: AreaCoverage) -> str:
    """A hash of everything on a page of these figures except the numbers: names, lists, what is hidden, the day."""
    content = (
        [(place.code, place.name, place.kind) for place in (*figures.above, figures.place)],
        _beside_numbers(figures.coverage),
        [(each.place.code, each.place.name, each.place.kind, _beside_numbers(each.coverage)) for each in figures.lines],
        figures.last_visit_on,
        figures.is_sample,
    )
    return sha256(repr(content).encode()).hexdigest()[:16]


def _beside_numbers(of: Coverage | Published | None) -> tuple[object, ...] | None:
    if of is None:
        return None
    shown = of.reached is None, of.share_of_enumerated is None, of.doubtful
    return of.households, of.sources, of.as_of, of.hamlets, of.unlisted, shown


def _four(coverage: Coverage | Published | None) -> list[int | None] | None:
    if coverage is None:
        return None
    listed = coverage.reached_listed if coverage.households is not None else None
    return [coverage.households, listed, coverage.reached, coverage.enumerated]


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
