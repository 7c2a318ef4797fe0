"""Answers sent by a phone, perhaps long after they were given and without network then."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, ValidationError

from courses.domain.answering import check_answer
from courses.domain.lesson import Lesson
from courses.domain.practice import ScreenKind
from foundation.free_text import number_fault
from foundation.problems import Invalid, Problem
from learning.domain.answers import stored_choices, stored_option

MOST_ANSWERS = 500
MOST_LEARNERS = 50
# No answer can be older than the platform.
OPENED = datetime(2026, 1, 1, tzinfo=UTC)
CLOCK_TOLERANCE = timedelta(minutes=10)

_OUR_ID = r"^[a-z0-9][a-z0-9_-]{0,63}$"
_OUR_IDS = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}( [a-z0-9][a-z0-9_-]{0,63})*")
_LONGEST_STORED = 500

Choice = Annotated[str, Field(max_length=500)]


class TooManyAnswers(Problem):
    status = 413


def _as_list(given: object) -> object:
    return [given] if isinstance(given, str) else given


class SentAnswer(BaseModel):
    """One answer.

    learner: None for the first learner of the phone. given: the chosen id, a list of ids, or typed text; for a screen
    with typed text also true or false, if the phone has judged the text and deleted it. at: when, by the phone's clock,
    which may be wrong.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: UUID
    learner: UUID | None = None
    lesson: Annotated[str, Field(pattern=_OUR_ID)]
    step: Annotated[str, Field(pattern=_OUR_ID)]
    given: StrictBool | Annotated[list[Choice], Field(max_length=50), BeforeValidator(_as_list)] = Field(
        default_factory=list
    )
    at: Any = None
    assisted: bool = False


class SentLearner(BaseModel):
    """A learner added on the phone. If any field but the id is faulty, their answers are still stored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: UUID
    nickname: Annotated[str, Field(max_length=200)] = ""
    picture: Annotated[str, Field(max_length=40)] = ""
    age_band: Annotated[str, Field(max_length=20)] = ""
    guardian_agrees: bool = False


@dataclass(frozen=True)
class SentBatch:
    """learners, answers: as sent, not validated yet, so that a faulty one does not block the others. phone: the phone's
    own id until it has its cookie; None if it sends none.
    """

    id: UUID
    learners: tuple[Any, ...]
    answers: tuple[Any, ...]
    phone: UUID | None = None


def read_batch(sent: object) -> SentBatch:
    """Read one request of a phone. Raises Invalid, and TooManyAnswers above MOST_ANSWERS: the phone then sends half."""
    if not isinstance(sent, Mapping):
        raise Invalid({"record": "not_understood"})
    faults = {}
    id_, phone = _id_in(sent.get("batch")), _id_in(sent.get("phone"))
    if id_ is None:
        faults["batch"] = "not_an_id"
    learners, answers = ([] if sent.get(name) is None else sent[name] for name in ("learners", "answers"))
    for name, listed in (("learners", learners), ("answers", answers)):
        if not isinstance(listed, list):
            faults[name] = "not_understood"
    if faults or id_ is None:
        raise Invalid(faults)
    if len(answers) > MOST_ANSWERS or len(learners) > MOST_LEARNERS:
        raise TooManyAnswers("too_many_answers", most=MOST_ANSWERS)
    return SentBatch(id_, tuple(learners), tuple(answers), phone)


def _id_in(value: object) -> UUID | None:
    try:
        return UUID(value)  # type: ignore[arg-type]
    except (ValueError, TypeError, AttributeError):
        return None


def read_sent_answer(sent: object) -> SentAnswer:
    """Raises Invalid with a code for each faulty field: missing, not_an_id, not_understood."""
    try:
        return SentAnswer.model_validate(sent)
    except ValidationError as error:
        raise Invalid(_codes(error)) from None


def read_sent_learner(sent: object) -> SentLearner:
    """Raises Invalid as read_sent_answer does."""
    try:
        return SentLearner.model_validate(sent)
    except ValidationError as error:
        raise Invalid(_codes(error)) from None


def answer_time(at: object, now: datetime) -> datetime:
    """When an answer was given, by the phone's clock. Returns `now` if the time is missing, unreadable, without a time
    zone, before OPENED (a clock set to 1970) or in the future.
    """
    if not isinstance(at, str):
        return now
    try:
        moment = datetime.fromisoformat(at)
        believable = OPENED <= moment <= now + CLOCK_TOLERANCE
    except (ValueError, TypeError, OverflowError):
        return now
    return min(moment, now) if believable else now


@dataclass(frozen=True)
class Judged:
    """given: what may be stored of the answer. right: None if the lesson or step does not exist any more."""

    given: str
    right: bool | None


def judge(lesson: Lesson | None, step: str, given: bool | list[str]) -> Judged:
    """Judge an answer by the lesson as it is now, by the same rules as the pages."""
    screen = lesson.practice.screen(step) if lesson else None
    if screen is not None:
        typed_by_hand = screen.kind in {ScreenKind.TYPE, ScreenKind.SECRET}
        if isinstance(given, bool):
            return Judged("", right=given) if typed_by_hand else Judged("", right=None)
        return Judged(stored_choices(screen, given), check_answer(screen, given).right)
    chosen = [] if isinstance(given, bool) else given
    question = lesson.question(step) if lesson else None
    if question is not None and len(chosen) == 1 and (option := stored_option(question, chosen[0])):
        return Judged(option, right=option == question.right.id)
    return Judged(_known_id_format(chosen), right=None)


def _known_id_format(chosen: list[str]) -> str:
    """The chosen ids if they look like our ids, also of choices we no longer have; "" for anything that may have been
    typed.
    """
    joined = " ".join(chosen)
    ours = len(joined) <= _LONGEST_STORED and _OUR_IDS.fullmatch(joined) and not number_fault(joined)
    return joined if ours else ""


def _codes(error: ValidationError) -> dict[str, str]:
    kinds = {"missing": "missing", "uuid_parsing": "not_an_id", "uuid_type": "not_an_id"}
    return {
        str(fault["loc"][0] if fault["loc"] else "record"): kinds.get(fault["type"], "not_understood")
        for fault in error.errors(include_url=False, include_context=False, include_input=False)
    }
