"""Where a visit's answers stand in its row, both ways: made from the table of questions."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel

from community_teams.domain.questions import Question, plain_type
from community_teams.domain.visit_groups import IssueTold, PersonTold
from community_teams.domain.visits import OF_ISSUE, OF_PERSON, QUESTIONS, VisitReport

# Columns of `visit` that hold answers, in the order of the questions.
ANSWER_COLUMNS = tuple(question.column for question in QUESTIONS)


def column_values(report: VisitReport) -> dict[str, Any]:
    """The answers by column; None where not answered."""
    return {question.column: answer_at(report, question.path) for question in QUESTIONS}


def answers_in(row: object, questions: Iterable[Question] = QUESTIONS) -> dict[str, Any]:
    """The answers that a row holds, in the shape of the visit's JSON; a question not answered is left out.

    row: has the questions' columns as its attributes.
    """
    answers: dict[str, Any] = {}
    for question in questions:
        value = getattr(row, question.column)
        if value is not None:
            *way, last = question.path.split(".")
            node = answers
            for part in way:
                node = node.setdefault(part, {})
            node[last] = value
    return answers


def person_answers(row: object) -> dict[str, Any]:
    return answers_in(row, OF_PERSON)


def issue_answers(row: object) -> dict[str, Any]:
    return answers_in(row, OF_ISSUE)


def report_from(
    columns: Mapping[str, Any], people: Iterable[Mapping[str, Any]], issues: Iterable[Mapping[str, Any]], **more: Any
) -> VisitReport:
    """A report made of stored answers, without checking them again: they were checked when they were stored.

    columns: answers by column, all of ANSWER_COLUMNS. people, issues: their answers by name. more: other fields.
    """
    fields: dict[str, Any] = {}
    groups: dict[str, dict[str, Any]] = {}
    for question in QUESTIONS:
        group, _, name = question.path.rpartition(".")
        (groups.setdefault(group, {}) if group else fields)[name] = columns[question.column]
    for name, answers in groups.items():
        told = any(value is not None for value in answers.values())
        fields[name] = _group(name).model_construct(**answers) if told else None
    return VisitReport.model_construct(
        **fields,
        people=[PersonTold.model_construct(**person) for person in people],
        issues=[IssueTold.model_construct(**issue) for issue in issues],
        **more,
    )


@cache
def _group(name: str) -> type[BaseModel]:
    group: type[BaseModel] = plain_type(VisitReport.model_fields[name].annotation)
    return group


def answer_at(report: VisitReport, path: str) -> Any:
    """The answer to the question with this path; None where not answered."""
    value: Any = report
    for part in path.split("."):
        value = None if value is None else getattr(value, part)
    return value
