"""Renames and splits hamlets."""

from collections.abc import Collection
from datetime import datetime
from itertools import count
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from community_teams.domain.codes import HouseholdStatus
from community_teams.list_changes.domain import HamletName, SplitOff
from community_teams.list_changes.queries import all_on_list
from community_teams.list_changes.services.hamlet_moves import current_hamlet, held_in, move_households, roles_in
from community_teams.models import Household
from community_teams.services import counters
from community_teams.services.recounting import recount
from foundation.accounts.services import audit
from foundation.areas.domain.hamlet_lists import same_hamlet
from foundation.areas.domain.kinds import Level
from foundation.areas.domain.naming import fold, sort_key
from foundation.areas.domain.scope import Scope
from foundation.areas.models import Area
from foundation.clock import day_in_vietnam
from foundation.problems import Conflict, Invalid


def rename_hamlet(session: Session, code: str, named: HamletName, *, by: str, scope: Scope, now: datetime) -> Area:
    """Give a hamlet another name; the same name again changes nothing. Its code and all figures stay.

    Raises NotFound("no_such_hamlet") outside `scope`, Invalid {"name": "name_taken"} for the name of another hamlet.
    """
    hamlet = current_hamlet(session, code, scope)
    _lock_names(session, hamlet)
    if _named_so(session, hamlet, named, but=code) is not None:
        raise Invalid({"name": "name_taken"})
    if (hamlet.kind, hamlet.name) == (named.kind, named.name):
        return hamlet
    what = {"hamlet": code, "from": hamlet.name, "to": named.name}
    hamlet.kind, hamlet.name = named.kind, named.name
    hamlet.sort_key, hamlet.folded = sort_key(named.name), fold(named.name)
    session.flush()
    audit.record(session, by, "rename_hamlet", what, now=now, area_path=hamlet.path)
    return hamlet


def split_hamlet(session: Session, code: str, part: SplitOff, *, by: str, scope: Scope, now: datetime) -> Area:
    """Make some households of a hamlet a new hamlet from today on, and return it. The same split again changes nothing.

    The households are counted in the new hamlet, for every week. Visits and issues stay in the old one, so the sums of
    the commune do not change. The people of the old hamlet get their role in both, so that visits still on their
    phones are accepted. The official list is divided by `part.listed`; where that is not known, neither hamlet has an
    official list until one is imported. To undo it, merge the new hamlet into the old one.

    Raises NotFound("no_such_hamlet") outside `scope`; Invalid {"name": "name_taken"}, {"households": "missing" |
    "nothing_left"}; Conflict("households_moved") where one of the households is not on the list of the hamlet any more.
    Locks the hamlet.
    """
    old = current_hamlet(session, code, scope)
    _lock_names(session, old)
    if done := _split_so(session, old, part):
        return done
    numbers = counters.lock_hamlets(session, {old.code: old.path}, now=now)
    _refuse_households(session, old, part.households)
    new = _new_hamlet(session, old, part, now)
    numbers |= counters.lock_hamlets(session, {new.code: new.path}, now=now)
    move_households(session, old, new, numbers, part.households)
    _send_people_to_both(session, old, new, now)
    session.flush()
    session.expire_all()
    recount(session, Scope((old.path, new.path)), now=now)
    what = {"hamlet": code, "new": new.code, "households": len(part.households)}
    audit.record(session, by, "split_hamlet", what, now=now, area_path=old.path)
    return new


def try_split(session: Session, code: str, part: SplitOff, *, scope: Scope) -> None:
    """Raise what split_hamlet would raise, and change nothing."""
    old = current_hamlet(session, code, scope)
    if _split_so(session, old, part) is None:
        _refuse_households(session, old, part.households)


def _split_so(session: Session, old: Area, part: SplitOff) -> Area | None:
    """The hamlet that this same split has already made, such as after a second press; None if there is none.

    Raises Invalid when the name is that of another hamlet.
    """
    known = _named_so(session, old, part.named)
    if known is None:
        return None
    if known.code != old.code and part.households and all_on_list(session, known.code, part.households):
        return known
    raise Invalid({"name": "name_taken"})


def _lock_names(session: Session, hamlet: Area) -> None:
    """Lock the names and codes of this commune until the transaction ends."""
    # FOR NO KEY UPDATE: rows that reference the commune can still be written, so no visit waits for a new name.
    commune = select(Area.code).where(Area.code == hamlet.parent_code)
    session.execute(commune.with_for_update(key_share=True))


def _named_so(session: Session, beside: Area, named: HamletName, but: str = "") -> Area | None:
    hamlets = session.scalars(
        select(Area).where(
            Area.parent_code == beside.parent_code,
            Area.valid_to.is_(None),
            Area.is_sample == beside.is_sample,
            Area.code != but,
        )
    )
    wanted = same_hamlet(named.kind, named.name)
    return next((area for area in hamlets if same_hamlet(area.kind, area.name) == wanted), None)


def _refuse_households(session: Session, old: Area, chosen: Collection[UUID]) -> None:
    listed = set(
        session.scalars(
            select(Household.id).where(Household.hamlet_code == old.code, Household.status != HouseholdStatus.MERGED)
        )
    )
    if not chosen:
        raise Invalid({"households": "missing"})
    if not listed.issuperset(chosen):
        raise Conflict("households_moved")
    if listed == set(chosen):
        raise Invalid({"households": "nothing_left"})


def _new_hamlet(session: Session, old: Area, part: SplitOff, now: datetime) -> Area:
    code = _free_code(session, str(old.parent_code), sample=old.is_sample)
    new = Area(
        code=code,
        parent_code=old.parent_code,
        level=Level.HAMLET,
        kind=part.named.kind,
        name=part.named.name,
        path=old.path.removesuffix(f"{old.code}/") + f"{code}/",
        sort_key=sort_key(part.named.name),
        folded=fold(part.named.name),
        valid_from=day_in_vietnam(now),
        is_sample=old.is_sample,
    )
    if old.official_households is not None and part.listed is not None:
        new.official_households, old.official_households = part.listed, old.official_households - part.listed
        new.households_source, new.households_as_of = old.households_source, old.households_as_of
    else:
        old.official_households = old.households_source = old.households_as_of = None
    session.add(new)
    session.flush()
    return new


def _free_code(session: Session, commune: str, *, sample: bool) -> str:
    # Codes of sample hamlets contain an "M", so that a list of real hamlets never has the same code.
    lead = f"{commune}-M" if sample else f"{commune}-"
    taken = set(session.scalars(select(Area.code).where(Area.code.startswith(lead, autoescape=True))))
    return next(code for number in count(1) if (code := f"{lead}{number:03}") not in taken)


def _send_people_to_both(session: Session, old: Area, new: Area, now: datetime) -> None:
    today = day_in_vietnam(now)
    session.add_all([held_in(new, held, today) for held in roles_in(session, old, today)])
