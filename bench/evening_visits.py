"""`python -m bench.evening_visits DATABASE MINUTES BATCHES`: phones of a whole province that find signal.

BATCHES: a minute, of VISITS each, all of one member in one hamlet; they come at random moments, and each is recorded as
the server does, in a process of its own as another worker would. Out: milliseconds of each batch, as a JSON list.
"""

import json
import sys
import time
from datetime import UTC, datetime
from random import Random

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bench.visit_batches import visits_to
from community_teams.domain.visits import read_visit
from community_teams.models import HamletTotal, Household
from community_teams.services.recording import Submission, record_visits
from foundation.accounts.models import Person
from foundation.areas.domain.scope import NATION
from foundation.database import make_engine

VISITS = 10
WALKED = 40  # households a member may have gone to that day


def main(database: str, minutes: float, batches: int) -> None:
    engine, chance = make_engine(database), Random()  # other households each time: what is recorded stays
    with Session(engine) as session:
        hamlets = session.scalars(select(HamletTotal.hamlet_code)).all()
        member = session.scalars(select(Person.id).where(Person.is_sample).order_by(Person.id)).first()
    assert member is not None
    submission = Submission(member, lambda _day: NATION)
    start, taken = time.perf_counter(), []
    for moment in sorted(chance.uniform(0, minutes * 60) for _ in range(round(minutes * batches))):
        time.sleep(max(0, start + moment - time.perf_counter()))
        taken.append(_record(engine, submission, chance.choice(hamlets), chance))
    json.dump(taken, sys.stdout)


def _record(engine: Engine, submission: Submission, hamlet: str, chance: Random) -> float:
    now = datetime.now(UTC)
    with Session(engine) as session:
        near = session.scalars(select(Household.id).where(Household.hamlet_code == hamlet).limit(WALKED)).all()
    doors = chance.sample(near, min(VISITS, len(near)))
    records = list(visits_to(doors, chance, now=now))
    begin = time.perf_counter()
    with Session(engine) as session:
        session.connection(execution_options={"writing": True})
        reports = [read_visit(record, now=now) for record in records]
        results = record_visits(session, reports, submission=submission, now=now)
        session.commit()
    assert len(results) == len(doors)
    return (time.perf_counter() - begin) * 1000


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]))
