"""Stores and withdraws consents."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.accounts.models import ConsentRecord


def give_consent(
    session: Session, *, subject: str, purpose: str, text_version: str, how: str, recorded_by: str, now: datetime
) -> ConsentRecord:
    """Store a consent. The same one again (same text, not withdrawn) changes nothing and returns the first."""
    active = _active_consents(session, subject, purpose)
    for consent in active:
        if consent.text_version == text_version:
            return consent
    consent = ConsentRecord(
        subject=subject, purpose=purpose, text_version=text_version, how=how, recorded_by=recorded_by, at=now
    )
    session.add(consent)
    session.flush()
    return consent


def withdraw_consent(session: Session, *, subject: str, purpose: str, now: datetime) -> int:
    """Withdraw every consent of that subject for that purpose. Returns how many; a second call returns 0."""
    active = _active_consents(session, subject, purpose)
    for consent in active:
        consent.withdrawn_at = now
    session.flush()
    return len(active)


def _active_consents(session: Session, subject: str, purpose: str) -> list[ConsentRecord]:
    given = select(ConsentRecord).where(ConsentRecord.subject == subject, ConsentRecord.purpose == purpose)
    return list(session.scalars(given.where(ConsentRecord.withdrawn_at.is_(None))))
