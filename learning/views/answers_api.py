"""The API of learning: a phone sends answers and asks for its learners. docs/answers-api.md."""

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

# 500 answers of the longest kind. A batch of ten thousand answers is still read, to say how many are allowed.
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
    return _uncached_json(
        {"batch": str(batch.id), "learners": _results(taken.learners), "results": _results(taken.answers)},
    )


@blueprint.get("/api/v1/learners")
@public
def list_learners() -> Response:
    """The learners of this phone, and the current one; none on an unknown phone."""
    learner = known_learner()
    people = [
        {"id": str(person.id), "nickname": person.nickname or None, "picture": person.picture or None}
        for person in people_here()
    ]
    return _uncached_json({"now": str(learner) if learner else None, "learners": people})


def _first_id(batch: SentBatch) -> UUID:
    """An id that is the same when the phone sends again: the phone's own, else that of its oldest answer.

    Never a learner's id: teachers see those in the addresses of their classes, and could use one to act as the phone.
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


def _uncached_json(body: dict[str, Any]) -> Response:
    answer = jsonify(body)
    answer.headers["Cache-Control"] = "no-store"
    return answer
