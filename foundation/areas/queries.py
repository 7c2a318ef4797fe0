"""Reads areas: the tree, in Vietnamese order, and outlines for maps."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, bindparam, case, false, or_, select, true
from sqlalchemy.orm import Session

from foundation.areas.domain.kinds import HOANG_SA, KIND_WORDS, TRUONG_SA, AreaKind, Level
from foundation.areas.domain.naming import fold
from foundation.areas.domain.scope import NATION, Scope
from foundation.areas.models import Area, Outline


def inside(path: SQLColumnExpression[str], scope: Scope) -> ColumnElement[bool]:
    """The condition that an area path lies within `scope`: nothing for an empty scope, anything for the nation.

    path: a column of type `bytewise`. A range, not LIKE, so that both databases answer it from the index.
    """
    if scope.is_nation:
        return true()
    if not scope.paths:
        return false()
    return or_(*(and_(path >= beneath, path < _past(beneath)) for beneath in scope.paths))


def inside_one(path: SQLColumnExpression[str]) -> ColumnElement[bool]:
    """The same for a single area that is named on execution, by `bounds`: such a statement need only be built once."""
    return and_(path >= bindparam("beneath"), path < bindparam("past"))


def bounds(beneath: str) -> dict[str, str]:
    """What a statement with `inside_one` is executed with. beneath: the area's path, not the nation's."""
    return {"beneath": beneath, "past": _past(beneath)}


def _past(beneath: str) -> str:
    # "0" is the character right after "/".
    return beneath[:-1] + "0"


def area(session: Session, code: str) -> Area | None:
    """The area with this code, also one no longer valid; None if there never was one."""
    return session.get(Area, code)


def children(session: Session, scope: Scope, code: str | None) -> list[Area]:
    """The areas right beneath `code` that lie within `scope`, in Vietnamese order; the provinces for None.

    Areas no longer valid are left out.
    """
    beneath = Area.parent_code == code if code is not None else Area.level == Level.PROVINCE
    return list(
        session.scalars(
            select(Area)
            .where(beneath, Area.valid_to.is_(None), inside(Area.path, scope))
            .order_by(Area.sort_key, Area.code)
        )
    )


def ancestors(session: Session, code: str) -> list[Area]:
    """The areas `code` lies in, from the province down, without itself. Empty for a province or an unknown code."""
    path = session.scalar(select(Area.path).where(Area.code == code))
    if path is None:
        return []
    above = path.split("/")[:-2]
    return list(session.scalars(select(Area).where(Area.code.in_(above)).order_by(Area.path)))


def on_map(session: Session, code: str | None) -> list[Area]:
    """What a tile map of `code` shows: its children, in Vietnamese order. Maps are public, so no scope is asked for.

    A map of the nation (None) shows the provinces and, after them, Hoàng Sa and Trường Sa as well.
    """
    shown = children(session, NATION, code)
    if code is not None:
        return shown
    islands = select(Area).where(Area.code.in_([HOANG_SA, TRUONG_SA])).order_by(Area.code)
    return [*shown, *session.scalars(islands)]


def has_sample(session: Session, path: str) -> bool:
    """Whether the area at `path`, or any beneath it, is made up for show. The empty path asks for the whole nation."""
    found = select(Area.code).where(Area.is_sample, inside(Area.path, Scope((path,)))).limit(1)
    return session.scalar(found) is not None


def search(session: Session, folded_text: str, limit: int = 20) -> list[Area]:
    """Areas whose name holds `folded_text`, at most `limit`; those that begin with it first, larger areas first.

    folded_text: as `fold` gives it, with or without the kind: "bat mot", "xa bat mot". Empty text finds nothing.
    """
    if not folded_text:
        return []
    named = Area.folded.contains(folded_text, autoescape=True)
    begins = Area.folded.startswith(folded_text, autoescape=True)
    for kind, name in _with_kind(folded_text):
        named |= (Area.kind == kind) & Area.folded.contains(name, autoescape=True)
        begins |= (Area.kind == kind) & Area.folded.startswith(name, autoescape=True)
    by_level = case({Level.PROVINCE: 0, Level.COMMUNE: 1}, value=Area.level, else_=2)
    return list(
        session.scalars(
            select(Area)
            .where(named, Area.valid_to.is_(None))
            .order_by(case((begins, 0), else_=1), by_level, Area.sort_key, Area.code)
            .limit(limit)
        )
    )


def _with_kind(folded_text: str) -> list[tuple[AreaKind, str]]:
    leads = [(kind, fold(words) + " ") for kind, words in KIND_WORDS.items()]
    return [(kind, folded_text.removeprefix(lead)) for kind, lead in leads if folded_text.startswith(lead)]


@dataclass(frozen=True)
class AreaOutline:
    """One area as a map draws it. geojson: a GeoJSON geometry as text; box: west, south, east, north in degrees."""

    code: str
    path: str
    kind: AreaKind
    name: str
    geojson: str
    box: tuple[float, float, float, float]


def outlines_of(session: Session, parent_code: str | None) -> list[AreaOutline]:
    """The outlines of the areas right beneath `parent_code` (the provinces for None), in the order of their codes.

    Outlines are public, so no scope is asked for. Areas without an outline are left out.
    """
    rows = session.execute(
        select(Area, Outline)
        .join(Outline, Outline.area_code == Area.code)
        .where(*_current_children(parent_code))
        .order_by(Area.code)
    )
    return [
        AreaOutline(
            code=area.code,
            path=area.path,
            kind=area.kind,
            name=area.name,
            geojson=outline.geojson,
            box=(outline.west, outline.south, outline.east, outline.north),
        )
        for area, outline in rows
    ]


def outline_version(session: Session, parent_code: str | None) -> str | None:
    """Changes when anything `outlines_of` gives does, names included; None while there is nothing to draw."""
    rows = session.execute(
        select(Area.code, Area.kind, Area.name, Outline.version)
        .join(Outline, Outline.area_code == Area.code)
        .where(*_current_children(parent_code))
        .order_by(Area.code)
    ).all()
    return fingerprint(["\t".join(row) for row in rows]) if rows else None


def fingerprint(lines: Sequence[str]) -> str:
    """16 hexadecimal digits that change with the lines."""
    return sha256("\n".join(lines).encode()).hexdigest()[:16]


def _current_children(parent_code: str | None) -> tuple[ColumnElement[bool], ...]:
    # Provinces have no parent; the condition lets the database use the index.
    provinces = Area.parent_code.is_(None) & (Area.level == Level.PROVINCE)
    beneath = Area.parent_code == parent_code if parent_code is not None else provinces
    return beneath, Area.valid_to.is_(None)
