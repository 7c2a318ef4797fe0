"""The visit's questions as one table: the schema of each (domain/visits.py), and where it appears.

A question is one annotated field of VisitReport or of one of its groups. Its type and limits come from the field, the
rest from its QuestionPlacement. Everything else that needs the questions is made from this table: the columns of a
visit, the parts of the form and of a held visit, the steps and checks of the phone, the numbers on paper, what is known
before a repeat visit, the counters. `docs/visit_questions.md` says how to add one.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum, StrEnum
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

Numbers = Mapping[str, str]


class Kind(StrEnum):
    """How a question is answered. COUNTS: a number for each code; EACH: one of `choices` for each code."""

    YES_NO = "yes_no"
    COUNT = "count"
    ONE = "one"
    MANY = "many"
    COUNTS = "counts"
    EACH = "each"
    TEXT = "text"
    DAY = "day"


@dataclass(frozen=True)
class QuestionPlacement:
    """Where a question appears.

    part: of the web form. step: the phone's screen, by its address. shown_in: the part of a held visit in which the
    answer is compared; by default `part`. column: of table `visit`; by default the path with "_" for ".".
    consent: an answer needs the family's consent. carried: the next visit's form starts with the answer. numbers:
    {number on paper: code}; by default the codes are numbered from 1. counter: for a yes/no question: `<counter>_asked`
    counts the households that were asked, `<counter>` those that said yes, both by the latest visit that asked.
    compared: whether a held visit shows it.
    """

    part: str
    step: str
    shown_in: str = ""
    column: str = ""
    consent: bool = False
    carried: bool = False
    numbers: Numbers | None = None
    counter: str = ""
    compared: bool = True


@dataclass(frozen=True)
class VisitQuestion:
    """One row of the table.

    path: in the visit's JSON, such as "size.adults". least, most: bounds of a number, or of each number of COUNTS;
    longest: of a text, in characters. codes: the possible answers; for COUNTS and EACH the codes that are asked about.
    choices: the possible answers for each code of EACH. is_number: whether JSON stores the answers as numbers.
    type: of the answer in Python, such as an enumeration of the codes.
    """

    path: str
    kind: Kind
    placement: QuestionPlacement
    least: int = 0
    most: int = 0
    longest: int = 0
    codes: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    is_number: bool = False
    type: Any = None

    @property
    def name(self) -> str:
        """The first part of the path: the name in the visit's JSON itself."""
        return self.path.partition(".")[0]

    @property
    def column(self) -> str:
        return self.placement.column or self.path.replace(".", "_")

    @property
    def shown_in(self) -> str:
        return self.placement.shown_in or self.placement.part

    @property
    def numbers(self) -> Numbers:
        if self.placement.numbers is not None:
            return self.placement.numbers
        if self.kind is Kind.YES_NO:
            return YES_NO
        answers = {Kind.ONE: self.codes, Kind.MANY: self.codes, Kind.EACH: self.choices}.get(self.kind, ())
        return {str(number): code for number, code in enumerate(answers, 1)}

    @property
    def boxes(self) -> tuple[str, ...]:
        """The names of its fields in a form: one, or one for each code of COUNTS and EACH."""
        if self.kind in (Kind.COUNTS, Kind.EACH):
            return tuple(f"{self.path}.{code}" for code in self.codes)
        return (self.path,)


YES_NO: Numbers = {"1": "true", "0": "false"}


def questions_of(schema: type[BaseModel], under: str = "") -> Iterator[VisitQuestion]:
    """The questions of a schema and of its groups, in the order of the fields.

    A field without a QuestionPlacement is not a question.
    """
    for name, field in schema.model_fields.items():
        placement = next((each for each in field.metadata if isinstance(each, QuestionPlacement)), None)
        group = plain_type(field.annotation)
        if placement is not None:
            yield _question(f"{under}{name}", field, placement)
        elif isinstance(group, type) and issubclass(group, BaseModel):
            yield from questions_of(group, f"{under}{name}.")


def _question(path: str, field: FieldInfo, placement: QuestionPlacement) -> VisitQuestion:
    type_ = plain_type(field.annotation)
    limits = _limits(field.metadata) | _limits(_annotations(field.annotation))
    least, most, longest = (limits.get(name, 0) for name in ("ge", "le", "max_length"))
    origin, within = get_origin(type_), [plain_type(each) for each in get_args(type_)]
    if type_ is bool:
        return VisitQuestion(path, Kind.YES_NO, placement, type=type_, codes=("true", "false"))
    if type_ is date:
        return VisitQuestion(path, Kind.DAY, placement, type=type_)
    if type_ is str:
        return VisitQuestion(path, Kind.TEXT, placement, type=type_, longest=longest)
    if type_ is int and placement.numbers is not None:
        return VisitQuestion(
            path, Kind.ONE, placement, least, most, type=type_, codes=tuple(placement.numbers.values()), is_number=True
        )
    if type_ is int:
        return VisitQuestion(path, Kind.COUNT, placement, least, most, type=type_, is_number=True)
    if origin is list:
        codes = _codes(within[0]) or tuple((placement.numbers or {}).values())
        return VisitQuestion(path, Kind.MANY, placement, type=type_, codes=codes)
    if origin is dict and _codes(within[1]) and not issubclass(within[1], int):
        return VisitQuestion(path, Kind.EACH, placement, type=type_, codes=_codes(within[0]), choices=_codes(within[1]))
    if origin is dict:
        most = most or _limits(_annotations(get_args(type_)[1])).get("le", 0) or max(map(int, _codes(within[1])))
        return VisitQuestion(path, Kind.COUNTS, placement, 0, most, type=type_, codes=_codes(within[0]), is_number=True)
    if _codes(type_):
        return VisitQuestion(path, Kind.ONE, placement, type=type_, codes=_codes(type_))
    raise TypeError(f"{path}: no kind of question for {field.annotation}")


def plain_type(annotation: Any) -> Any:
    """The type without None and without annotations."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
        elif get_origin(annotation) in (Union, UnionType):
            (annotation,) = [each for each in get_args(annotation) if each is not type(None)]
        else:
            return annotation


def _annotations(annotation: Any) -> list[Any]:
    found: list[Any] = []
    if get_origin(annotation) is Annotated:
        inner, *own = get_args(annotation)
        found += [*own, *_annotations(inner)]
    elif get_origin(annotation) in (Union, UnionType):
        for each in get_args(annotation):
            found += _annotations(each)
    return found


def _limits(annotations: Iterable[Any]) -> dict[str, int]:
    limits: dict[str, int] = {}
    for each in annotations:
        if isinstance(each, FieldInfo):
            limits |= _limits(each.metadata)
            continue
        for name in ("ge", "le", "max_length"):
            value = getattr(each, name, None)
            if isinstance(value, int):
                limits[name] = value
    return limits


def _codes(type_: Any) -> tuple[str, ...]:
    return tuple(str(each.value) for each in type_) if isinstance(type_, type) and issubclass(type_, Enum) else ()
