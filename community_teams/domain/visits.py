"""What one visit may record: one schema for the HTML form and the phone's JSON."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError, to_json

from community_teams.domain.codes import (
    ConsentLevel,
    Help,
    InputType,
    NetworkCarrier,
    Outcome,
    Power,
    Signal,
    Support,
    VisitType,
)
from community_teams.domain.faults import codes_by_field
from community_teams.domain.questions import QuestionPlacement, questions_of
from community_teams.domain.visit_groups import (
    LANGUAGES,
    SATISFACTIONS,
    AnswerGroup,
    Consent,
    Count,
    Devices,
    IssueAnswers,
    LanguageTag,
    PersonAnswers,
    Size,
    Version,
    in_order,
)
from foundation.free_text import Text200, Text500
from foundation.problems import Invalid

# As foundation.clock has it, which rules may not look at: they would see what time it is.
VIETNAM = timezone(timedelta(hours=7))

FORM_VERSION = 1
# A phone with an older form has to fetch the newer one first; until then its visits wait on the phone.
OLDEST_FORM_VERSION = 1
# The sentence read out before anything is recorded: templates/community_teams/consent.html.
CONSENT_TEXT_VERSION = "2026-11"

# The letter 793/BTTTT-THH that called the teams into being; an earlier visit is a clock that was reset.
EARLIEST = date(2022, 3, 5)
FURTHEST_APPOINTMENT = timedelta(days=366)
LONGEST_VISIT = timedelta(days=1)
# Clocks of phones are rarely further off than this, and a slow connection takes no longer.
CLOCK_TOLERANCE = timedelta(minutes=15)
# A phone that lost its clock shows 1970; a larger offset makes no sense.
FURTHEST_OFFSET = timedelta(days=65 * 366)
MOST_PEOPLE = 10
MOST_ISSUES = 5
# Ten people with every answer are some seven hundred.
MOST_VALUES = 2_000


def _not_too_old(version: int, info: ValidationInfo) -> int:
    if version < OLDEST_FORM_VERSION and not _is_known(info):
        raise PydanticCustomError("too_old", "asked by a form that is no longer understood")
    return version


def _is_known(info: ValidationInfo) -> bool:
    """Whether the rules that depend on the moment of sending are skipped: see phones/domain/earlier_versions.py."""
    return bool((info.context or {}).get("known"))


class VisitReport(AnswerGroup):
    """One visit to one household, as a member records it.

    Lengths are characters, times carry their zone, counts are 0 to 30. An unanswered question is None, never 0 or "no".
    Required: id, household, outcome, started_at, form_version. Answers about the family (WITH_CONSENT) need consent,
    and consent needs somebody met. satisfaction: 1 unhappy, 2 so-so, 3 happy. trip_saved_km: kilometres, estimated.
    Source of the fields and their labels: the teams' visit form, facts 7.2.
    """

    id: UUID
    household: UUID
    outcome: Annotated[Outcome, QuestionPlacement("outcome", "ket-qua")]
    reason: Annotated[Text200 | None, QuestionPlacement("outcome", "khong-gap")] = None
    started_at: AwareDatetime
    ended_at: AwareDatetime | None = None
    form_version: Annotated[int, Field(ge=0, le=1000), AfterValidator(_not_too_old)]
    app_version: Version | None = None
    input_type: InputType = InputType.PHONE
    visit_type: Annotated[VisitType | None, QuestionPlacement("outcome", "ket-qua", compared=False)] = None

    language_used: Annotated[
        Annotated[list[LanguageTag], Field(max_length=5)] | None,
        QuestionPlacement("family", "gia-dinh", consent=True, carried=True, numbers=LANGUAGES),
    ] = None
    size: Size | None = None
    newborn_pending: Annotated[bool | None, QuestionPlacement("family", "can-giup", consent=True, carried=True)] = None
    needs_support: Annotated[
        Annotated[dict[Support, Count], AfterValidator(in_order)] | None,
        QuestionPlacement("family", "can-giup", shown_in="support", consent=True, carried=True),
    ] = None
    devices: Devices | None = None
    network: Annotated[
        Annotated[dict[NetworkCarrier, Signal], AfterValidator(in_order)] | None,
        QuestionPlacement("phones", "song", shown_in="network", carried=True),
    ] = None
    fixed_internet: Annotated[bool | None, QuestionPlacement("phones", "dien", shown_in="network", carried=True)] = None
    wifi: Annotated[bool | None, QuestionPlacement("phones", "dien", shown_in="network", carried=True)] = None
    power: Annotated[Power | None, QuestionPlacement("phones", "dien", shown_in="power", carried=True)] = None
    people: Annotated[
        list[PersonAnswers],
        Field(max_length=MOST_PEOPLE),
        AfterValidator(lambda people: [person for person in people if person.is_answered]),
    ] = []

    support_given: Annotated[
        Annotated[list[Help], Field(max_length=10)] | None, QuestionPlacement("help", "da-giup")
    ] = None
    issues: Annotated[list[IssueAnswers], Field(max_length=MOST_ISSUES)] = []
    trip_saved_km: Annotated[Annotated[int, Field(ge=0, le=500)] | None, QuestionPlacement("help", "da-giup")] = None
    satisfaction: Annotated[
        Annotated[int, Field(ge=1, le=3)] | None,
        QuestionPlacement("last", "cam-nhan", shown_in="satisfaction", consent=True, numbers=SATISFACTIONS),
    ] = None
    next_visit_on: Annotated[date | None, QuestionPlacement("again", "hen")] = None
    next_goal: Annotated[Text200 | None, QuestionPlacement("again", "hen")] = None
    note: Annotated[Text500, QuestionPlacement("last", "ghi-chu", shown_in="note")] = ""
    supersedes: UUID | None = None

    # Last, because it is checked against the answers above.
    consent: Annotated[Consent | None, Field(validate_default=True)] = None

    @field_validator("started_at")
    @classmethod
    def _in_our_time(cls, value: datetime, info: ValidationInfo) -> datetime:
        if _is_known(info):
            return value.astimezone(UTC)
        moment = info.context or {}
        if value > moment["now"] + moment["ahead"] + CLOCK_TOLERANCE:
            raise PydanticCustomError("in_the_future", "later than now")
        if value < datetime(EARLIEST.year, EARLIEST.month, EARLIEST.day, tzinfo=VIETNAM) + moment["ahead"]:
            raise PydanticCustomError("too_long_ago", "before there were teams")
        return value.astimezone(UTC)

    @field_validator("ended_at")
    @classmethod
    def _after_its_start(cls, value: datetime | None, info: ValidationInfo) -> datetime | None:
        start = info.data.get("started_at")
        if value is None or start is None:
            return value
        if value < start:
            raise PydanticCustomError("before_start", "ends before it starts")
        if value > start + LONGEST_VISIT:
            raise PydanticCustomError("out_of_range", "longer than a day")
        return value.astimezone(UTC)

    @field_validator("next_visit_on")
    @classmethod
    def _after_this_visit(cls, value: date | None, info: ValidationInfo) -> date | None:
        start = info.data.get("started_at")
        if value is None or start is None:
            return value
        day = start.astimezone(VIETNAM).date()
        if value < day:
            raise PydanticCustomError("before_visit", "before the visit itself")
        if value > day + FURTHEST_APPOINTMENT:
            raise PydanticCustomError("too_far_ahead", "more than a year ahead")
        return value

    @field_validator("consent")
    @classmethod
    def _covers_the_answers(cls, value: Consent | None, info: ValidationInfo) -> Consent | None:
        agreed = value is not None and value.level is not ConsentLevel.NONE
        outcome = info.data.get("outcome")
        if agreed and outcome is not None and not outcome.reached:
            raise PydanticCustomError("nobody_met", "nobody was there to agree")
        if not agreed and any(_is_answer(info.data.get(name)) for name in WITH_CONSENT):
            raise PydanticCustomError("needs_consent", "answers about the family without its consent")
        return value

    @property
    def names_household(self) -> bool:
        """Whether the household's code may be stored with the visit."""
        return self.consent is None or self.consent.level is ConsentLevel.CODE

    def to_json(self) -> dict[str, Any]:
        """What was answered, as JSON values. Unanswered questions and defaults are left out, and the household where
        the family wants it left out. Questions are in the order of the fields, answers by code in that of the codes."""
        hidden = None if self.names_household else {"household"}
        return self.model_dump(mode="json", exclude=hidden, exclude_none=True, exclude_defaults=True)

    def content_hash(self) -> str:
        """SHA-256 of the answers, in hexadecimal: the same for the same answers in any order or time zone.

        A question added later does not change the hash of a visit that did not answer it.
        """
        return hash_of(self.to_json())

    @classmethod
    def read(cls, record: Mapping[str, object], *, now: datetime, ahead: timedelta) -> Self:
        return cls.model_validate(record, context={"now": now, "ahead": ahead})


def hash_of(answers: Mapping[str, Any]) -> str:
    """VisitReport.content_hash of a report whose to_json is at hand."""
    return hashlib.sha256(to_json(answers)).hexdigest()


QUESTIONS = tuple(questions_of(VisitReport))
# Of one person, and of one issue: paths within their row.
OF_PERSON = tuple(questions_of(PersonAnswers))
OF_ISSUE = tuple(questions_of(IssueAnswers))
# {counter: the path of the question it counts}.
YES_NO_COUNTERS = {question.placement.counter: question.path for question in QUESTIONS if question.placement.counter}
# Answers that need the family's consent, by their names in the visit's JSON.
WITH_CONSENT = tuple(
    dict.fromkeys(["people", *(question.name for question in QUESTIONS if question.placement.consent)])
)


def clock_offset_of(sent_at: datetime | None, now: datetime) -> int | None:
    """Seconds a phone's clock is ahead of ours, by the time it sent at; None where it is unknown or makes no sense."""
    if sent_at is None:
        return None
    offset = sent_at - now
    return round(offset.total_seconds()) if abs(offset) <= FURTHEST_OFFSET else None


def clock_error(clock_offset: int | None) -> timedelta:
    """How far ahead a phone's clock is taken to be: nothing within CLOCK_TOLERANCE, which may be a slow line."""
    error = timedelta(seconds=clock_offset or 0)
    return error if abs(error) > CLOCK_TOLERANCE else timedelta()


def visited_on(report: VisitReport, clock_offset: int | None) -> date:
    """The day of the visit in Việt Nam, by the server's clock."""
    return (report.started_at - clock_error(clock_offset)).astimezone(VIETNAM).date()


def _is_answer(value: object) -> bool:
    return value.is_answered if isinstance(value, AnswerGroup) else value not in (None, [], {})


def _holds_more_than(most: int, value: Mapping[str, object]) -> bool:
    """Whether JSON data has more than `most` values, at any depth. Without recursion, because it may be deep."""
    count, containers = 0, [value]
    while containers:
        each: Any = containers.pop()
        below = each.values() if isinstance(each, dict) else each
        count += len(below)
        if count > most:
            return True
        # JSON and forms hold plain dicts and lists. Most values are neither, and are not looked at one by one.
        containers += [inner for inner in below if type(inner) in _CONTAINERS]
    return False


_CONTAINERS = frozenset({dict, list, tuple})


def read_visit(record: Mapping[str, object], *, now: datetime, clock_offset: int | None = None) -> VisitReport:
    """Read a visit from a phone's record or a form. Raises Invalid naming every faulty field with a code.

    A record of more than MOST_VALUES values is not looked at: {"record": "too_many"}.
    clock_offset: seconds the phone's clock is ahead of ours, at most FURTHEST_OFFSET either way; None when unknown.
    """
    if _holds_more_than(MOST_VALUES, dict(record)):
        raise Invalid({"record": "too_many"})
    try:
        return VisitReport.read(record, now=now, ahead=clock_error(clock_offset))
    except ValidationError as error:
        raise Invalid(codes_by_field(error)) from None
