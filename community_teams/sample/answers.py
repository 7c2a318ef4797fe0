"""Made-up answers of households. A fixed number is made once and reused: making each would take longer than storing."""

from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from community_teams.domain.codes import (
    AgeBand,
    Document,
    Help,
    NetworkCarrier,
    PhoneProblem,
    Power,
    Sex,
    Signal,
    Skill,
    SkillLevel,
    Support,
    VneidLevel,
)
from community_teams.domain.questions import Kind, VisitQuestion
from community_teams.domain.visit_columns import ANSWER_COLUMNS, report_from
from community_teams.domain.visit_summary import summarise
from community_teams.domain.visits import QUESTIONS

KINDS = 3_000

# Columns that stay empty, or that the visit itself sets.
_LEFT_OUT = frozenset(
    ("wifi", "next_visit_on", "next_goal", "outcome", "reason", "visit_type", "consent_level", "consent_how")
)
_NOTES = (
    "",
    "",
    "",
    "Bác muốn học gọi video cho cháu.",
    "Hẹn dạy cách xem thẻ BHYT trên máy.",
    "Nhà đi nương, nên đến sau 17 giờ.",
    "Máy của con để ở nhà, bác dùng chung.",
)


@dataclass(frozen=True)
class MadeUpAnswers:
    """Columns of a visit, columns of its people without the visit's id, and the summary of both."""

    answers: dict[str, Any]
    people: list[dict[str, Any]]
    summary_counts: dict[str, int]


@cache
def made_up_answers() -> list[MadeUpAnswers]:
    """KINDS of them, the same each time. Callers must not change them."""
    chance = Random("lời kể mẫu")  # noqa: S311 - made-up data
    return [_one_household(chance) for _ in range(KINDS)]


def _one_household(chance: Random) -> MadeUpAnswers:
    answers = _answers(chance)
    answers |= _more_answers(answers, chance)
    people = [_person(position, chance) for position in range(1, chance.randint(1, 2) + 1)]
    # Without validation, which would take longer than all the rest; the values made here are valid.
    columns = dict.fromkeys(ANSWER_COLUMNS) | answers
    report = report_from(columns, people, [], ended_at=None)
    return MadeUpAnswers(answers, people, summarise(report))


def _answers(chance: Random) -> dict[str, Any]:
    adults = chance.randint(1, 5)
    return {
        "language_used": chance.choices((["vi"], ["mtq"], ["vi", "mtq"], ["tai"]), (5, 2, 2, 1))[0],
        "adults": adults,
        "aged_60plus": chance.randint(0, min(2, adults)),
        "children_under_6": chance.choice((0, 0, 1, None)),
        "children_6_13": chance.choice((0, 1, 2, None)),
        "newborn_pending": chance.choice((False, False, False, True, None)),
        "needs_support": {Support.SEEING: 1} if chance.random() < 0.1 else None,
        "phones_smart": chance.randint(0, adults),
        "phones_basic": chance.randint(0, 2),
        "phones_shared": chance.choice((True, False, None)),
        "phone_problems": [chance.choice(list(PhoneProblem))] if chance.random() < 0.2 else None,
        "network": {NetworkCarrier.VIETTEL: chance.choice(list(Signal))} if chance.random() < 0.8 else None,
        "fixed_internet": chance.choice((True, False, None)),
        "power": chance.choices((Power.GRID, Power.UNSTABLE), (9, 1))[0],
        "support_given": chance.sample(list(Help), chance.randint(1, 3)),
        "trip_saved_km": chance.choice((None, None, 4, 9, 18)),
        "satisfaction": chance.choices((3, 2, 1, None), (6, 2, 1, 1))[0],
        "note": chance.choice(_NOTES),
    }


def _more_answers(answers: dict[str, Any], chance: Random) -> dict[str, Any]:
    more = (question for question in QUESTIONS if question.column not in answers and question.column not in _LEFT_OUT)
    return {question.column: _any_answer(question, chance) for question in more}


def _any_answer(question: VisitQuestion, chance: Random) -> Any:
    """A random answer to a question without realistic values above; None for about 30 %."""
    if chance.random() < 0.3:
        return None
    if question.kind is Kind.YES_NO:
        return chance.random() < 0.5
    if question.kind is Kind.COUNT:
        return chance.randint(question.least, min(question.most, question.least + 5))
    if question.kind is Kind.ONE:
        code = chance.choice(question.codes)
        return int(code) if question.is_number else code
    if question.kind is Kind.MANY:
        return [chance.choice(question.codes)] if question.codes else None
    if question.kind is Kind.COUNTS:
        return {chance.choice(question.codes): 1}
    if question.kind is Kind.EACH:
        return {chance.choice(question.codes): chance.choice(question.choices)}
    return None


def _person(position: int, chance: Random) -> dict[str, Any]:
    # A visit asks about some skills only; the others are left out.
    skills = chance.sample(list(Skill), chance.randint(0, 8))
    return {
        "position": position,
        "age_band": chance.choice(list(AgeBand)[1:]),
        "sex": chance.choice((*Sex, None)),
        "vneid_level": chance.choice(list(VneidLevel)),
        "documents": [Document.BHYT] if chance.random() < 0.4 else None,
        "skills": {skill.value: SkillLevel(chance.randint(0, 2)) for skill in skills} or None,
        "helped_with": None,
        "lessons": None,
    }
