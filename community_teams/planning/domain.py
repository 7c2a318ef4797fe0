"""How many visits a campaign still needs, and how many people: simple sums that can be checked by hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from community_teams.coverage.domain.coverage import GOAL_PERCENT
from community_teams.domain.faults import codes_by_field
from foundation.problems import Invalid

FURTHEST = timedelta(days=366)
# Visits of one member on one outing, used until the teams have days of their own to measure.
USUAL_VISITS_A_DAY = 8
# Nobody may be at home three times. A higher average comes from few, unlucky first days and is cut to this.
MOST_VISITS_PER_MEETING = 3.0


class PlanRequest(BaseModel):
    """The inputs of a plan. finish_on: day in Việt Nam, today or later. days_a_week: outings in a week.

    visits_a_day: visits of one member on one outing. goal: percent of the households on the list.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    finish_on: date
    days_a_week: Annotated[int, Field(ge=1, le=7)] = 5
    visits_a_day: Annotated[int, Field(ge=1, le=60)] = USUAL_VISITS_A_DAY
    goal: Annotated[int, Field(ge=1, le=100)] = GOAL_PERCENT

    @field_validator("finish_on")
    @classmethod
    def _ahead(cls, value: date, info: ValidationInfo) -> date:
        today = (info.context or {})["today"]
        if value < today:
            raise PydanticCustomError("already_past", "a day that has passed")
        if value > today + FURTHEST:
            raise PydanticCustomError("too_far_ahead", "more than a year ahead")
        return value


def read_plan_request(values: Mapping[str, object], *, today: date) -> PlanRequest:
    """Raises Invalid with a code for every faulty field. Fields left out get their default."""
    try:
        return PlanRequest.model_validate(values, context={"today": today})
    except ValidationError as error:
        raise Invalid(codes_by_field(error)) from None


@dataclass(frozen=True)
class AreaProgress:
    """The progress of an area. Counts are households, except `visits` and `members`.

    listed: on the larger of the two lists, the official one and the teams' own. visits: of any outcome, so far.
    """

    listed: int
    reached: int
    visited: int
    visits: int
    members: int


@dataclass(frozen=True)
class Need:
    """What an area still needs until the day. All None where it has no list: an unknown number cannot be planned for.

    left: households to be met for the goal. visits: these will probably take. visits_a_day: on each outing day.
    members: how many should go out on each outing day.
    """

    left: int | None
    visits: int | None
    visits_a_day: int | None
    members: int | None


def outings(today: date, plan_request: PlanRequest) -> int:
    """Outing days after today until the last day, at least 1. Part of a week counts in proportion."""
    days = (plan_request.finish_on - today).days
    return max(1, days * plan_request.days_a_week // 7)


def visits_per_meeting(progress: AreaProgress) -> float:
    """Visits per household met so far, between 1 and MOST_VISITS_PER_MEETING; 1 where nobody was met yet."""
    if not progress.reached:
        return 1.0
    return min(MOST_VISITS_PER_MEETING, max(1.0, progress.visits / progress.reached))


def need(progress: AreaProgress, plan_request: PlanRequest, *, today: date) -> Need:
    if not progress.listed:
        return Need(None, None, None, None)
    left = max(0, ceil(progress.listed * plan_request.goal / 100) - progress.reached)
    visits = ceil(left * visits_per_meeting(progress))
    a_day = ceil(visits / outings(today, plan_request))
    return Need(left, visits, a_day, ceil(a_day / plan_request.visits_a_day))
