"""Areas as the coverage pages name them, their children, and queries about the hamlets within them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, Result, Row, Select, and_, bindparam, func, literal_column, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from foundation.areas.domain.kinds import AreaKind, Level
from foundation.areas.domain.scope import Scope
from foundation.areas.models import Area
from foundation.areas.queries import bounds, inside, inside_one
from foundation.problems import NotFound

# A path begins with its province's code, which has two digits. Written out, because PostgreSQL does not see that two
# parameters of a GROUP BY are the same number.
FIRST_LETTER = literal_column("1", Integer)
PROVINCE_LETTERS = literal_column("2", Integer)


@dataclass(frozen=True)
class Place:
    """An area as pages name it. level: None for the nation, whose code and path are empty."""

    code: str
    path: str
    level: Level | None
    kind: AreaKind | None
    name: str
    latitude: float | None = None
    longitude: float | None = None

    @property
    def level_beneath(self) -> Level | None:
        return _BENEATH[self.level]


_BENEATH = {None: Level.PROVINCE, Level.PROVINCE: Level.COMMUNE, Level.COMMUNE: Level.HAMLET, Level.HAMLET: None}
THE_NATION = Place("", "", None, None, "Việt Nam")


def place_of(session: Session, code: str) -> tuple[Place, tuple[Place, ...]]:
    """An area still valid and those it lies in, from the province down. NotFound for any other code."""
    path = session.scalar(_PATH, {"code": code})
    if path is None:
        raise NotFound("no_such_area")
    codes = path.strip("/").split("/")
    rows = session.execute(_LINE, {"codes": codes})
    *above, place = (_place(row) for row in rows)
    return place, tuple(above)


PLACE = (Area.code, Area.path, Area.level, Area.kind, Area.name, Area.latitude, Area.longitude)
# Built once: building a statement takes as long as running it.
_PATH = select(Area.path).where(Area.code == bindparam("code"), Area.valid_to.is_(None))
_LINE = select(*PLACE).where(Area.code.in_(bindparam("codes", expanding=True))).order_by(Area.path)
_BENEATH_IT = select(*PLACE).where(Area.valid_to.is_(None)).order_by(Area.sort_key, Area.code)
_CHILDREN = _BENEATH_IT.where(Area.parent_code == bindparam("parent"))
_PROVINCES = _BENEATH_IT.where(Area.parent_code.is_(None), Area.level == Level.PROVINCE)


def _place(row: Row[*tuple[Any, ...]]) -> Place:
    return Place(*row)


def children_of(session: Session, scope: Scope, place: Place) -> list[Place]:
    if place.level is Level.HAMLET:
        return []
    statement = _CHILDREN if place.code else _PROVINCES
    if not (place.path and scope.covers(place.path)) and not scope.is_nation:
        statement = statement.where(inside(Area.path, scope))
    return [_place(row) for row in session.execute(statement, {"parent": place.code} if place.code else {})]


def child_code(level: Level | None) -> "AreaCode":
    """The column by which hamlets within a place of this level are grouped: the code of the place's child that contains
    them. For a commune or a hamlet that is the hamlet's own code."""
    if level is None:
        return func.substr(Area.path, FIRST_LETTER, PROVINCE_LETTERS)
    return Area.parent_code if level is Level.PROVINCE else Area.code


# Given a path column, the condition on it.
PathCondition = Callable[[Any], ColumnElement[bool]]
Statement = Select[*tuple[Any, ...]]
AreaCode = ColumnElement[str] | InstrumentedAttribute[str] | InstrumentedAttribute[str | None]


def within_reach(scope: Scope, place: Place) -> PathCondition:
    """The condition that a path is that of the place or of an area within it, and lies within `scope`."""
    beneath = Scope((place.path,))
    if place.path and scope.covers(place.path):
        # One range only. Of two, SQLite uses the first, which is the scope: it read a whole province for one hamlet.
        return lambda path: inside(path, beneath)
    return lambda path: and_(inside(path, scope), inside(path, beneath))


class PreparedQuery:
    """A statement about the areas within a place.

    It is built once per level and reused for everybody whose scope covers the whole place, which is almost everybody:
    building it takes longer than running it.

    build: makes the statement; it is given the condition that a path lies within the place and the scope, and the
    place's child_code.
    """

    def __init__(self, build: Callable[[PathCondition, AreaCode], Statement]) -> None:
        self._build = build
        self._built: dict[Level | None, Statement] = {}

    def execute(self, session: Session, scope: Scope, place: Place, **values: object) -> Result[*tuple[Any, ...]]:
        """Run it for one place. values: for the statement's own parameters."""
        if not place.path or not scope.covers(place.path):
            return session.execute(self._build(within_reach(scope, place), child_code(place.level)), values)
        if place.level not in self._built:
            self._built[place.level] = self._build(inside_one, child_code(place.level))
        return session.execute(self._built[place.level], values | bounds(place.path))


def of_today(within: PathCondition) -> tuple[ColumnElement[bool], ...]:
    """Conditions on Area for the hamlets within a place that are valid today; for a hamlet, itself."""
    return Area.level == Level.HAMLET, Area.valid_to.is_(None), within(Area.path)
