"""Writes, publishes, withdraws and copies pilot models."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from community_teams.pilots.domain.pilots import TEXT_FIELDS, PilotText, State, missing_fields
from community_teams.pilots.models import Pilot
from community_teams.pilots.queries import pilot_figures_today, published_pilot
from foundation.accounts.services.audit import record
from foundation.areas.domain.kinds import Level
from foundation.areas.domain.scope import NATION, Scope
from foundation.areas.models import Area
from foundation.areas.queries import inside
from foundation.clock import day_in_vietnam
from foundation.problems import Conflict, Invalid, NotFound

# Results of the other hamlet: the copying hamlet must write its own, so these are empty in a copy.
NOT_COPIED = ("change", "shortfall")


def start_pilot(
    session: Session, text: PilotText, *, form_id: UUID, hamlet_code: str, person: int, writes: Scope, now: datetime
) -> Pilot:
    """Begin a draft for a hamlet of today within `writes`; Invalid {"hamlet": "not_a_choice"} for any other.

    The same form sent again by the same person updates the draft it began, so there is only one. Conflict
    "pilot_changed" when somebody has edited that draft since.
    """
    known = session.scalar(select(Pilot).where(Pilot.form_id == form_id))
    if known is not None:
        if known.written_by != person:
            raise NotFound("no_such_pilot")
        return change_pilot(session, known.id, text, expected_version=1, person=person, writes=writes, now=now)
    _hamlet(session, hamlet_code, writes)
    return _add(session, text, form_id, hamlet_code, person, None, now)


def change_pilot(
    session: Session,
    pilot_id: int,
    text: PilotText,
    *,
    expected_version: int,
    person: int,
    writes: Scope,
    now: datetime,
) -> Pilot:
    """Replace the text of a draft or a withdrawn model. The same text again changes nothing.

    expected_version: of the text the person started from. Raises NotFound "no_such_pilot" outside `writes`; Conflict
    "pilot_published" while it is public; Conflict "pilot_changed" when somebody else has changed it since.
    """
    pilot, _path = _locked(session, pilot_id, writes)
    if pilot.state is State.PUBLISHED:
        raise Conflict("pilot_published", id=pilot_id)
    if pilot.as_text() == text:
        return pilot
    if pilot.version != expected_version:
        raise Conflict("pilot_changed", id=pilot_id)
    for name in TEXT_FIELDS:
        setattr(pilot, name, getattr(text, name))
    pilot.version += 1
    pilot.changed_by, pilot.changed_at = person, now
    session.flush()
    return pilot


def copy_pilot(
    session: Session, source_id: int, *, hamlet_code: str, person: int, writes: Scope, now: datetime
) -> Pilot:
    """Begin a draft for a hamlet within `writes` with the text of a public model, without the fields of NOT_COPIED.

    While an earlier copy for that hamlet is still a draft, returns that one. Raises NotFound "no_such_pilot" for a
    model that is not public; Invalid {"hamlet": …}: "not_a_choice", "same_hamlet".
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
    text = source.as_text().model_copy(update=dict.fromkeys(NOT_COPIED, ""))
    return _add(session, text, uuid4(), hamlet_code, person, source.id, now)


def publish_pilot(
    session: Session, pilot_id: int, *, expected_version: int, who: str, publishes: Scope, now: datetime
) -> None:
    """Publish a model with the hamlet's public figures of today. The second time changes nothing.

    who: sign-in name, for the audit log. Raises NotFound "no_such_pilot"; Conflict "pilot_changed" when the text has
    another version than `expected_version`; Invalid with "missing" for each empty required field; Conflict
    "hamlet_gone".
    """
    pilot, path = _locked(session, pilot_id, publishes)
    if pilot.state is State.PUBLISHED:
        return
    if pilot.version != expected_version:
        raise Conflict("pilot_changed", id=pilot_id)
    missing = missing_fields(pilot.as_text())
    if missing:
        raise Invalid(dict.fromkeys(missing, "missing"))
    figures = pilot_figures_today(session, pilot.hamlet_code, today=day_in_vietnam(now))
    if figures is None:
        raise Conflict("hamlet_gone", id=pilot_id)
    pilot.state, pilot.figures, pilot.published_at, pilot.withdrawn_at = State.PUBLISHED, figures.as_json(), now, None
    record(session, who, "publish_pilot", _audit_details(pilot), now=now, area_path=path)
    session.flush()


def withdraw_pilot(session: Session, pilot_id: int, *, who: str, publishes: Scope, now: datetime) -> None:
    """Withdraw a model; its text stays and may be edited. A model that is not public is left as it is.

    Raises NotFound "no_such_pilot".
    """
    pilot, path = _locked(session, pilot_id, publishes)
    if pilot.state is not State.PUBLISHED:
        return
    pilot.state, pilot.withdrawn_at = State.WITHDRAWN, now
    record(session, who, "withdraw_pilot", _audit_details(pilot), now=now, area_path=path)
    session.flush()


def _audit_details(pilot: Pilot) -> dict[str, object]:
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
        **{name: getattr(text, name) for name in TEXT_FIELDS},
    )
    session.add(pilot)
    session.flush()
    return pilot
