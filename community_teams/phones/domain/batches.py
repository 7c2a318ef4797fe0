"""The batch a phone sends: up to MOST_VISITS visits, and the phone's state."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, SkipValidation, ValidationError

from community_teams.domain.faults import codes_by_field
from community_teams.domain.visit_batch import ResultStatus
from community_teams.domain.visit_groups import Version
from community_teams.domain.visits import VisitReport
from foundation.free_text import has_bad_characters
from foundation.problems import Invalid, Problem

MOST_VISITS = 200
# Two hundred of the longest visits the form can hold, in Vietnamese.
MOST_BYTES = 4 * 1024 * 1024


class TooManyVisits(Problem):
    """`most`: how many are accepted at once. The phone sends smaller batches and loses nothing."""

    status = 413


class Batch(BaseModel):
    """What one phone sends of one member's visits.

    batch: a new id for every request; the answer repeats it, so that no other page can be mistaken for the answer.
    device: the phone. pending: visits it still holds, those of this batch included. visits: each is read by itself, so
    a faulty one does not block the others. drafts: unfinished visits, handed over only by a phone that was cut off;
    else ignored. parting: the phone deletes what the answer says was set aside, and pending is what it holds by then.
    sent_at: the phone's clock. storage: whether the browser promised not to delete what the app stores.
    """

    # A newer app may send more fields about the phone; its visits are accepted all the same.
    model_config = ConfigDict(frozen=True, extra="ignore")

    batch: UUID
    device: UUID
    pending: Annotated[int, Field(ge=0, le=1_000_000)]
    visits: Annotated[list[SkipValidation[VisitReport]], Field(max_length=MOST_VISITS)]
    drafts: Annotated[list[Any], Field(max_length=MOST_VISITS)] = []
    parting: bool = False
    sent_at: AwareDatetime | None = None
    app_version: Version | None = None
    storage: Literal["persisted", "best_effort"] | None = None

    @property
    def records(self) -> list[Any]:
        """The visits as they were sent: anything JSON can hold."""
        return list(self.visits)


class Result(BaseModel):
    """The result of one visit. id: as it was sent, None where there was none. problems: {field: code}.

    stored, already_stored: it is stored. conflict: it is stored beside another, for a person to settle. held: its form
    is newer than this server knows; it is stored raw, for a person. rejected: it is not stored; the phone keeps it and
    shows its problems to a person.
    """

    id: str | None
    outcome: ResultStatus
    problems: dict[str, str]


class BatchAnswer(BaseModel):
    """batch: that of the question. results: one for each visit, in the order sent."""

    batch: UUID
    results: list[Result]


def read_batch(body: object) -> Batch:
    """Read a batch without validating its visits.

    Raises TooManyVisits("too_many_visits"); Invalid naming every other faulty field.
    """
    if isinstance(body, dict) and isinstance(visits := body.get("visits"), list) and len(visits) > MOST_VISITS:
        raise TooManyVisits("too_many_visits", most=MOST_VISITS)
    try:
        return Batch.model_validate(body)
    except ValidationError as error:
        raise Invalid(codes_by_field(error)) from None


def id_of(record: object) -> str | None:
    """The id a record was sent with, valid or not, so that the phone recognises it; else None."""
    id = record.get("id") if isinstance(record, dict) else None
    # A lone surrogate, possible in JSON, cannot be encoded in the answer.
    return id if isinstance(id, str) and len(id) <= 80 and not has_bad_characters(id) else None
