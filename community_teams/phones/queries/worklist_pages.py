"""The next piece of a member's work list: what a phone at some cursor has not been told yet."""

from collections.abc import Set
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.orm import Session

from community_teams.domain.codes import HouseholdStatus
from community_teams.phones.domain.worklist_cursor import Cursor, Position, fingerprint
from community_teams.phones.queries.worklists import (
    ListedHamlet,
    ListedHousehold,
    changes_of,
    gone_after,
    households_after,
    listed_hamlets,
    once_in,
)
from foundation.areas.domain.scope import Scope


@dataclass
class Page:
    """What to tell a phone next. A phone takes `gone` away first, then puts `households` in.

    cursor: where to go on. more: whether there is more to tell right away. reset: the list begins anew, and whatever
    the phone holds that is not told again is gone. hamlets: the member's hamlets with whether each is their own; None
    where they are as told before. fresh: hamlets whose list the phone did not have at all.
    """

    cursor: Cursor
    more: bool = False
    reset: bool = False
    hamlets: list[tuple[ListedHamlet, bool]] | None = None
    households: list[ListedHousehold] = field(default_factory=list)
    gone: list[UUID] = field(default_factory=list)
    fresh: set[str] = field(default_factory=set)

    @property
    def told(self) -> int:
        return len(self.households) + len(self.gone)


def next_page(session: Session, scope: Scope, own: Set[str], cursor: Cursor | None, *, person: int, most: int) -> Page:
    """What changed within `scope` since `cursor`; everything for None, or where a cursor does not fit this database.

    own: paths of the hamlets whose names the member may carry; elsewhere label is None. most: lines on the page, a
    hint: the tombstones of one hamlet stay together. Households of one hamlet are in the order of their codes.

    A change is never skipped, whoever writes meanwhile: docs/decisions/a-number-a-hamlet.md.
    """
    hamlets = sorted(listed_hamlets(session, scope), key=lambda hamlet: hamlet.path not in own)
    if cursor is None or not _fits(session, cursor, hamlets, person):
        page = Page(Cursor(person), reset=True)
    else:
        page = Page(cursor)
    _tell_hamlets(page, hamlets, own)
    codes = {hamlet.code for hamlet in hamlets}
    for code in sorted(page.cursor.hamlets.keys() - codes):
        if page.told >= most:
            page.more = True
            return page
        page.gone += once_in(session, scope, code)
        page.cursor = page.cursor.without(code)
    for hamlet in hamlets:
        if not _tell_list(session, scope, page, hamlet, hamlet.path in own, most):
            page.more = True
            break
    return page


def _fits(session: Session, cursor: Cursor, hamlets: list[ListedHamlet], person: int) -> bool:
    """False for another member's cursor, and for one ahead of the database, which was brought back from a copy or has
    lost a whole hamlet."""
    now = {hamlet.code: hamlet.change for hamlet in hamlets}
    lost = cursor.hamlets.keys() - now.keys()
    if lost:
        now |= changes_of(session, lost)
    return cursor.person == person and all(at.change <= now.get(code, 0) for code, at in cursor.hamlets.items())


def _tell_hamlets(page: Page, hamlets: list[ListedHamlet], own: Set[str]) -> None:
    told = fingerprint((hamlet.code, hamlet.name, hamlet.kind.value, hamlet.path in own) for hamlet in hamlets)
    if page.reset or told != page.cursor.told:
        page.hamlets = [(hamlet, hamlet.path in own) for hamlet in hamlets]
        page.cursor = Cursor(page.cursor.person, page.cursor.hamlets, told)


def _tell_list(session: Session, scope: Scope, page: Page, hamlet: ListedHamlet, own: bool, most: int) -> bool:
    """Tell what changed in one hamlet. False where the page is full before everything was told."""
    before = page.cursor.hamlets.get(hamlet.code)
    if before == Position(hamlet.change, None, own):
        return True
    if page.told >= most:
        return False
    # Where names may be told now, or no longer, every line is told again.
    start = before if before is not None and before.own == own else Position(own=own)
    room = most - page.told
    found = households_after(session, scope, hamlet.code, start, hamlet.change, room + 1)
    whole = len(found) <= room
    found = found[:room]
    merged = [household.id for household in found if household.status is HouseholdStatus.MERGED]
    if before is None:
        page.fresh.add(hamlet.code)
    else:
        page.gone += gone_after(session, scope, hamlet.code, before.change, hamlet.change) + merged
    last = Position(hamlet.change) if whole else Position(found[-1].change, found[-1].id)
    page.cursor = page.cursor.at(hamlet.code, Position(last.change, last.after, own))
    # Codes in a row pack better than codes in any order.
    found.sort(key=lambda household: (household.lane_key, household.code_key))
    page.households += [household for household in found if household.status is not HouseholdStatus.MERGED]
    return whole
