"""Summary counts of visits, computed again from the stored answers, people and issues."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from community_teams.domain.codes import SkillLevel
from community_teams.domain.visit_columns import ANSWER_COLUMNS, report_from
from community_teams.domain.visit_summary import summarise
from community_teams.domain.visits import OF_PERSON
from community_teams.models import Household, Issue, Visit, VisitPerson
from community_teams.queries.merged_households import counted_under, merged_within
from foundation.areas.domain.scope import NATION

_PERSON = tuple(question.column for question in OF_PERSON)


@dataclass(frozen=True)
class Summary:
    """written: as stored in the visit's row. answered: computed from its answers by visit_summary.summarise."""

    written: Mapping[str, int]
    answered: Mapping[str, int]


def summaries_in(session: Session, hamlet_code: str) -> dict[UUID, Summary]:
    """By id, of every visit made in the hamlet or to a household on its list; also corrected ones."""
    made_here = Visit.hamlet_code == hamlet_code
    found = _summaries(session, made_here)
    merged = merged_within(session, NATION, hamlet_code)
    households = select(Household.id).where(counted_under(Household.hamlet_code == hamlet_code, merged))
    return found | _summaries(session, Visit.household_id.in_(households) & ~made_here)


def _summaries(session: Session, wanted: ColumnElement[bool]) -> dict[UUID, Summary]:
    people: defaultdict[UUID, list[dict[str, Any]]] = defaultdict(list)
    rows = session.execute(
        select(VisitPerson.visit_id, *(getattr(VisitPerson, name) for name in _PERSON))
        .join(Visit, Visit.id == VisitPerson.visit_id)
        .where(wanted)
        .order_by(VisitPerson.visit_id, VisitPerson.position)
    )
    for id, *answers in rows:
        person = dict(zip(_PERSON, answers, strict=True))
        person["skills"] = {skill: SkillLevel(level) for skill, level in (person["skills"] or {}).items()}
        people[id].append(person)
    opened = session.execute(
        select(Issue.visit_id, func.count())
        .join(Visit, Visit.id == Issue.visit_id)
        .where(wanted)
        .group_by(Issue.visit_id)
    )
    issues = {id: number for id, number in opened}  # noqa: C416 - a result is no mapping
    visits = session.execute(
        select(
            *(Visit.id, Visit.summary_counts, Visit.started_at, Visit.ended_at),
            *(getattr(Visit, name) for name in ANSWER_COLUMNS),
        ).where(wanted)
    )
    return {
        id: Summary(
            written,
            summarise(
                report_from(
                    dict(zip(ANSWER_COLUMNS, answers, strict=True)),
                    people[id],
                    [{}] * issues.get(id, 0),
                    started_at=started_at,
                    ended_at=ended_at,
                )
            ),
        )
        for id, written, started_at, ended_at, *answers in visits
    }
