"""Writing down what somebody agreed to, and that they took it back."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.accounts.models import Consent


def give_consent(
    session: Session, *, subject: str, purpose: str, text_version: str, how: str, recorded_by: str, now: datetime
) -> Consent:
    """Keep a consent. The same one again (same text, not withdrawn since) changes nothing and gives the first back."""
    standing = _standing(session, subject, purpose)
    for consent in standing:
        if consent.text_version == text_version:
            return consent
    consent = Consent(
        subject=subject, purpose=purpose, text_version=text_version, how=how, recorded_by=recorded_by, at=now
    )
    session.add(consent)
    session.flush()
    return consent


def withdraw_consent(session: Session, *, subject: str, purpose: str, now: datetime) -> int:
    """Take back every consent of that subject to that purpose. Returns how many there were; the second time, none."""
    standing = _standing(session, subject, purpose)
    for consent in standing:
        consent.withdrawn_at = now
    session.flush()
    return len(standing)


def _standing(session: Session, subject: str, purpose: str) -> list[Consent]:
    given = select(Consent).where(Consent.subject == subject, Consent.purpose == purpose)
    return list(session.scalars(given.where(Consent.withdrawn_at.is_(None))))
