"""The answers API in /api/openapi.json. Faults of a single answer or learner are reported in its result, so only the
shape of the whole batch is validated.
"""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from foundation.web.openapi import Operation, describe
from learning.domain.sent_answers import MOST_ANSWERS, MOST_LEARNERS, SentAnswer, SentLearner
from learning.views.blueprint import blueprint


class AnswerBatch(BaseModel):
    """One request of a phone, oldest answer first. learners: added on the phone and not confirmed yet. phone: the
    phone's own id, always the same, which identifies it until it has its cookie.
    """

    batch: UUID
    phone: UUID | None = None
    learners: Annotated[list[SentLearner], Field(max_length=MOST_LEARNERS)] = []
    answers: Annotated[list[SentAnswer], Field(max_length=MOST_ANSWERS)] = []


class AnswerResult(BaseModel):
    """id: as sent; "" if it could not be read. problems: a code for each faulty field."""

    id: str
    outcome: Literal["stored", "already_stored", "rejected"]
    problems: dict[str, str]


class AnswersTaken(BaseModel):
    """batch: as sent. learners, results: one for each, in the order sent."""

    batch: UUID
    learners: list[AnswerResult]
    results: list[AnswerResult]


class TileOfLearner(BaseModel):
    id: UUID
    nickname: str | None
    picture: str | None


class LearnersHere(BaseModel):
    """now: the current learner; None on an unknown phone. learners: in the order of their tiles."""

    now: UUID | None
    learners: list[TileOfLearner]


describe(
    blueprint,
    Operation(
        "POST",
        "/api/v1/answers",
        "sendAnswers",
        "Send answers that were given on a phone. Sending any of them again changes nothing. docs/answers-api.md",
        takes=AnswerBatch,
        gives=AnswersTaken,
        refusals={
            400: ("bad_json", "bad_gzip"),
            403: ("foreign_site",),
            413: ("too_large", "too_many_answers"),
            415: ("not_json", "unknown_encoding"),
            422: ("invalid",),
            429: ("too_many",),
            503: ("busy",),
        },
        packed=True,
    ),
    Operation(
        "GET",
        "/api/v1/learners",
        "whoLearnsHere",
        "The learners of the phone that sends the request, identified by its cookie.",
        gives=LearnersHere,
        refusals={503: ("busy",)},
    ),
)
