"""The visit's questions as one table: what the schema says of each (domain/visits.py), and where else it stands.

A question is one annotated field of VisitReport or of one of its groups: its type and limits are the field's, the rest
is in its Asked. Everything else that names questions is made from this table: the row a visit is written to, the parts
of the form and of a held visit, the steps of the phone and what it checks, the numbers on paper, what is known before
a repeat visit, the counters. `docs/visit_questions.md` says how to add one.
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
class Asked:
    """Where a question stands.

    part: of the web form. step: the phone's screen, by its address. shown_in: the part of a held visit it is compared
    in; the web form's where it is not given. column: of `visit`; the path with "_" for "." where it is not given.
    consent: the family must have agreed to be written down. carried: the next visit begins with the answer. numbers:
    {number on paper: code}; the places of the codes in their list where it is not given. counter: of a question of yes
    and no, what `<counter>_asked` and `<counter>` count: households that were asked, and that said yes, by the latest
    visit that asked. compared: whether it stands in a held visit.
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
class Question:
    """One row of the table.

    path: its place in the visit's JSON, such as "size.adults". least, most: bounds of a number, or of each of COUNTS;
    longest: letters of a text. codes: what may be answered, or what each of COUNTS and EACH is about; choices: what may
    be answered for each of EACH. is_number: whether JSON holds the answer, or each answer, as a number.
    type: of the answer in Python, such as an enumeration of the codes.
    """

    path: str
    kind: Kind
    asked: Asked
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
        return self.asked.column or self.path.replace(".", "_")

    @property
    def shown_in(self) -> str:
        return self.asked.shown_in or self.asked.part

    @property
    def numbers(self) -> Numbers:
        if self.asked.numbers is not None:
            return self.asked.numbers
        if self.kind is Kind.YES_NO:
            return YES_NO
        answers = {Kind.ONE: self.codes, Kind.MANY: self.codes, Kind.EACH: self.choices}.get(self.kind, ())
        return {str(number): code for number, code in enumerate(answers, 1)}

    @property
    def boxes(self) -> tuple[str, ...]:
        """The names of its boxes in a form: one for each code where there is one for each."""
        if self.kind in (Kind.COUNTS, Kind.EACH):
            return tuple(f"{self.path}.{code}" for code in self.codes)
        return (self.path,)


YES_NO: Numbers = {"1": "true", "0": "false"}


def questions_of(schema: type[BaseModel], under: str = "") -> Iterator[Question]:
    """The questions of a schema and of the groups in it, in the order of the fields. Fields without Asked are none."""
    for name, field in schema.model_fields.items():
        asked = next((each for each in field.metadata if isinstance(each, Asked)), None)
        group = plain_type(field.annotation)
        if asked is not None:
            yield _question(f"{under}{name}", field, asked)
        elif isinstance(group, type) and issubclass(group, BaseModel):
            yield from questions_of(group, f"{under}{name}.")


def _question(path: str, field: FieldInfo, asked: Asked) -> Question:
    type_ = plain_type(field.annotation)
    limits = _limits(field.metadata) | _limits(_annotations(field.annotation))
    least, most, longest = (limits.get(name, 0) for name in ("ge", "le", "max_length"))
    origin, within = get_origin(type_), [plain_type(each) for each in get_args(type_)]
    if type_ is bool:
        return Question(path, Kind.YES_NO, asked, type=type_, codes=("true", "false"))
    if type_ is date:
        return Question(path, Kind.DAY, asked, type=type_)
    if type_ is str:
        return Question(path, Kind.TEXT, asked, type=type_, longest=longest)
    if type_ is int and asked.numbers is not None:
        return Question(
            path, Kind.ONE, asked, least, most, type=type_, codes=tuple(asked.numbers.values()), is_number=True
        )
    if type_ is int:
        return Question(path, Kind.COUNT, asked, least, most, type=type_, is_number=True)
    if origin is list:
        codes = _codes(within[0]) or tuple((asked.numbers or {}).values())
        return Question(path, Kind.MANY, asked, type=type_, codes=codes)
    if origin is dict and _codes(within[1]) and not issubclass(within[1], int):
        return Question(path, Kind.EACH, asked, type=type_, codes=_codes(within[0]), choices=_codes(within[1]))
    if origin is dict:
        most = most or _limits(_annotations(get_args(type_)[1])).get("le", 0) or max(map(int, _codes(within[1])))
        return Question(path, Kind.COUNTS, asked, 0, most, type=type_, codes=_codes(within[0]), is_number=True)
    if _codes(type_):
        return Question(path, Kind.ONE, asked, type=type_, codes=_codes(type_))
    raise TypeError(f"{path}: no kind of question for {field.annotation}")


def plain_type(annotation: Any) -> Any:
    """The type itself, without None and what is annotated to it."""
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
