"""The same visits sent several times in the same moment, as phones do whose answers were lost: all are successes."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import create_app
from bench.visit_batches import PASSWORD, hamlets_with_members
from community_teams.list_changes.domain import HamletName, SplitOff
from community_teams.list_changes.services.hamlet_changes import split_hamlet
from community_teams.models import HamletTotal, Visit
from community_teams.services.recounting import recount
from foundation.areas.domain.kinds import AreaKind
from foundation.areas.domain.scope import NATION
from foundation.database import Base, make_engine

RECORDS, TIMES = 50, 4


@pytest.fixture
def own_engine(empty_database):
    """A database of this test's own, for several connections see what it keeps."""
    engine = make_engine(empty_database)
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def own_app(own_engine, settings):
    return create_app(settings, engine=own_engine)


def _record(household: UUID, **more) -> dict[str, object]:
    return {
        "id": str(uuid4()),
        "household": str(household),
        "outcome": "met_done",
        "started_at": datetime.now(UTC).isoformat(),
        "form_version": 1,
        **more,
    }


def _sender(app, name):
    client = app.test_client()
    client.post("/dang-nhap", data={"name": name, "password": PASSWORD})

    def send(*visits):
        batch = {"batch": str(uuid4()), "device": str(uuid4()), "pending": len(visits), "visits": list(visits)}
        answer = client.post("/api/v1/visits", json=batch)
        assert answer.status_code == 200, answer.text
        return [result["outcome"] for result in answer.json["results"]]

    return send


def test_fifty_records_each_sent_four_times_at_once_are_two_hundred_successes(own_app, own_engine):
    (round_,) = hamlets_with_members(own_engine, hamlets=1, households=10)
    records = [_record(round_.households[n % 10]) for n in range(RECORDS)]
    senders = [_sender(own_app, round_.name) for _ in range(TIMES)]
    together = threading.Barrier(TIMES)

    def send_all(send):
        answers = []
        for record in records:
            together.wait(timeout=60)
            answers += send(record)
        return answers

    with ThreadPoolExecutor(TIMES) as pool:
        answers = [answer for each in pool.map(send_all, senders) for answer in each]

    assert answers.count("stored") == RECORDS
    assert answers.count("already_stored") == RECORDS * (TIMES - 1)
    _prove(own_engine, RECORDS)


def test_batches_that_share_visits_of_several_hamlets_meet_without_harm(own_app, own_engine):
    """Two members' hamlets in opposite orders, and visits of one another's: nobody waits for ever."""
    rounds = hamlets_with_members(own_engine, hamlets=2, households=6)
    senders = [_sender(own_app, round_.name) for round_ in rounds]
    own = [[_record(household) for household in round_.households] for round_ in rounds]
    # The same ids, told of doors in the other member's hamlet: whoever is later meets a conflict.
    twins = [
        [theirs | {"household": mine["household"]} for mine, theirs in zip(here, there, strict=True)]
        for here, there in (own, own[::-1])
    ]

    with ThreadPoolExecutor(4) as pool:
        told = list(
            pool.map(
                lambda job: senders[job[0]](*job[1]),
                [(0, own[0]), (1, own[1][::-1]), (0, twins[0][::-1]), (1, twins[1])],
            )
        )

    assert {outcome for outcomes in told for outcome in outcomes} <= {"stored", "conflict", "already_stored"}
    _prove(own_engine, 12)


def test_a_hamlet_split_twice_at_once_while_its_visits_arrive_is_split_once_and_keeps_them(own_app, own_engine):
    (round_,) = hamlets_with_members(own_engine, hamlets=1, households=40)
    part = SplitOff(HamletName(AreaKind.BAN, "Tách"), frozenset(round_.households[:15]), None)
    together = threading.Barrier(4)

    def split():
        with Session(own_engine) as session:
            together.wait(timeout=60)
            session.connection(execution_options={"writing": True})
            new = split_hamlet(
                session, round_.path.split("/")[2], part, by="can-bo", scope=NATION, now=datetime.now(UTC)
            )
            session.commit()
            return new.code

    def send(households):
        submission = _sender(own_app, round_.name)
        together.wait(timeout=60)
        return [outcome for each in households for outcome in submission(_record(each))]

    with ThreadPoolExecutor(4) as pool:
        splits = [pool.submit(split) for _ in range(2)]
        told = [pool.submit(send, half) for half in (round_.households[::2], round_.households[1::2])]

    assert len({each.result() for each in splits}) == 1
    assert [outcome for each in told for outcome in each.result()] == ["stored"] * 40
    _prove(own_engine, 40)
    with Session(own_engine) as session:
        counted = select(HamletTotal.households).order_by(HamletTotal.hamlet_code)
        assert session.scalars(counted).all() == [25, 15]


def _prove(engine, visits):
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Visit)) == visits
        assert recount(session, NATION, now=datetime.now(UTC)) == []
