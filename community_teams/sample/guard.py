"""Keeps the sample and its published names out of production."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from community_teams.models import Household
from foundation.accounts.models import Person
from foundation.problems import Conflict
from foundation.settings import Settings
from foundation.settings_reading import in_production


def refuse_sample_in_production(session: Session, settings: Settings) -> None:
    """Raise Conflict("in_production") where the platform serves for real, Conflict("real_households") where a household
    that is not made up is listed. Everybody knows the names of the sample accounts; one of them administers the nation.
    """
    if in_production(settings):
        raise Conflict("in_production")
    if session.scalar(select(Household.id).where(Household.is_sample.is_(False)).limit(1)) is not None:
        raise Conflict("real_households")


def sample_sign_ins(session: Session) -> list[str]:
    """Names of the sample accounts that have a password and are active."""
    usable = select(Person.name).where(Person.is_sample, Person.is_active, Person.password_hash != "")
    return list(session.scalars(usable.order_by(Person.name)))
