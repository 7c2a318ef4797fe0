"""How many visits a campaign still needs, and how many people for them: simple sums that anybody can follow."""

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
# What a member manages on one outing where nothing is known yet; from then on the teams' own days tell.
USUAL_VISITS_A_DAY = 8
# A house may be empty three times; where a hamlet needs more knocks for each meeting, its first days were unlucky.
MOST_KNOCKS = 3.0


class Wish(BaseModel):
    """What is asked for. finish_on: day in Việt Nam, today or later. days_a_week: on how many days of a week people go.

    visits_a_day: knocks one member makes on one outing. goal: percent of the households on the list.
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


def read_wish(told: Mapping[str, object], *, today: date) -> Wish:
    """Raises Invalid naming every faulty field with a code; fields left out get their usual value."""
    try:
        return Wish.model_validate(told, context={"today": today})
    except ValidationError as error:
        raise Invalid(codes_by_field(error)) from None


@dataclass(frozen=True)
class Reached:
    """Where an area stands. Counts are households, but `visits` and `members`.

    listed: on the larger of the two lists, the official one and the teams' own. visits: knocks so far.
    """

    listed: int
    reached: int
    knocked: int
    visits: int
    members: int


@dataclass(frozen=True)
class Need:
    """What an area still needs until the day. All None where it has no list: nobody can plan for an unknown number.

    left: households to be met for the goal. visits: knocks these will take. visits_a_day: on each outing day.
    members: who should go out on each of them.
    """

    left: int | None
    visits: int | None
    visits_a_day: int | None
    members: int | None


def outings(today: date, wish: Wish) -> int:
    """Days on which people go out, after today until the last day, at least 1. Part of a week counts in proportion."""
    days = (wish.finish_on - today).days
    return max(1, days * wish.days_a_week // 7)


def knocks_for_a_meeting(reached: Reached) -> float:
    """How many knocks one household has taken so far, between 1 and MOST_KNOCKS; 1 where nobody was met yet."""
    if not reached.reached:
        return 1.0
    return min(MOST_KNOCKS, max(1.0, reached.visits / reached.reached))


def need(reached: Reached, wish: Wish, *, today: date) -> Need:
    if not reached.listed:
        return Need(None, None, None, None)
    left = max(0, ceil(reached.listed * wish.goal / 100) - reached.reached)
    visits = ceil(left * knocks_for_a_meeting(reached))
    a_day = ceil(visits / outings(today, wish))
    return Need(left, visits, a_day, ceil(a_day / wish.visits_a_day))
