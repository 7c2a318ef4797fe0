"""What communes count: sums of their hamlets' counters, reckoned from those."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Integer, Select, bindparam, case, func, select
from sqlalchemy.orm import Session, aliased

from community_teams.domain.counting import TOTALS, WEEKS
from community_teams.models import CommuneWeek, HamletTotal, HamletWeek, ProvinceWeek
from community_teams.queries.places import FIRST_LETTER, PROVINCE_LETTERS
from foundation.areas.domain.kinds import Level
from foundation.areas.models import Area
from foundation.areas.queries import inside_one

# What communes count beside TOTALS and WEEKS: of hamlets with an official list, or without one.
LISTED, UNLISTED, FIRST_LISTED = "reached_listed", "enumerated_unlisted", "first_reached_listed"
COUNTED = (*TOTALS, LISTED, UNLISTED)
WEEK_NAMES = ("path", *WEEKS, FIRST_LISTED)
COMMUNES: BindParameter[Any] = bindparam("communes", expanding=True)


PROVINCE_NAMES = ["province_code", "week", "known_in", *WEEKS, FIRST_LISTED]
# The latest known_in of a closed week; None while no week is closed.
LATEST_CLOSED = select(func.max(ProvinceWeek.known_in))


def totals_of_hamlets(session: Session, communes: Collection[str]) -> dict[str, dict[str, Any]]:
    """What the rows of commune_total should say of their hamlets, by code."""
    rows = session.execute(sums_of_totals(), {"communes": sorted(communes)})
    return {row.code: {name: value for name, value in row._mapping.items() if name != "code"} for row in rows}


def weeks_of_hamlets(session: Session, communes: Collection[str]) -> dict[tuple[str, date, date], dict[str, Any]]:
    """What the rows of commune_week should say, by code, week and known_in."""
    rows = session.execute(sums_of_weeks(), {"communes": sorted(communes)})
    return {(code, week, known): dict(zip(WEEK_NAMES, values, strict=True)) for code, week, known, *values in rows}


def sums_of_totals() -> Select[*tuple[Any, ...]]:
    """What the rows of commune_total say of their hamlets: `code`, then columns by name, of the codes in `communes`."""
    hamlet = aliased(Area)
    listed = hamlet.official_households.is_not(None)
    source = case((listed, hamlet.households_source))

    def added(counter: Any) -> ColumnElement[int]:
        return func.coalesce(func.sum(counter), 0)

    return (
        select(
            Area.code.label("code"),
            Area.path.label("path"),
            func.count(hamlet.code).label("hamlets"),
            func.count(hamlet.official_households).label("listed"),
            func.sum(hamlet.official_households).cast(Integer).label("official_households"),
            func.min(source).label("first_source"),
            func.max(source).label("last_source"),
            func.min(case((listed, hamlet.households_as_of))).label("as_of"),
            (func.coalesce(func.max(case((hamlet.is_sample, 1), else_=0)), 0) == 1).label("is_sample"),
            added(case((listed, HamletTotal.reached))).label(LISTED),
            added(case((hamlet.official_households.is_(None), HamletTotal.households))).label(UNLISTED),
            func.max(HamletTotal.last_visit_on).label("last_visit_on"),
            *(added(getattr(HamletTotal, name)).label(name) for name in TOTALS),
        )
        .outerjoin_from(
            Area,
            hamlet,
            (hamlet.parent_code == Area.code) & (hamlet.level == Level.HAMLET) & hamlet.valid_to.is_(None),
        )
        .outerjoin(HamletTotal, HamletTotal.hamlet_code == hamlet.code)
        .where(Area.level == Level.COMMUNE, Area.code.in_(COMMUNES))
        .group_by(Area.code, Area.path)
        .order_by(Area.code)
    )


def sums_of_weeks() -> Select[*tuple[Any, ...]]:
    """What the rows of commune_week say: code, week, known_in, then WEEK_NAMES, of the codes in `communes`."""
    commune = aliased(Area)
    reached = case((Area.official_households.is_not(None), HamletWeek.first_reached), else_=0)
    return (
        select(
            Area.parent_code,
            HamletWeek.week,
            HamletWeek.known_in,
            commune.path,
            *(func.sum(getattr(HamletWeek, name)) for name in WEEKS),
            func.sum(reached),
        )
        .join_from(HamletWeek, Area, Area.code == HamletWeek.hamlet_code)
        .join(commune, commune.code == Area.parent_code)
        .where(Area.parent_code.in_(COMMUNES))
        .group_by(Area.parent_code, commune.path, HamletWeek.week, HamletWeek.known_in)
    )


def sums_of_provinces(after: Any, last: Any, *, one: bool = False) -> Select[*tuple[Any, ...]]:
    """What the rows of province_week say, by PROVINCE_NAMES: of known_in later than `after` and up to `last`.

    one: of one province only, whose path is given by foundation.areas.queries.bounds; else of all.
    """
    code = func.substr(CommuneWeek.path, FIRST_LETTER, PROVINCE_LETTERS)
    beneath = (inside_one(CommuneWeek.path),) if one else ()
    return (
        select(
            code,
            CommuneWeek.week,
            CommuneWeek.known_in,
            *(func.sum(getattr(CommuneWeek, name)) for name in (*WEEKS, FIRST_LISTED)),
        )
        .where(CommuneWeek.known_in > after, CommuneWeek.known_in <= last, *beneath)
        .group_by(code, CommuneWeek.week, CommuneWeek.known_in)
    )
