"""Pilot models (mô hình điểm): what a hamlet writes down of a practice, so that others can do the same."""

from collections.abc import Mapping
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, ValidationError

from community_teams.coverage.domain.layers import LAYERS, Key, Layer
from community_teams.domain.faults import codes_by_field
from foundation.characters import tidy_name
from foundation.free_text import Name200, Text2000
from foundation.problems import Invalid


class State(StrEnum):
    """Where a pilot model stands. A withdrawn one may be mended and published again."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Contact(StrEnum):
    """Whom others ask about it: an office, never a person or a number. Those a hamlet or a commune has everywhere."""

    TEAM = "team"
    HAMLET_HEAD = "hamlet_head"
    COMMUNE = "commune"
    WOMEN = "women"
    YOUTH = "youth"


# The parts of the template, in the order they are asked and read.
PARTS = ("difficulty", "steps", "people", "cost", "change", "shortfall", "advice")
# What must be told before others are asked to follow: also what did not work. Advice may be left out.
NEEDED = ("title", "difficulty", "steps", "people", "cost", "change", "shortfall", "contact")

# The figures that stand beside a pilot model: what a hamlet's practice may have moved.
FIGURES: tuple[Layer, ...] = tuple(
    LAYERS[key] for key in (Key.REACHED, Key.ASSESSED, Key.LEVEL2, Key.ABLE, Key.LESSONS)
)


class PilotText(BaseModel):
    """A pilot model as it is written. Only the title must be there; the rest may come another day.

    Free text holds no phone or identity numbers. contact: None until it is chosen.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    title: Name200
    difficulty: Text2000 = ""
    steps: Text2000 = ""
    people: Text2000 = ""
    cost: Text2000 = ""
    change: Text2000 = ""
    shortfall: Text2000 = ""
    advice: Text2000 = ""
    contact: Contact | None = None


WRITTEN = tuple(PilotText.model_fields)


def read_pilot(told: Mapping[str, object]) -> PilotText:
    """Read a pilot model from a form, where a blank is no answer. Raises Invalid with a code for every faulty field."""
    try:
        return PilotText.model_validate({name: value for name, value in told.items() if tidy_name(str(value))})
    except ValidationError as error:
        raise Invalid(codes_by_field(error)) from None


def lacking(text: PilotText) -> tuple[str, ...]:
    """The fields that must still be filled in before it can be published."""
    return tuple(name for name in NEEDED if not getattr(text, name))
