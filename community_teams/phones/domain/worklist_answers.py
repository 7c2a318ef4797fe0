"""The answers of the worklist API, as in /api/openapi.json. A phone asks again with the cursor of the last answer."""

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from community_teams.domain.codes import HouseholdStatus, Outcome


class _AnswerModel(BaseModel):
    model_config = ConfigDict(extra="forbid")


class HamletLine(_AnswerModel):
    """own: whether the member works there themselves, so that names are sent."""

    code: str
    name: str
    kind: str
    own: bool


class HouseholdLine(_AnswerModel):
    """lane: "" where none is known. label: a name, only in one's own hamlets and where the family agreed to it."""

    id: UUID
    short_code: str
    hamlet: str
    lane: str
    label: str | None
    status: HouseholdStatus
    last_outcome: Outcome | None
    last_visited_on: date | None
    next_visit_on: date | None
    version: int


class KnownLine(_AnswerModel):
    """on: the day in Việt Nam of the latest visit with any of these answers. known: answers, shaped as in a visit."""

    id: UUID
    version: int
    on: date
    known: dict[str, Any]


class _Page(_AnswerModel):
    """more: whether to ask again at once. reset: start again; what is not sent until `more` is false has to go."""

    cursor: str
    more: bool
    reset: bool = False
    gone: list[UUID]


class WorklistAnswer(_Page):
    """hamlets: left out while they are unchanged."""

    hamlets: list[HamletLine] | None = None
    households: list[HouseholdLine]


class KnownAnswer(_Page):
    households: list[KnownLine]
