"""Ten thousand batches with something wrong, to the application in this process, on a database of its own."""

import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import create_app
from bench.table import Row
from bench.visit_batches import PASSWORD, hamlets_with_members
from community_teams.models import Issue, Visit, VisitPerson
from community_teams.services.recounting import recount
from foundation.areas.domain.scope import NATION
from foundation.database import make_engine
from foundation.migrating import upgrade
from foundation.settings import Settings
from tests.community_teams.mutations import a_batch, mutated

BATCHES = 10_000
SEED = 1


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(data_folder=Path(folder), secret_key="bench"))
        engine = make_engine(app.extensions["settings"].database)
        upgrade(engine)
        ours, theirs = hamlets_with_members(engine, hamlets=2, households=40)
        client = app.test_client()
        client.post("/dang-nhap", data={"name": ours.name, "password": PASSWORD})
        chance, answers, told = Random(SEED), Counter[int](), set[str]()
        for _ in range(BATCHES):
            body, headers = mutated(a_batch([*ours.households, theirs.households[0]], chance), chance)
            answer = client.post("/api/v1/visits", data=body, headers=headers)
            answers[answer.status_code] += 1
            if answer.status_code == 200:
                assert answer.json
                told |= {each["id"].lower() for each in answer.json["results"] if each["outcome"] == "stored"}
        with Session(engine) as session:
            kept = session.scalar(select(func.count()).select_from(Visit))
            halves = 0
            for part in (VisitPerson, Issue):
                lonely = select(func.count()).select_from(part).where(part.visit_id.not_in(select(Visit.id)))
                halves += session.scalar(lonely) or 0
            differences = len(recount(session, NATION, now=datetime.now(UTC)))
        engine.dispose()
    ours_at_fault = sum(number for status, number in answers.items() if status >= 500)
    spread = ", ".join(f"{number:,} × {status}" for status, number in sorted(answers.items()))
    return [
        Row(f"{BATCHES:,} mutated batches: answers", spread, "no 5xx", not ours_at_fault),
        Row(
            "  visits told stored and kept; parts without a visit; counters that differ from a recount",
            f"{len(told):,} and {kept:,}; {halves}; {differences}",
            "the same; 0; 0",
            len(told) == kept and not halves and not differences,
        ),
    ]
