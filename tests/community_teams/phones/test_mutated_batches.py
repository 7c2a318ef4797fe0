"""Batches with something wrong: never an error of ours, never half a visit, never a counter that is off."""

from random import Random

import pytest
from sqlalchemy import func, select

from community_teams.models import HeldVisit, Issue, Visit, VisitPerson
from community_teams.services.recounting import recount
from foundation.areas.domain.scope import NATION
from tests.community_teams.mutations import a_batch, mutated

SEED = 20261122
# `python -m bench mutations` sends ten thousand.
BATCHES = 250


@pytest.fixture
def households(make, visitor, now):
    hamlet = make.hamlet()
    visitor.sign_in(make.person(area=hamlet).name)
    return [make.household(hamlet).id for _ in range(6)] + [make.household(make.hamlet()).id]


def test_whatever_arrives_is_answered_and_nothing_is_kept_by_halves(households, visitor, session, now):
    chance, kept, seen = Random(SEED), set(), set()
    for number in range(BATCHES):
        body, headers = mutated(a_batch(households, chance), chance)
        answer = visitor.client.post("/api/v1/visits", data=body, headers=headers)
        seen.add(answer.status_code)
        assert answer.status_code in {200, 400, 413, 415, 422}, f"batch {number}: {answer.status_code} {answer.text}"
        if answer.status_code != 200:
            assert answer.mimetype == "application/problem+json"
            continue
        results = answer.json["results"]
        assert all(result["problems"] for result in results if result["outcome"] in {"rejected", "conflict"})
        kept |= {result["id"].lower() for result in results if result["outcome"] == "stored"}

    assert seen >= {200, 400, 415, 422}
    assert session.scalar(select(func.count()).select_from(Visit)) == len(kept)
    for model in (VisitPerson, Issue):
        assert session.scalar(select(model).where(model.visit_id.not_in(select(Visit.id)))) is None
    held = session.scalars(select(HeldVisit)).all()
    assert all(visit.settled_at is None for visit in held)
    assert recount(session, NATION, now=now) == []
