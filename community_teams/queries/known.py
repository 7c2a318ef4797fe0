"""What is known of households from their earlier visits: where a repeat visit starts from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from community_teams.domain.codes import ConsentLevel
from community_teams.domain.visits import OF_PERSON, QUESTIONS
from community_teams.models import AnonymousVisit, Household, Visit, VisitPerson
from community_teams.queries.merged_households import counted_under, merged_into, merged_within
from community_teams.queries.visits import NOT_CORRECTED
from foundation.areas.domain.scope import Scope
from foundation.areas.models import Area
from foundation.areas.queries import inside

# Columns of a visit, by their place in its JSON. Those of the house itself need no consent.
_HOUSE, _FAMILY = (
    {
        tuple(question.path.split(".")): getattr(Visit, question.column)
        for question in QUESTIONS
        if question.placement.carried and question.placement.consent is consent
    }
    for consent in (False, True)
)
_PERSON = tuple(getattr(VisitPerson, question.column) for question in OF_PERSON if question.placement.carried)


@dataclass(frozen=True)
class KnownAnswers:
    """What earlier visits told of one household.

    visited_on: day in Việt Nam of the latest visit that told any of it. answers: in the shape of a visit's JSON
    (domain/visits.py), with plain codes; a question nobody asked is not there. Each answer is the latest one given;
    people are those of the latest visit that told of any, in its order, with age band, sex, VNeID, documents and
    skills; what was done on a day (help, lessons, issues, notes) is no knowledge and left out.
    """

    visited_on: date
    answers: Mapping[str, object]


def known_in(session: Session, scope: Scope, hamlet_code: str) -> dict[UUID, KnownAnswers]:
    """What is known of each household of the hamlet, by household id; those nothing is known of are left out.

    Four statements, however many households. Only visits the family agreed to have under its code say anything of the
    family, and none made before a visit that the family later wanted without its code. Of a household that was merged
    everything is known of the one that stands for it.
    """
    merged = merged_within(session, scope, hamlet_code)
    return _known(session, and_(Household.hamlet_code == hamlet_code, inside(Area.path, scope)), merged)


def known_of(session: Session, scope: Scope, household_id: UUID) -> KnownAnswers | None:
    """The same of one household; None when nothing is known, or it lies outside `scope`."""
    here = and_(Household.id == household_id, inside(Area.path, scope))
    # Those merged into it are named by their ids alone, so the scope is looked at before.
    if session.scalar(select(Household.id).join(Area, Area.code == Household.hamlet_code).where(here)) is None:
        return None
    return _known(session, here, merged_into(session, [household_id])).get(household_id)


@dataclass
class _Folding:
    visited_on: date | None = None
    answers: dict[str, Any] = field(default_factory=dict)
    people_of: UUID | None = None
    people: list[dict[str, object]] = field(default_factory=list)

    def tell(self, places: Iterable[tuple[str, ...]], values: Iterable[object], day: date) -> None:
        """Take in the answers of a visit, the latest visit first."""
        for place, value in zip(places, values, strict=True):
            if value is None:
                continue
            node = self.answers
            for part in place[:-1]:
                node = node.setdefault(part, {})
            if place[-1] not in node:
                node[place[-1]] = value
                self.visited_on = max(self.visited_on or day, day)

    def known(self) -> KnownAnswers | None:
        people = {"people": self.people} if any(self.people) else {}
        if self.visited_on is None or not (self.answers or people):
            return None
        return KnownAnswers(self.visited_on, self.answers | people)


def _known(session: Session, which: ColumnElement[bool], merged: Mapping[UUID, UUID]) -> dict[UUID, KnownAnswers]:
    """which: of Household and the Area of its hamlet. merged: those merged into one of them, with which one that is."""
    told = counted_under(which, merged)
    unnamed_since = _unnamed_since(session, told, merged)
    found: dict[UUID, _Folding] = {}
    rows = session.execute(
        select(Visit.household_id, Visit.visited_on, Visit.consent_level, *_HOUSE.values(), *_FAMILY.values())
        .join(Household, Household.id == Visit.household_id)
        .join(Area, Area.code == Household.hamlet_code)
        .where(told, NOT_CORRECTED, or_(*(column.is_not(None) for column in (*_HOUSE.values(), *_FAMILY.values()))))
        .order_by(Visit.started_at.desc(), Visit.id.desc())
    )
    for told_of, day, consent, *values in rows:
        assert told_of is not None
        household_id = merged.get(told_of, told_of)
        if day <= unnamed_since.get(household_id, date.min):
            continue
        folding = found.setdefault(household_id, _Folding())
        folding.tell(_HOUSE, values[: len(_HOUSE)], day)
        if consent is ConsentLevel.CODE:
            folding.tell(_FAMILY, values[len(_HOUSE) :], day)
    _tell_people(session, told, merged, unnamed_since, found)
    known = ((household_id, folding.known()) for household_id, folding in found.items())
    return {household_id: all_told for household_id, all_told in known if all_told is not None}


def _unnamed_since(session: Session, told: ColumnElement[bool], merged: Mapping[UUID, UUID]) -> dict[UUID, date]:
    """The last day each family was visited without wanting its code written down."""
    rows = session.execute(
        select(AnonymousVisit.household_id, func.max(AnonymousVisit.day))
        .join(Household, Household.id == AnonymousVisit.household_id)
        .join(Area, Area.code == Household.hamlet_code)
        .where(told)
        .group_by(AnonymousVisit.household_id)
    )
    since: dict[UUID, date] = {}
    for told_of, day in rows:
        household_id = merged.get(told_of, told_of)
        since[household_id] = max(day, since.get(household_id, day))
    return since


def _tell_people(
    session: Session,
    told: ColumnElement[bool],
    merged: Mapping[UUID, UUID],
    unnamed_since: Mapping[UUID, date],
    found: dict[UUID, _Folding],
) -> None:
    rows = session.execute(
        select(Visit.household_id, Visit.id, Visit.visited_on, *_PERSON)
        .join(VisitPerson, VisitPerson.visit_id == Visit.id)
        .join(Household, Household.id == Visit.household_id)
        .join(Area, Area.code == Household.hamlet_code)
        .where(told, NOT_CORRECTED, Visit.consent_level == ConsentLevel.CODE)
        .order_by(Visit.started_at.desc(), Visit.id.desc(), VisitPerson.position)
    )
    for told_of, visit_id, day, *values in rows:
        assert told_of is not None
        household_id = merged.get(told_of, told_of)
        if day <= unnamed_since.get(household_id, date.min):
            continue
        folding = found.setdefault(household_id, _Folding())
        if folding.people_of is None:
            folding.people_of = visit_id
            folding.visited_on = max(folding.visited_on or day, day)
        if folding.people_of == visit_id:
            person: dict[str, object] = {
                column.key: value for column, value in zip(_PERSON, values, strict=True) if value is not None
            }
            folding.people.append(person)
