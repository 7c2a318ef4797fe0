"""The groups of a visit's answers: consent, size of the household, phones, people and issues."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from community_teams.domain.codes import (
    AgeBand,
    ConsentHow,
    ConsentLevel,
    Document,
    Help,
    IssueLevel,
    IssueType,
    PhoneProblem,
    Sex,
    Skill,
    SkillLevel,
    VneidLevel,
)
from community_teams.domain.questions import Numbers, QuestionPlacement
from foundation.free_text import Text500

# Numbers on paper where they are not the positions of the codes in their list (paper/domain.py). Level 2 of VNeID is 2,
# as people call it. Languages: those of Thanh Hoá (facts 5.1); Thái has the tag of its family, because visitors cannot
# tell its branches apart.
LANGUAGES: Numbers = {"1": "vi", "2": "mtq", "3": "tai", "4": "hmn", "5": "tou", "6": "ium", "7": "kjg"}
VNEID: Numbers = {
    "0": VneidLevel.NOT_INSTALLED.value,
    "1": VneidLevel.LEVEL1.value,
    "2": VneidLevel.LEVEL2.value,
    "3": VneidLevel.INSTALLED.value,
    "9": VneidLevel.UNKNOWN.value,
}
SATISFACTIONS: Numbers = {"3": "3", "2": "2", "1": "1"}

_Code = TypeVar("_Code", bound=str)
_Answer = TypeVar("_Answer")
Count = Annotated[int, Field(ge=0, le=30)]
Version = Annotated[str, Field(pattern=r"^[0-9A-Za-z.+-]{1,20}$")]
LanguageTag = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$", max_length=35)]
LessonId = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]


def _without_nulls(skills: object) -> object:
    # A phone may send null for a skill it did not ask about.
    return {k: v for k, v in skills.items() if v is not None} if isinstance(skills, Mapping) else skills


def in_order(answers: dict[_Code, _Answer]) -> dict[_Code, _Answer]:
    return dict(sorted(answers.items()))


class AnswerGroup(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    @property
    def is_answered(self) -> bool:
        """Whether anything was answered at all."""
        return any(value is not None for value in self.__dict__.values())


class Consent(AnswerGroup):
    level: Annotated[ConsentLevel, QuestionPlacement("consent", "xin-phep")]
    text_version: Version
    how: Annotated[ConsentHow, QuestionPlacement("consent", "xin-phep")]


_SIZE = QuestionPlacement("family", "gia-dinh", consent=True, carried=True)
_PHONES = QuestionPlacement("phones", "dien-thoai", consent=True, carried=True)


class Size(AnswerGroup):
    adults: Annotated[Count | None, replace(_SIZE, column="adults")] = None
    aged_60plus: Annotated[Count | None, replace(_SIZE, column="aged_60plus")] = None
    children_under_6: Annotated[Count | None, replace(_SIZE, column="children_under_6")] = None
    children_6_13: Annotated[Count | None, replace(_SIZE, column="children_6_13")] = None

    @field_validator("aged_60plus")
    @classmethod
    def _among_the_adults(cls, value: int | None, info: ValidationInfo) -> int | None:
        adults = info.data.get("adults")
        if value is not None and adults is not None and value > adults:
            raise PydanticCustomError("more_than_adults", "more people over 60 than adults")
        return value


class Devices(AnswerGroup):
    smart: Annotated[Count | None, replace(_PHONES, column="phones_smart")] = None
    basic: Annotated[Count | None, replace(_PHONES, column="phones_basic")] = None
    shared: Annotated[bool | None, replace(_PHONES, column="phones_shared")] = None
    problems: Annotated[
        Annotated[list[PhoneProblem], Field(max_length=10)] | None, replace(_PHONES, column="phone_problems")
    ] = None


_PERSON = QuestionPlacement("people", "nguoi", consent=True)


class PersonAnswers(AnswerGroup):
    """ "Ông/bà 1": never a name. skills holds only what was asked."""

    age_band: Annotated[AgeBand | None, replace(_PERSON, carried=True)] = None
    sex: Annotated[Sex | None, replace(_PERSON, carried=True)] = None
    vneid_level: Annotated[VneidLevel | None, replace(_PERSON, carried=True, numbers=VNEID)] = None
    documents: Annotated[Annotated[list[Document], Field(max_length=10)] | None, replace(_PERSON, carried=True)] = None
    skills: Annotated[
        Annotated[dict[Skill, SkillLevel], BeforeValidator(_without_nulls), AfterValidator(in_order)] | None,
        replace(_PERSON, carried=True),
    ] = None
    helped_with: Annotated[Annotated[list[Help], Field(max_length=10)] | None, _PERSON] = None
    lessons: Annotated[Annotated[list[LessonId], Field(max_length=20)] | None, _PERSON] = None


_ISSUE = QuestionPlacement("issues", "viec-kho")


class IssueAnswers(AnswerGroup):
    type: Annotated[IssueType, _ISSUE]
    level: Annotated[IssueLevel | None, _ISSUE] = None
    beyond_authority: Annotated[bool, replace(_ISSUE, numbers={"1": "true", "0": ""})] = False
    note: Annotated[Text500, _ISSUE] = ""
