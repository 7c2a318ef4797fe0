"""The steps of an issue, and who may take which. Source of the steps: the visit form, facts 7.2."""

from datetime import date, timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from community_teams.domain.codes import IssueLevel, IssueStatus
from community_teams.domain.faults import codes_by_field
from foundation.free_text import Name80, Text500
from foundation.problems import Invalid

FURTHEST_DUE = timedelta(days=366)
CLOSED = frozenset({IssueStatus.RESOLVED, IssueStatus.CONFIRMED})

_NEXT: dict[IssueStatus, tuple[IssueStatus, ...]] = {
    IssueStatus.NEW: (IssueStatus.IN_PROGRESS, IssueStatus.BEYOND_AUTHORITY, IssueStatus.RESOLVED),
    IssueStatus.IN_PROGRESS: (IssueStatus.BEYOND_AUTHORITY, IssueStatus.RESOLVED),
    IssueStatus.BEYOND_AUTHORITY: (IssueStatus.IN_PROGRESS, IssueStatus.RESOLVED),
    IssueStatus.RESOLVED: (IssueStatus.CONFIRMED, IssueStatus.IN_PROGRESS),
    IssueStatus.CONFIRMED: (IssueStatus.IN_PROGRESS,),
}


def next_statuses(status: IssueStatus, *, handles: bool) -> tuple[IssueStatus, ...]:
    """The statuses that may follow `status`, in the order to offer them; `status` itself is first.

    handles: whether the person handles issues of the place. A person who only visits may record what the family says
    of an issue that is marked as resolved: confirmed, or not yet.
    """
    if not handles and status is not IssueStatus.RESOLVED:
        return ()
    return (status, *_NEXT[status])


def is_overdue(status: IssueStatus, due: date | None, today: date) -> bool:
    return due is not None and due < today and status not in CLOSED


class IssueChange(BaseModel):
    """The new state of an issue. level: who can settle it; owner: who has taken it on, an office rather than a person;
    due: day in Việt Nam by which it is to be settled, or None."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    status: IssueStatus
    level: IssueLevel | None = None
    owner: Name80 = ""
    due: date | None = None
    note: Annotated[Text500, Field()] = ""

    @field_validator("due")
    @classmethod
    def _within_reason(cls, value: date | None, info: ValidationInfo) -> date | None:
        if value is None or value == (info.context or {})["due"]:
            return value
        if value < info.context["today"]:  # type: ignore[index]
            raise PydanticCustomError("already_past", "a day that has passed")
        if value > info.context["today"] + FURTHEST_DUE:  # type: ignore[index]
            raise PydanticCustomError("too_far_ahead", "more than a year ahead")
        return value


def read_change(form: dict[str, str], *, due: date | None, today: date) -> IssueChange:
    """Read a change from a form; a blank field is no answer. due: the day agreed so far, which may have passed.

    Raises Invalid naming every faulty field with a code.
    """
    try:
        given = {name: value for name, value in form.items() if value.strip()}
        return IssueChange.model_validate(given, context={"today": today, "due": due})
    except ValidationError as error:
        raise Invalid(codes_by_field(error)) from None
