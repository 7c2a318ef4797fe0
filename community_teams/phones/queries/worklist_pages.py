"""The next page of a member's worklist: what a phone with some cursor has not been sent yet."""

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
    """What to send a phone next. A phone removes `gone` first, then adds `households`.

    cursor: where to continue. more: whether more follows at once. reset: the list starts again, and the phone deletes
    what is not sent again. hamlets: the member's hamlets, each with whether it is their own; None if unchanged.
    fresh: hamlets whose list the phone did not have at all.
    """

    cursor: Cursor
    more: bool = False
    reset: bool = False
    hamlets: list[tuple[ListedHamlet, bool]] | None = None
    households: list[ListedHousehold] = field(default_factory=list)
    gone: list[UUID] = field(default_factory=list)
    fresh: set[str] = field(default_factory=set)

    @property
    def lines(self) -> int:
        return len(self.households) + len(self.gone)


def next_page(session: Session, scope: Scope, own: Set[str], cursor: Cursor | None, *, person: int, most: int) -> Page:
    """What changed within `scope` since `cursor`; everything for None, or where a cursor does not fit this database.

    own: paths of the hamlets whose names the phone may hold; elsewhere label is None. most: lines on the page, not
    exact: the tombstones of one hamlet stay together. Households of one hamlet are in the order of their codes.

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
        if page.lines >= most:
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
    """False for another member's cursor, and for one ahead of the database, such as after a backup was restored or a
    hamlet was removed."""
    now = {hamlet.code: hamlet.change for hamlet in hamlets}
    lost = cursor.hamlets.keys() - now.keys()
    if lost:
        now |= changes_of(session, lost)
    return cursor.person == person and all(at.change <= now.get(code, 0) for code, at in cursor.hamlets.items())


def _tell_hamlets(page: Page, hamlets: list[ListedHamlet], own: Set[str]) -> None:
    sent = fingerprint((hamlet.code, hamlet.name, hamlet.kind.value, hamlet.path in own) for hamlet in hamlets)
    if page.reset or sent != page.cursor.hamlets_hash:
        page.hamlets = [(hamlet, hamlet.path in own) for hamlet in hamlets]
        page.cursor = Cursor(page.cursor.person, page.cursor.hamlets, sent)


def _tell_list(session: Session, scope: Scope, page: Page, hamlet: ListedHamlet, own: bool, most: int) -> bool:
    """Add the changes of one hamlet to the page. False if the page is full before all are added."""
    before = page.cursor.hamlets.get(hamlet.code)
    if before == Position(hamlet.change, None, own):
        return True
    if page.lines >= most:
        return False
    # If names may be sent now and could not before, or the other way round, every line is sent again.
    start = before if before is not None and before.own == own else Position(own=own)
    room = most - page.lines
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
    # Sorted codes compress better.
    found.sort(key=lambda household: (household.lane_key, household.code_key))
    page.households += [household for household in found if household.status is not HouseholdStatus.MERGED]
    return whole
