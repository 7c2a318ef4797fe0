"""Earlier answers of households, from which a repeat visit starts."""

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
    """The earlier answers of one household.

    visited_on: day in Việt Nam of the latest visit with any of the answers. answers: in the shape of a visit's JSON
    (domain/visits.py), with plain codes; a question that was never answered is missing. Each answer is the latest one;
    people are those of the latest visit with people, in its order, with age band, sex, VNeID, documents and skills.
    What was done on a day (help, lessons, issues, notes) is left out.
    """

    visited_on: date
    answers: Mapping[str, object]


def known_in(session: Session, scope: Scope, hamlet_code: str) -> dict[UUID, KnownAnswers]:
    """Earlier answers of the households of the hamlet, by household id; households without any are left out.

    Four statements, for any number of households. Answers about the family come only from visits that it agreed to have
    recorded under its code, and from none before a later visit that it wanted without its code. Answers of a merged
    household are with the canonical one.
    """
    merged = merged_within(session, scope, hamlet_code)
    return _known(session, and_(Household.hamlet_code == hamlet_code, inside(Area.path, scope)), merged)


def known_of(session: Session, scope: Scope, household_id: UUID) -> KnownAnswers | None:
    """The same for one household; None without answers, or where it lies outside `scope`."""
    here = and_(Household.id == household_id, inside(Area.path, scope))
    # Merged households are selected by their ids alone, so the scope is checked first.
    if session.scalar(select(Household.id).join(Area, Area.code == Household.hamlet_code).where(here)) is None:
        return None
    return _known(session, here, merged_into(session, [household_id])).get(household_id)


@dataclass
class _Collector:
    visited_on: date | None = None
    answers: dict[str, Any] = field(default_factory=dict)
    people_of: UUID | None = None
    people: list[dict[str, object]] = field(default_factory=list)

    def add(self, places: Iterable[tuple[str, ...]], values: Iterable[object], day: date) -> None:
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
    counted = counted_under(which, merged)
    unnamed_since = _unnamed_since(session, counted, merged)
    found: dict[UUID, _Collector] = {}
    rows = session.execute(
        select(Visit.household_id, Visit.visited_on, Visit.consent_level, *_HOUSE.values(), *_FAMILY.values())
        .join(Household, Household.id == Visit.household_id)
        .join(Area, Area.code == Household.hamlet_code)
        .where(counted, NOT_CORRECTED, or_(*(column.is_not(None) for column in (*_HOUSE.values(), *_FAMILY.values()))))
        .order_by(Visit.started_at.desc(), Visit.id.desc())
    )
    for recorded_under, day, consent, *values in rows:
        assert recorded_under is not None
        household_id = merged.get(recorded_under, recorded_under)
        if day <= unnamed_since.get(household_id, date.min):
            continue
        collector = found.setdefault(household_id, _Collector())
        collector.add(_HOUSE, values[: len(_HOUSE)], day)
        if consent is ConsentLevel.CODE:
            collector.add(_FAMILY, values[len(_HOUSE) :], day)
    _add_people(session, counted, merged, unnamed_since, found)
    known = ((household_id, collector.known()) for household_id, collector in found.items())
    return {household_id: answers for household_id, answers in known if answers is not None}


def _unnamed_since(session: Session, counted: ColumnElement[bool], merged: Mapping[UUID, UUID]) -> dict[UUID, date]:
    """The last day each family was visited without wanting its code written down."""
    rows = session.execute(
        select(AnonymousVisit.household_id, func.max(AnonymousVisit.day))
        .join(Household, Household.id == AnonymousVisit.household_id)
        .join(Area, Area.code == Household.hamlet_code)
        .where(counted)
        .group_by(AnonymousVisit.household_id)
    )
    since: dict[UUID, date] = {}
    for recorded_under, day in rows:
        household_id = merged.get(recorded_under, recorded_under)
        since[household_id] = max(day, since.get(household_id, day))
    return since


def _add_people(
    session: Session,
    counted: ColumnElement[bool],
    merged: Mapping[UUID, UUID],
    unnamed_since: Mapping[UUID, date],
    found: dict[UUID, _Collector],
) -> None:
    rows = session.execute(
        select(Visit.household_id, Visit.id, Visit.visited_on, *_PERSON)
        .join(VisitPerson, VisitPerson.visit_id == Visit.id)
        .join(Household, Household.id == Visit.household_id)
        .join(Area, Area.code == Household.hamlet_code)
        .where(counted, NOT_CORRECTED, Visit.consent_level == ConsentLevel.CODE)
        .order_by(Visit.started_at.desc(), Visit.id.desc(), VisitPerson.position)
    )
    for recorded_under, visit_id, day, *values in rows:
        assert recorded_under is not None
        household_id = merged.get(recorded_under, recorded_under)
        if day <= unnamed_since.get(household_id, date.min):
            continue
        collector = found.setdefault(household_id, _Collector())
        if collector.people_of is None:
            collector.people_of = visit_id
            collector.visited_on = max(collector.visited_on or day, day)
        if collector.people_of == visit_id:
            person: dict[str, object] = {
                column.key: value for column, value in zip(_PERSON, values, strict=True) if value is not None
            }
            collector.people.append(person)
