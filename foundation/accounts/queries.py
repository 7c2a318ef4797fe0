"""Reading accounts: who is signed in, who may be seen by whom, what was done."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from foundation.accounts.domain.names import fold_name
from foundation.accounts.models import AuditEntry, Person, PersonSession, RoleHolding
from foundation.areas.domain.naming import fold
from foundation.areas.domain.scope import Scope
from foundation.areas.models import Area
from foundation.areas.queries import area, inside, search
from foundation.clock import VIETNAM

PAGE = 50
# What the whole nation is called where an area's code is asked for: it is no row of the area table.
NATION_CODE = "VN"
_NATION_WORDS = {"vn", "ca nuoc", "viet nam", "toan quoc"}


@dataclass(frozen=True)
class OpenSession:
    """A session in force, and whose it is. last_seen_at: coarse."""

    person: Person
    last_seen_at: datetime


def open_session_of(
    session: Session, id_hash: str, *, idle: timedelta, lifetime: timedelta, now: datetime
) -> OpenSession | None:
    """The session in force with this hash, of an active person; None once it ended, by sign-out, time or deactivation.

    idle: how long it may lie unused; lifetime: how long it lasts at most.
    """
    # With the person and the roles in one statement: every page of a signed-in person asks for all three.
    found = session.execute(
        select(Person, PersonSession.last_seen_at)
        .join(PersonSession, PersonSession.person_id == Person.id)
        .where(
            PersonSession.id_hash == id_hash,
            PersonSession.ended_at.is_(None),
            PersonSession.last_seen_at > now - idle,
            PersonSession.created_at > now - lifetime,
            Person.is_active,
        )
        .options(joinedload(Person.holdings))
    ).unique()
    row = found.first()
    return OpenSession(row[0], row[1]) if row else None


def person_named(session: Session, typed_name: str) -> Person | None:
    """The person of that sign-in name, in any spelling fold_name understands; active or not."""
    folded = fold_name(typed_name)
    if "\0" in folded:  # PostgreSQL takes no NUL, not even in a question
        return None
    return session.scalars(select(Person).where(Person.name == folded)).one_or_none()


def people_within(session: Session, scope: Scope, text: str = "", *, page: int = 1) -> tuple[list[Person], bool]:
    """People who hold or held a role within `scope`, by sign-in name, PAGE at a time; and whether there are more.

    text: part of a sign-in name or of a name as shown; "" for everybody. page: from 1. A nation's scope also sees
    people without any role.
    """
    wanted = select(Person).order_by(Person.name)
    if not scope.is_nation:
        wanted = wanted.where(Person.holdings.any(inside(RoleHolding.area_path, scope)))
    text = text.replace("\0", "").strip()
    if text:
        wanted = wanted.where(
            or_(
                Person.name.contains(fold_name(text), autoescape=True),
                Person.display_name.contains(text, autoescape=True),
            )
        )
    found = session.scalars(wanted.offset((page - 1) * PAGE).limit(PAGE + 1)).all()
    return list(found[:PAGE]), len(found) > PAGE


def person_within(session: Session, scope: Scope, person_id: int) -> Person | None:
    """One of people_within(scope), or None."""
    # With the roles in one statement: every page of a signed-in person asks for both.
    person = session.get(Person, person_id, options=[joinedload(Person.holdings)])
    if person is None or not (scope.is_nation or any(scope.covers(held.area_path) for held in person.holdings)):
        return None
    return person


def areas_around(session: Session, paths: Iterable[str]) -> dict[str, Area]:
    """Every area named in these paths and those above it, by path. Paths of areas that do not exist are left out."""
    wanted: set[str] = set()
    for path in paths:
        codes = path.split("/")[:-1]
        wanted.update("".join(f"{code}/" for code in codes[: depth + 1]) for depth in range(len(codes)))
    if not wanted:
        return {}
    return {found.path: found for found in session.scalars(select(Area).where(Area.path.in_(wanted)))}


def area_path(session: Session, code: str) -> str | None:
    """The path of the area with that official code; "" for NATION_CODE; None for an unknown code."""
    if code == NATION_CODE:
        return ""
    found = area(session, code) if "\0" not in code else None
    return found.path if found else None


def areas_meant(session: Session, scope: Scope, typed: str) -> list[str]:
    """Codes of the areas within `scope` that somebody may mean by a code or a name; the best first, at most 20."""
    typed = typed.replace("\0", "").strip()
    if fold(typed) in _NATION_WORDS:
        return [NATION_CODE] if scope.is_nation else []
    exact = area(session, typed)
    found = [exact] if exact else search(session, fold(typed), limit=200)
    return [each.code for each in found if scope.covers(each.path)][:20]


def areas_by_code(session: Session, codes: Sequence[str]) -> list[Area]:
    """These areas, in the order of the codes."""
    found = {each.code: each for each in session.scalars(select(Area).where(Area.code.in_(codes)))}
    return [found[code] for code in codes if code in found]


@dataclass(frozen=True)
class AuditFilter:
    """Which entries of the log are asked for. Empty means any. from_day, to_day: days in Việt Nam, both included."""

    who: str = ""
    act: str = ""
    from_day: date | None = None
    to_day: date | None = None


def audit_entries(
    session: Session, scope: Scope, wanted: AuditFilter, *, before: int | None = None
) -> tuple[Sequence[AuditEntry], bool]:
    """Entries that belong to areas within `scope`, newest first, PAGE at a time; and whether there are older ones.

    before: id of the last entry of the page before. An entry of the whole nation is seen by a nation's scope only.
    """
    entries = select(AuditEntry).where(inside(AuditEntry.area_path, scope)).order_by(AuditEntry.id.desc())
    if wanted.who:
        entries = entries.where(AuditEntry.who == fold_name(wanted.who.replace("\0", "")))
    if wanted.act:
        entries = entries.where(AuditEntry.act == wanted.act.replace("\0", ""))
    if wanted.from_day:
        entries = entries.where(AuditEntry.at >= _midnight(wanted.from_day))
    if wanted.to_day:
        entries = entries.where(AuditEntry.at < _midnight(wanted.to_day) + timedelta(days=1))
    if before:
        entries = entries.where(AuditEntry.id < before)
    found = session.scalars(entries.limit(PAGE + 1)).all()
    return found[:PAGE], len(found) > PAGE


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM)
