"""Visits that do not count until somebody has looked at them: set aside here, and settled."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from community_teams.domain.visits import VisitReport
from community_teams.models import HeldVisit, WhyHeld
from community_teams.queries.recording import places_of
from community_teams.services.recording import Sender


def hold(
    session: Session, reports: Sequence[tuple[VisitReport, WhyHeld]], *, sender: Sender, now: datetime
) -> list[bool]:
    """Set visits aside for a person. The same visit again changes nothing.

    Returns for each whether a person has settled it already. Their households exist; one whose household does not is
    left out, and counts as settled.
    """
    if not reports:
        return []
    places = places_of(session, {report.household for report, _ in reports})
    rows = [
        {
            "visit_id": report.id,
            "content_hash": report.content_hash(),
            "hamlet_code": places[report.household].code,
            "why": why,
            "record": report.model_dump(mode="json", exclude_defaults=True),
            "member_id": sender.member,
            "device": sender.device,
            "clock_offset": sender.clock_offset,
            "received_at": now,
        }
        for report, why in reports
        if report.household in places
    ]
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    for row in rows:
        session.execute(insert(HeldVisit).values(row).on_conflict_do_nothing())
    waiting = set(
        session.execute(
            select(HeldVisit.visit_id, HeldVisit.content_hash).where(
                HeldVisit.visit_id.in_([report.id for report, _ in reports]), HeldVisit.settled_at.is_(None)
            )
        )
    )
    return [(report.id, report.content_hash()) not in waiting for report, _ in reports]
