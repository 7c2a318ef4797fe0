"""Conversion between a visit's answers and the columns of its row, made from the table of questions."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel

from community_teams.domain.questions import Kind, VisitQuestion, plain_type
from community_teams.domain.visit_groups import IssueAnswers, PersonAnswers
from community_teams.domain.visits import OF_ISSUE, OF_PERSON, QUESTIONS, VisitReport

# Columns of `visit` that hold answers, in the order of the questions.
ANSWER_COLUMNS = tuple(question.column for question in QUESTIONS)
# Column, group and name in the visit's JSON; JSON writes a day as text, and a database takes a date.
_PLACES = [
    (question.column, *question.path.rpartition(".")[::2]) for question in QUESTIONS if question.kind is not Kind.DAY
]
_DAYS = [(question.column, question.path) for question in QUESTIONS if question.kind is Kind.DAY]
_DEFAULTS = {
    question.column: None if "." in question.path else VisitReport.model_fields[question.path].default
    for question in QUESTIONS
}
_PERSON_DEFAULTS = {name: field.default for name, field in PersonAnswers.model_fields.items()}
_ISSUE_DEFAULTS = {name: field.default for name, field in IssueAnswers.model_fields.items()}


def column_values(report: VisitReport) -> dict[str, Any]:
    """The answers by column; None where not answered."""
    return {question.column: answer_at(report, question.path) for question in QUESTIONS}


def plain_column_values(report: VisitReport, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The same as values that a database driver takes as they are: codes are texts, not members of enumerations.

    answers: report.to_json(). Much quicker than column_values, which matters where hundreds of visits are stored.
    """
    values = dict(_DEFAULTS)
    for column, group, name in _PLACES:
        within = answers.get(group) if group else answers
        if within and name in within:
            values[column] = within[name]
    for column, path in _DAYS:
        values[column] = answer_at(report, path)
    return values


def plain_person(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a person. answers: one of report.to_json()["people"]."""
    return {**_PERSON_DEFAULTS, **answers}


def plain_issue(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of an issue that the visit fills. answers: one of report.to_json()["issues"]."""
    return {**_ISSUE_DEFAULTS, **answers}


def answers_in(row: object, questions: Iterable[VisitQuestion] = QUESTIONS) -> dict[str, Any]:
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
        is_answered = any(value is not None for value in answers.values())
        fields[name] = _group(name).model_construct(**answers) if is_answered else None
    return VisitReport.model_construct(
        **fields,
        people=[PersonAnswers.model_construct(**person) for person in people],
        issues=[IssueAnswers.model_construct(**issue) for issue in issues],
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
