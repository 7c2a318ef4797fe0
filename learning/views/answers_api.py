"""Where a phone sends what was answered on it, and asks who learns on it: docs/answers-api.md."""

from typing import Any
from uuid import UUID

from flask import Response, jsonify

from foundation import clock
from foundation.throttling.services import take
from foundation.web.access import public
from foundation.web.bodies import read_json
from foundation.web.body_limits import takes
from foundation.web.database import transaction
from learning.domain.sent_answers import SentBatch, read_batch
from learning.services.sent_answers import ItemResult, read_all, take_batch
from learning.views.blueprint import blueprint
from learning.views.learner import known_learner, people_here, phone_buckets, phone_for_writing
from learning.views.lookups import catalogue

# 500 answers of the longest kind; a batch of ten thousand still is read, to be told how many are too many.
MOST_BYTES = 4 * 1024 * 1024


@blueprint.post("/api/v1/answers")
@takes(MOST_BYTES)
@public
def take_answers() -> Response:
    batch, now = read_batch(read_json(most=MOST_BYTES)), clock.now()
    read = read_all(batch, find_lesson=catalogue().lesson, now=now)
    with transaction() as writing:
        take(writing, phone_buckets("answers"), now=now, times=max(1, len(batch.answers)))
        phone = phone_for_writing(writing, first=_first_id(batch))
        taken = take_batch(writing, phone, read, now=now)
    return _told(
        {"batch": str(batch.id), "learners": _results(taken.learners), "results": _results(taken.answers)},
    )


@blueprint.get("/api/v1/learners")
@public
def list_learners() -> Response:
    """Who learns on this phone, and who does now; nobody on a phone we do not know."""
    learner = known_learner()
    people = [
        {"id": str(person.id), "nickname": person.nickname or None, "picture": person.picture or None}
        for person in people_here()
    ]
    return _told({"now": str(learner) if learner else None, "learners": people})


def _first_id(batch: SentBatch) -> UUID:
    """An id that comes first again when the phone sends again: its own, else the oldest answer of its queue.

    Never a learner's: teachers see those in the addresses of their classes, and whoever sent one would be that phone.
    """
    if batch.phone is not None:
        return batch.phone
    for sent in batch.answers:
        try:
            return UUID(sent["id"])
        except (ValueError, TypeError, KeyError, AttributeError):
            continue
    return batch.id


def _results(results: list[ItemResult]) -> list[dict[str, Any]]:
    return [{"id": each.id, "outcome": each.outcome.value, "problems": each.problems} for each in results]


def _told(body: dict[str, Any]) -> Response:
    answer = jsonify(body)
    answer.headers["Cache-Control"] = "no-store"
    return answer
