"""Pilot models (mô hình điểm): a hamlet describes a practice so that others can copy it."""

from collections.abc import Mapping
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, ValidationError

from community_teams.coverage.domain.layers import LAYERS, Key, Layer
from community_teams.domain.faults import codes_by_field
from foundation.characters import tidy_name
from foundation.free_text import Name200, Text2000
from foundation.problems import Invalid


class State(StrEnum):
    """The state of a pilot model. A withdrawn one may be edited and published again."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Contact(StrEnum):
    """Whom to contact about it: an office that exists in every hamlet or commune, never a person or a number."""

    TEAM = "team"
    HAMLET_HEAD = "hamlet_head"
    COMMUNE = "commune"
    WOMEN = "women"
    YOUTH = "youth"


# The parts of the template, in the order they are asked and read.
PARTS = ("difficulty", "steps", "people", "cost", "change", "shortfall", "advice")
# Must be filled in before publishing, also what did not work. Advice may be left out.
REQUIRED_FIELDS = ("title", "difficulty", "steps", "people", "cost", "change", "shortfall", "contact")

# The figures shown beside a pilot model: those that a hamlet's practice may have changed.
FIGURES: tuple[Layer, ...] = tuple(
    LAYERS[key] for key in (Key.REACHED, Key.ASSESSED, Key.LEVEL2, Key.ABLE, Key.LESSONS)
)


class PilotText(BaseModel):
    """The text of a pilot model. Only the title is required in a draft.

    Free text must not hold phone or identity numbers. contact: None until it is chosen.
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


TEXT_FIELDS = tuple(PilotText.model_fields)


def read_pilot(form: Mapping[str, object]) -> PilotText:
    """Read a pilot model from a form. A blank field is no answer. Raises Invalid with a code for every faulty field."""
    try:
        return PilotText.model_validate({name: value for name, value in form.items() if tidy_name(str(value))})
    except ValidationError as error:
        raise Invalid(codes_by_field(error)) from None


def missing_fields(text: PilotText) -> tuple[str, ...]:
    """The required fields that are still empty; a model with any of them cannot be published."""
    return tuple(name for name in REQUIRED_FIELDS if not getattr(text, name))
