"""Schema of the library's TOML files. docs/authoring.md is the same for authors."""

import re
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from courses.domain.facts import FactKind
from courses.domain.lesson import Reliability
from courses.domain.practice import Look
from courses.domain.secrets import SECRET_RULES


def _one_line(text: object) -> object:
    """Join lines: line breaks in a file have no meaning."""
    return " ".join(text.split()) if isinstance(text, str) else text


def _rule(code: str) -> str:
    if code not in SECRET_RULES:
        raise ValueError(f"no such rule; there are {', '.join(SECRET_RULES)}")
    return code


Text = Annotated[str, StringConstraints(min_length=1, max_length=600), BeforeValidator(_one_line)]
ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
Id = Annotated[str, StringConstraints(pattern=f"^{ID.pattern}$", max_length=60)]
Rule = Annotated[str, BeforeValidator(lambda code: _rule(code) if isinstance(code, str) else code)]


class FileSchema(BaseModel):
    # TOML has dates and numbers, so nothing is converted from text.
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class FactSchema(FileSchema):
    about: Annotated[FactKind, Field(strict=False)]
    value: Text
    what: Text
    source: Text
    reliability: Annotated[Reliability, Field(strict=False)]
    checked_on: date


class RetiredIdsSchema(FileSchema):
    """Ids no longer in use, and never to be used again."""

    lessons: list[Id] = []
    parts: dict[Id, list[Annotated[str, StringConstraints(pattern=f"^{ID.pattern}$", max_length=121)]]] = {}


class CourseSchema(FileSchema):
    number: Annotated[int, Field(ge=1, le=99)]
    title: Text
    audience: Text
    about: Text
    optional: bool = False
    lessons: Annotated[list[Id], Field(min_length=1)]


class PathSchema(FileSchema):
    """A learning path; its key in paths.toml is its id."""

    title: Text
    audience: Text
    about: Text
    urgent: bool = False
    lessons: Annotated[list[Id], Field(min_length=1, max_length=20)]


class StepSchema(FileSchema):
    id: Id
    picture: Id | None = None
    picture_alt: Text | None = None
    text: Text
    tip: Text | None = None


class TargetSchema(FileSchema):
    id: Id
    picture: Id | None = None
    text: Text
    right: bool = False
    goes: Id | None = None
    hint: Text | None = None


class ItemSchema(FileSchema):
    """A card to put in order (file order is the right order) or to sort (`bin` names where it belongs)."""

    id: Id
    picture: Id | None = None
    text: Text
    bin: Id | None = None
    hint: Text | None = None
    praise: Text | None = None


class BinSchema(FileSchema):
    id: Id
    text: Text


class FileScreenKind(StrEnum):
    TAP = "tap"
    TYPE = "type"
    SECRET = "secret"  # noqa: S105  the name of a kind
    TICK = "tick"
    END = "end"
    ORDER = "order"  # expanded to a sequence of TAP screens
    SORT = "sort"  # the same


class ScreenSchema(FileSchema):
    id: Id
    kind: Annotated[FileScreenKind, Field(strict=False)]
    look: Annotated[Look, Field(strict=False)] = Look.APP
    task: Text
    title: Text | None = None
    picture: Id | None = None
    says: list[Text] = []
    label: Text | None = None
    button: Text | None = None
    typed: Text | None = None
    rules: list[Rule] = []
    target: list[TargetSchema] = []
    bin: list[BinSchema] = []
    item: list[ItemSchema] = []
    goes: Id | None = None
    hint: Text | None = None
    praise: Text | None = None


class PracticeSchema(FileSchema):
    intro: Text | None = None
    must_pass: list[Id] | None = None
    screen: Annotated[list[ScreenSchema], Field(min_length=1)]


class OptionSchema(FileSchema):
    id: Id
    text: Text
    right: bool = False


class QuestionSchema(FileSchema):
    id: Id
    text: Text
    because: Text
    option: Annotated[list[OptionSchema], Field(min_length=2, max_length=4)]


class CitationSchema(FileSchema):
    text: Text
    reliability: Annotated[Reliability, Field(strict=False)]


class LessonSchema(FileSchema):
    title: Text
    minutes: Annotated[int, Field(ge=2, le=5)]
    goal: Text
    prepare: list[Text] = []
    story: Text | None = None
    step: Annotated[list[StepSchema], Field(min_length=2, max_length=12)]
    remember: Text
    practice: PracticeSchema
    question: Annotated[list[QuestionSchema], Field(min_length=3, max_length=5)]
    mistakes: Annotated[list[Text], Field(min_length=1)]
    safety: Text
    if_stuck: Annotated[list[Text], Field(min_length=1)]
    helper_tips: Annotated[list[Text], Field(min_length=1)]
    fake_links: list[Text] = []
    source: Annotated[list[CitationSchema], Field(min_length=1)]
    checked_on: date
    volatile: bool
    draft: bool
