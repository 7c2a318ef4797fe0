"""Converts a plain HTML form to the shape of the phone's JSON and back, so that both share one schema."""

from collections.abc import Iterable, Mapping

from community_teams.domain.questions import Kind
from community_teams.domain.visits import OF_PERSON, QUESTIONS

# Fields that hold several answers, by the last part of their name.
MANY = frozenset(
    question.path.rpartition(".")[2] for question in (*QUESTIONS, *OF_PERSON) if question.kind is Kind.MANY
)

MOST_ROWS = 20
DEEPEST = 4


def nested(pairs: Iterable[tuple[str, str]]) -> dict[str, object]:
    """A form's names and values as a record: "people.0.age_band" is field `age_band` of the first of `people`.

    A blank value is no answer and is left out. Missing rows become empty ones, so that row numbers in faults are those
    of the form. A name that does not fit stays as it is, for the schema to refuse. Of several values the first counts,
    except for MANY.
    """
    record: dict[str, object] = {}
    for name, value in pairs:
        if value.strip() and not _place(record, name, value):
            record.setdefault(name, value)
    return {key: _rows_as_lists(value) for key, value in record.items()}


def _place(record: dict[str, object], name: str, value: str) -> bool:
    *way, last = name.split(".")
    if len(way) >= DEEPEST or not all([*way, last]):
        return False
    node = record
    for part in way:
        below = node.setdefault(part, {})
        if not isinstance(below, dict):
            return False
        node = below
    if last in MANY:
        answers = node.setdefault(last, [])
        if isinstance(answers, list):
            answers.append(value)
        return isinstance(answers, list)
    node.setdefault(last, value)
    return True


def _rows_as_lists(value: object) -> object:
    if not isinstance(value, dict):
        return value
    below = {key: _rows_as_lists(item) for key, item in value.items()}
    numbers = {int(key) for key in below if key.isascii() and key.isdecimal() and len(key) <= 2}
    if len(numbers) != len(below) or not numbers or max(numbers) >= MOST_ROWS:
        return below
    return [below.get(str(row), {}) for row in range(max(numbers) + 1)]


def flat(record: Mapping[str, object]) -> list[tuple[str, str]]:
    """The names and values with which a form would have sent `record`: the inverse of nested().

    Yes and no are "true" and "false"; an unanswered question (None) is left out.
    """
    return [pair for name, value in record.items() for pair in _written(name, value)]


def _written(name: str, value: object) -> list[tuple[str, str]]:
    if value is None:
        return []
    if isinstance(value, Mapping):
        return [pair for key, below in value.items() for pair in _written(f"{name}.{key}", below)]
    if isinstance(value, list | tuple):
        if name.rpartition(".")[2] in MANY:
            return [(name, str(item)) for item in value]
        return [pair for row, below in enumerate(value) for pair in _written(f"{name}.{row}", below)]
    return [(name, ("false", "true")[value] if isinstance(value, bool) else str(value))]
