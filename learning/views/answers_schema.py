"""How /api/openapi.json tells of the answers that phones send. What is faulty in a single answer or learner is told in
its result, so nothing here is held against the batch but its own shape.
"""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from foundation.web.openapi import Operation, describe
from learning.domain.sent_answers import MOST_ANSWERS, MOST_LEARNERS, SentAnswer, SentLearner
from learning.views.blueprint import blueprint


class AnswerBatch(BaseModel):
    """What a phone sends at once, oldest answer first. learners: those added on it and not acknowledged yet.
    phone: what the phone calls itself, always the same, so that it stays one phone until its cookie has reached it.
    """

    batch: UUID
    phone: UUID | None = None
    learners: Annotated[list[SentLearner], Field(max_length=MOST_LEARNERS)] = []
    answers: Annotated[list[SentAnswer], Field(max_length=MOST_ANSWERS)] = []


class AnswerResult(BaseModel):
    """id: as sent; "" when it could not be told. problems: a code for each faulty field."""

    id: str
    outcome: Literal["stored", "already_stored", "rejected"]
    problems: dict[str, str]


class AnswersTaken(BaseModel):
    """batch: the one that was sent. learners, results: one for each, in the order sent."""

    batch: UUID
    learners: list[AnswerResult]
    results: list[AnswerResult]


class TileOfLearner(BaseModel):
    id: UUID
    nickname: str | None
    picture: str | None


class LearnersHere(BaseModel):
    """now: who is learning; None on a phone we do not know. learners: in the order of their tiles."""

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
        "Who learns on the phone that asks, told by its cookie.",
        gives=LearnersHere,
        refusals={503: ("busy",)},
    ),
)
