"""What visits come to by their answers, read anew from the rows of the visit, its people and its issues."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from community_teams.domain.boiling_down import boiled_down
from community_teams.domain.codes import SkillLevel
from community_teams.domain.visits import Devices, PersonTold, Size, VisitReport
from community_teams.models import Household, Issue, Visit, VisitPerson
from community_teams.queries.heirs import merged_within, told_under
from foundation.areas.domain.scope import NATION

_ANSWERS = (
    *("started_at", "ended_at", "language_used", "newborn_pending", "network", "power", "support_given"),
    *("trip_saved_km", "satisfaction"),
)
_PERSON = ("age_band", "vneid_level", "helped_with", "lessons")


@dataclass(frozen=True)
class Summary:
    """written: as the visit's row has it. answered: by its answers, as boiling_down.boiled_down gives it."""

    written: Mapping[str, int]
    answered: Mapping[str, int]


def summaries_in(session: Session, hamlet_code: str) -> dict[UUID, Summary]:
    """By id, of every visit made in the hamlet or told of a household on its list; corrected ones too."""
    made_here = Visit.hamlet_code == hamlet_code
    found = _summaries(session, made_here)
    merged = merged_within(session, NATION, hamlet_code)
    households = select(Household.id).where(told_under(Household.hamlet_code == hamlet_code, merged))
    return found | _summaries(session, Visit.household_id.in_(households) & ~made_here)


def _summaries(session: Session, wanted: ColumnElement[bool]) -> dict[UUID, Summary]:
    people: defaultdict[UUID, list[PersonTold]] = defaultdict(list)
    rows = session.execute(
        select(VisitPerson.visit_id, VisitPerson.skills, *(getattr(VisitPerson, name) for name in _PERSON))
        .join(Visit, Visit.id == VisitPerson.visit_id)
        .where(wanted)
        .order_by(VisitPerson.visit_id, VisitPerson.position)
    )
    for id, skills, *answers in rows:
        told = {skill: SkillLevel(level) for skill, level in (skills or {}).items()}
        people[id].append(PersonTold.model_construct(skills=told, **dict(zip(_PERSON, answers, strict=True))))
    opened = session.execute(
        select(Issue.visit_id, func.count())
        .join(Visit, Visit.id == Issue.visit_id)
        .where(wanted)
        .group_by(Issue.visit_id)
    )
    issues = {id: number for id, number in opened}  # noqa: C416 - a result is no mapping
    visits = session.execute(
        select(
            *(Visit.id, Visit.said, Visit.adults, Visit.aged_60plus, Visit.phones_smart),
            *(getattr(Visit, name) for name in _ANSWERS),
        ).where(wanted)
    )
    return {
        id: Summary(
            written,
            boiled_down(
                _report(
                    zip(_ANSWERS, answers, strict=True),
                    size=Size.model_construct(adults=adults, aged_60plus=aged),
                    devices=Devices.model_construct(smart=smart),
                    people=people[id],
                    issues=[None] * issues.get(id, 0),
                )
            ),
        )
        for id, written, adults, aged, smart, *answers in visits
    }


def _report(answers: Any, **more: Any) -> VisitReport:
    # What is in the tables was checked when it came in; the questions that no summary asks about are left out.
    return VisitReport.model_construct(**dict(answers), **more)
