"""What a phone sends at once: up to MOST_VISITS visits, and how the phone is."""

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
# Two hundred of the longest visits the form can hold, told in Vietnamese.
MOST_BYTES = 4 * 1024 * 1024


class TooManyVisits(Problem):
    """`most`: how many are taken at once. The phone sends fewer at a time and loses nothing."""

    status = 413


class Batch(BaseModel):
    """What one phone sends of one member's visits.

    batch: made anew for every sending; the answer names it, so that no other page can be taken for an answer.
    device: the phone. pending: visits it still holds, those of this batch included. visits: each read by itself, so
    that a faulty one holds back no other. drafts: visits somebody was still writing, which only a phone that was cut
    off hands over; else they are not looked at. parting: it forgets what it is told was set aside, and says
    in pending what it still holds by then. sent_at: what the phone's clock says now. storage: whether the browser
    promised to keep what the app stores.
    """

    # A newer phone may tell more of itself; that is no fault of its visits.
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
    """What became of one visit. id: as it was sent, None where there was none. problems: {field: code}.

    stored, already_stored: it is kept. conflict: it is kept beside another, for a person to settle. held: it was asked
    by a newer form than this server knows, and is kept as it was told, for a person. rejected: it is not kept; the
    phone holds it, and shows its problems to a person.
    """

    id: str | None
    outcome: ResultStatus
    problems: dict[str, str]


class BatchAnswer(BaseModel):
    """batch: that of the question. results: one for each visit, in the order sent."""

    batch: UUID
    results: list[Result]


def read_batch(body: object) -> Batch:
    """Read what a phone sent. Raises TooManyVisits("too_many_visits"); Invalid naming what is faulty around the visits.

    The visits are not looked at.
    """
    if isinstance(body, dict) and isinstance(visits := body.get("visits"), list) and len(visits) > MOST_VISITS:
        raise TooManyVisits("too_many_visits", most=MOST_VISITS)
    try:
        return Batch.model_validate(body)
    except ValidationError as error:
        raise Invalid(codes_by_field(error)) from None


def id_of(record: object) -> str | None:
    """The id a record was sent with, whatever it is worth, so that the phone knows which one is meant."""
    id = record.get("id") if isinstance(record, dict) else None
    # Half a letter, as JSON may hold it, cannot be told back.
    return id if isinstance(id, str) and len(id) <= 80 and not has_bad_characters(id) else None
