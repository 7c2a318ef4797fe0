"""What phones are told, as /api/openapi.json describes it. A phone asks again with the cursor of the last answer."""

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from community_teams.domain.codes import HouseholdStatus, Outcome


class _Told(BaseModel):
    model_config = ConfigDict(extra="forbid")


class HamletLine(_Told):
    """own: whether the member works there themselves, so that names are told."""

    code: str
    name: str
    kind: str
    own: bool


class HouseholdLine(_Told):
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


class KnownLine(_Told):
    """on: the day in Việt Nam of the latest visit that told any of it. known: answers, in the shape of a visit."""

    id: UUID
    version: int
    on: date
    known: dict[str, Any]


class _Page(_Told):
    """more: whether to ask again right away. reset: begin anew; what is not told until `more` is false is gone."""

    cursor: str
    more: bool
    reset: bool = False
    gone: list[UUID]


class WorklistAnswer(_Page):
    """hamlets: left out while they are as told before."""

    hamlets: list[HamletLine] | None = None
    households: list[HouseholdLine]


class KnownAnswer(_Page):
    households: list[KnownLine]
