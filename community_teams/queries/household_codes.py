"""Finding a household by the code somebody says or types, and the one that follows it on the list."""

from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from community_teams.domain.codes import HouseholdStatus
from community_teams.models import Household
from foundation.areas.domain.naming import fold
from foundation.areas.domain.scope import Scope
from foundation.areas.models import Area
from foundation.areas.queries import inside

# A code has 30 characters at most; this leaves room for marks and spaces.
LONGEST_TYPED = 100
_ORDER = (Household.lane_key, Household.code_key, Household.id)


def by_code(session: Session, scope: Scope, hamlet_code: str, typed: str) -> list[Household]:
    """The households of the hamlet that `typed` may mean, in the order of the list; merged ones never.

    The whole code, in small or capital letters and with or without its dashes; else the number at its end, however
    many noughts stand before it: "17" finds "M1-017".
    """
    wanted = _bare(typed) if len(typed) <= LONGEST_TYPED else ""
    if not wanted:
        return []
    codes = session.execute(
        select(Household.id, Household.short_code)
        .join(Area, Area.code == Household.hamlet_code)
        .where(
            Household.hamlet_code == hamlet_code,
            Household.status != HouseholdStatus.MERGED,
            inside(Area.path, scope),
        )
    ).all()
    found = [id for id, code in codes if _bare(code) == wanted]
    if not found and wanted.isascii() and wanted.isdecimal():
        number = int(wanted)
        found = [id for id, code in codes if _number_at_end(code) == number]
    return list(session.scalars(select(Household).where(Household.id.in_(found[:50])).order_by(*_ORDER)))


def merged_by_code(session: Session, scope: Scope, hamlet_code: str, typed: str) -> Household | None:
    """The household of the hamlet with this whole code, if it was merged into another."""
    wanted = _bare(typed) if len(typed) <= LONGEST_TYPED else ""
    if not wanted:
        return None
    merged = session.scalars(
        select(Household)
        .join(Area, Area.code == Household.hamlet_code)
        .where(Household.hamlet_code == hamlet_code, Household.merged_into.is_not(None), inside(Area.path, scope))
    )
    return next((household for household in merged if _bare(household.short_code) == wanted), None)


def following(session: Session, scope: Scope, hamlet_code: str, after: UUID | None = None) -> Household | None:
    """The active household after this one on its hamlet's list, by lane and code; the first one for None.

    None at the end of the list, or when `after` is not on it.
    """
    listed = (
        select(Household)
        .join(Area, Area.code == Household.hamlet_code)
        .where(
            Household.hamlet_code == hamlet_code,
            Household.status == HouseholdStatus.ACTIVE,
            inside(Area.path, scope),
        )
    )
    if after is not None:
        here = session.scalar(select(Household).where(Household.id == after, Household.hamlet_code == hamlet_code))
        if here is None:
            return None
        listed = listed.where(
            or_(
                Household.lane_key > here.lane_key,
                and_(Household.lane_key == here.lane_key, Household.code_key > here.code_key),
            )
        )
    return session.scalar(listed.order_by(*_ORDER).limit(1))


def listed_by_lane(session: Session, scope: Scope, hamlet_code: str) -> list[Household]:
    """The active households of the hamlet, by lane and code, as one walks."""
    return list(
        session.scalars(
            select(Household)
            .join(Area, Area.code == Household.hamlet_code)
            .where(
                Household.hamlet_code == hamlet_code,
                Household.status == HouseholdStatus.ACTIVE,
                inside(Area.path, scope),
            )
            .order_by(*_ORDER)
        )
    )


def left_by_lane(session: Session, scope: Scope, hamlet_code: str) -> list[Household]:
    """Those of them where nobody was met yet."""
    listed = listed_by_lane(session, scope, hamlet_code)
    return [household for household in listed if household.first_reached_on is None]


def _bare(code: str) -> str:
    return "".join(letter for letter in fold(code) if letter.isalnum())


def _number_at_end(code: str) -> int | None:
    digits = code[len(code.rstrip("0123456789")) :]
    return int(digits) if digits else None
