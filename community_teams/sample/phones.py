"""Made-up phones, so that the organisers' page of phones has something to show."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from community_teams.models import Device, Storage
from foundation.accounts.models import Person

# By sign-in name: visits still held, hours since last heard of, whether the browser promised to keep them.
_PHONES = {
    "to-vien": (3, 26, Storage.BEST_EFFORT),
    "to-truong": (0, 2, Storage.PERSISTED),
}


def add_phones(session: Session, *, now: datetime) -> None:
    """A phone for the sample's member and for its leader."""
    people = select(Person).where(Person.name.in_(_PHONES), Person.is_sample).order_by(Person.name)
    for number, person in enumerate(session.scalars(people), start=1):
        pending, hours, storage = _PHONES[person.name]
        heard = now - timedelta(hours=hours)
        session.add(
            Device(
                id=UUID(int=number, version=4),
                person_id=person.id,
                first_seen=heard - timedelta(days=20),
                last_seen=heard,
                pending_reported=pending,
                app_version="1.0.0",
                storage=storage,
            )
        )
    session.flush()
