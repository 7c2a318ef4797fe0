"""Writing pilot models, putting them before everybody, taking them down, and beginning from somebody else's."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from community_teams.pilots.domain.pilots import WRITTEN, PilotText, State, lacking
from community_teams.pilots.models import Pilot
from community_teams.pilots.queries import published_pilot, stand_today
from foundation.accounts.services.audit import record
from foundation.areas.domain.kinds import Level
from foundation.areas.domain.scope import NATION, Scope
from foundation.areas.models import Area
from foundation.areas.queries import inside
from foundation.clock import day_in_vietnam
from foundation.problems import Conflict, Invalid, NotFound

# What another hamlet found out is not one's own to tell: these begin empty in a copy.
FOUND_OUT = ("change", "shortfall")


def start_pilot(
    session: Session, text: PilotText, *, form_id: UUID, hamlet_code: str, person: int, writes: Scope, now: datetime
) -> Pilot:
    """Begin a draft for a hamlet of today within `writes`; Invalid {"hamlet": "not_a_choice"} for any other.

    The same form sent again by the same person changes the draft it began, so that nothing is there twice; once
    somebody went on with that draft, Conflict "pilot_changed".
    """
    known = session.scalar(select(Pilot).where(Pilot.form_id == form_id))
    if known is not None:
        if known.written_by != person:
            raise NotFound("no_such_pilot")
        return change_pilot(session, known.id, text, seen_version=1, person=person, writes=writes, now=now)
    _hamlet(session, hamlet_code, writes)
    return _add(session, text, form_id, hamlet_code, person, None, now)


def change_pilot(
    session: Session, pilot_id: int, text: PilotText, *, seen_version: int, person: int, writes: Scope, now: datetime
) -> Pilot:
    """Write the text of a draft or a withdrawn model anew. A text that is the same changes nothing.

    seen_version: of the text the person began from. Raises NotFound "no_such_pilot" outside `writes`; Conflict
    "pilot_published" while it is public; Conflict "pilot_changed" when somebody else wrote meanwhile.
    """
    pilot, _path = _locked(session, pilot_id, writes)
    if pilot.state is State.PUBLISHED:
        raise Conflict("pilot_published", id=pilot_id)
    if pilot.as_text() == text:
        return pilot
    if pilot.version != seen_version:
        raise Conflict("pilot_changed", id=pilot_id)
    for name in WRITTEN:
        setattr(pilot, name, getattr(text, name))
    pilot.version += 1
    pilot.changed_by, pilot.changed_at = person, now
    session.flush()
    return pilot


def copy_pilot(
    session: Session, source_id: int, *, hamlet_code: str, person: int, writes: Scope, now: datetime
) -> Pilot:
    """Begin a draft for a hamlet within `writes` from a public model, all but what was found out there.

    The second time, while the first copy is still a draft, gives that one. Raises NotFound "no_such_pilot" for one
    that is not public; Invalid {"hamlet": …}: "not_a_choice", "same_hamlet".
    """
    source = published_pilot(session, NATION, source_id).pilot
    _hamlet(session, hamlet_code, writes)
    if source.hamlet_code == hamlet_code:
        raise Invalid({"hamlet": "same_hamlet"})
    begun = session.scalar(
        select(Pilot)
        .where(Pilot.copied_from == source.id, Pilot.hamlet_code == hamlet_code, Pilot.state == State.DRAFT)
        .order_by(Pilot.id)
        .limit(1)
    )
    if begun is not None:
        return begun
    text = source.as_text().model_copy(update=dict.fromkeys(FOUND_OUT, ""))
    return _add(session, text, uuid4(), hamlet_code, person, source.id, now)


def publish_pilot(
    session: Session, pilot_id: int, *, seen_version: int, who: str, publishes: Scope, now: datetime
) -> None:
    """Put a model before everybody, with the hamlet's public figures of today. The second time changes nothing.

    who: sign-in name, for the audit log. Raises NotFound "no_such_pilot"; Conflict "pilot_changed" when the text is
    no longer the one that was read; Invalid naming the parts that are still "missing"; Conflict "hamlet_gone".
    """
    pilot, path = _locked(session, pilot_id, publishes)
    if pilot.state is State.PUBLISHED:
        return
    if pilot.version != seen_version:
        raise Conflict("pilot_changed", id=pilot_id)
    missing = lacking(pilot.as_text())
    if missing:
        raise Invalid(dict.fromkeys(missing, "missing"))
    stand = stand_today(session, pilot.hamlet_code, today=day_in_vietnam(now))
    if stand is None:
        raise Conflict("hamlet_gone", id=pilot_id)
    pilot.state, pilot.figures, pilot.published_at, pilot.withdrawn_at = State.PUBLISHED, stand.as_json(), now, None
    record(session, who, "publish_pilot", _told(pilot), now=now, area_path=path)
    session.flush()


def withdraw_pilot(session: Session, pilot_id: int, *, who: str, publishes: Scope, now: datetime) -> None:
    """Take a model down; its text stays and may be mended. One that is not public stays as it is.

    Raises NotFound "no_such_pilot".
    """
    pilot, path = _locked(session, pilot_id, publishes)
    if pilot.state is not State.PUBLISHED:
        return
    pilot.state, pilot.withdrawn_at = State.WITHDRAWN, now
    record(session, who, "withdraw_pilot", _told(pilot), now=now, area_path=path)
    session.flush()


def _told(pilot: Pilot) -> dict[str, object]:
    return {"pilot": pilot.id, "title": pilot.title, "hamlet": pilot.hamlet_code}


def _hamlet(session: Session, code: str, writes: Scope) -> None:
    found = session.scalar(
        select(Area.code).where(
            Area.code == code, Area.level == Level.HAMLET, Area.valid_to.is_(None), inside(Area.path, writes)
        )
    )
    if found is None:
        raise Invalid({"hamlet": "not_a_choice"})


def _locked(session: Session, pilot_id: int, scope: Scope) -> tuple[Pilot, str]:
    found = session.execute(
        select(Pilot, Area.path)
        .join(Area, Area.code == Pilot.hamlet_code)
        .where(Pilot.id == pilot_id, inside(Area.path, scope))
        .with_for_update(of=Pilot)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound("no_such_pilot")
    return found[0], found[1]


def _add(
    session: Session,
    text: PilotText,
    form_id: UUID,
    hamlet_code: str,
    person: int,
    copied_from: int | None,
    now: datetime,
) -> Pilot:
    pilot = Pilot(
        form_id=form_id,
        hamlet_code=hamlet_code,
        state=State.DRAFT,
        figures={},
        version=1,
        copied_from=copied_from,
        written_by=person,
        changed_by=person,
        created_at=now,
        changed_at=now,
        **{name: getattr(text, name) for name in WRITTEN},
    )
    session.add(pilot)
    session.flush()
    return pilot
