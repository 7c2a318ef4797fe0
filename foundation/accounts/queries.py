"""Reading accounts: who is signed in, who may be seen by whom, what was done."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.accounts.domain.names import fold_name
from foundation.accounts.models import Person


def person_of_session(session: Session, person_id: int, session_version: int) -> Person | None:
    """The active person a session belongs to; None once deactivated or once the session's version has passed."""
    person = session.get(Person, person_id)
    if person is None or not person.is_active or person.session_version != session_version:
        return None
    return person


def person_named(session: Session, typed_name: str) -> Person | None:
    """The person of that sign-in name, in any spelling fold_name understands; active or not."""
    return session.scalars(select(Person).where(Person.name == fold_name(typed_name))).one_or_none()
