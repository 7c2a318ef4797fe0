"""First work lists: what they weigh, and 1,660 phones that fetch theirs on one morning."""

import gzip
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from uuid import uuid4

import brotli
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient
from sqlalchemy import Engine, insert
from sqlalchemy.orm import Session

from app import create_app
from bench.table import Row, timed
from community_teams.domain.codes import Outcome
from community_teams.domain.household_lists import NewHousehold
from community_teams.models import HamletTotal, Household
from community_teams.services.counters import change_at
from community_teams.services.households import row_of
from foundation import clock
from foundation.accounts.domain.roles import Role
from foundation.accounts.models import Person, RoleHolding
from foundation.accounts.services.sessions import open_session
from foundation.areas.domain.kinds import AreaKind, Level
from foundation.areas.models import Area
from foundation.database import make_engine
from foundation.settings import PROJECT_ROOT, Settings
from tests.browser.serving import serve
from tests.postgres import postgres_database

# A province of 166 communes with ten members each, as the teams' peers are reckoned.
COMMUNES, MEMBERS = 166, 10
HAMLET, COMMUNE = 300, 6_000
MORNING = 600  # seconds
LINES = 64
SECRET = "bench"


def measure() -> list[Row]:
    with (
        postgres_database() as url,
        tempfile.TemporaryDirectory() as folder,
        serve(Path(folder), workers=2, DEVELOPMENT="0", DATABASE_URL=url, SECRET_KEY=SECRET) as address,
    ):
        engine = make_engine(url)
        phones = _fill(engine)
        app = create_app(Settings(data_folder=Path(folder), secret_key=SECRET, database_url=url), engine=engine)
        seal = SecureCookieSessionInterface().get_signing_serializer(app)
        assert seal is not None
        with app.extensions["sessions"]() as writing:
            tokens = [open_session(writing, person, now=clock.now()) for person in phones]
            writing.commit()
        cookies = [f"session={seal.dumps({'_user_id': token, '_fresh': True})}" for token in tokens]
        rows = list(_weight(app.test_client(use_cookies=False), cookies))
        lines = [json.dumps({"cookie": cookie, "device": str(uuid4())}) for cookie in cookies[1:]]
        rows += _morning(address, lines)
        engine.dispose()
    return rows


def _weight(client: FlaskClient, cookies: list[str]) -> Iterator[Row]:
    for what, cookie, most, households in (
        (f"first work list of a hamlet of {HAMLET}", cookies[1], 10, HAMLET),
        (f"first work list of a commune of {COMMUNE:,}", cookies[0], 150, COMMUNE),
    ):
        packed = {"br": 0, "gzip": 0}
        cursor = ""
        for encoding in packed:
            cursor, more, told = "", True, 0
            while more:
                address = f"/api/v1/worklist?since={cursor}"
                answer = client.get(address, headers={"Cookie": cookie, "Accept-Encoding": encoding})
                packed[encoding] += len(answer.data)
                page = json.loads(brotli.decompress(answer.data) if encoding == "br" else gzip.decompress(answer.data))
                cursor, more, told = page["cursor"], page["more"], told + len(page["households"])
            assert told == households, told
        sizes = f"{packed['br'] / 1024:.1f} KB (brotli), {packed['gzip'] / 1024:.1f} KB (gzip)"
        yield Row(what, sizes, f"≤ {most} KB", max(packed.values()) <= most * 1024)
        again = f"/api/v1/worklist?since={cursor}"
        spread = timed(lambda: client.get(again, headers={"Cookie": cookie}), times=50)  # noqa: B023 - called at once
        size = len(client.get(again, headers={"Cookie": cookie}).data)
        yield Row("  asked again, nothing new", f"{spread}, {size} bytes, cursor {len(cursor)}", "told, no goal", None)


def _morning(address: str, phones: list[str]) -> Iterator[Row]:
    real = phones[: len(phones) * 60 // MORNING]
    rate = f"first work lists, {len(phones):,} phones"
    for what, some, seconds, goal in (
        (f"{rate} in ten minutes, one of them measured", real, 60, True),
        (f"{rate} in two minutes", phones, 120, False),
        (f"{rate} at once", phones, 0, False),
    ):
        told = subprocess.run(
            [sys.executable, "-m", "bench.worklist_load", address, str(seconds), str(LINES)],
            cwd=PROJECT_ROOT,
            input="\n".join(some),
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        answer = json.loads(told)
        assert answer["statuses"] == {"200": len(some)}, answer["statuses"]
        p95 = statistics.quantiles(answer["waits"], n=20)[-1]
        measured = f"p95 {p95:,.0f} ms, median {statistics.median(answer['waits']):,.0f}, in {answer['seconds']:.0f} s"
        yield Row(what, measured, "p95 ≤ 1 s" if goal else "told, no goal", p95 <= 1000 if goal else None)


def _fill(engine: Engine) -> list[int]:
    """A leader with a commune of 6,000 households, then the members of all hamlets. Their ids, the leader's first."""
    now, chance = datetime.now(UTC), Random(1)
    with Session(engine) as session:
        _area(session, "98", None, "98/", Level.PROVINCE, AreaKind.TINH)
        people = [_person(session, "truong", Role.TEAM_LEADER, "98/98000/", now)]
        for commune in range(COMMUNES + 1):
            code = f"98{commune:03}"
            _area(session, code, "98", f"98/{code}/", Level.COMMUNE, AreaKind.XA)
            hamlets = COMMUNE // HAMLET if commune == 0 else 1
            for hamlet in range(1, hamlets + 1):
                _hamlet(session, f"{code}-{hamlet:03}", f"98/{code}/{code}-{hamlet:03}/", code, hamlet, now, chance)
            if commune:
                for member in range(MEMBERS):
                    people.append(_person(session, f"do-{code}-{member}", Role.VISITOR, f"98/{code}/{code}-001/", now))
        session.commit()
        return [person.id for person in people]


def _hamlet(session: Session, code: str, path: str, commune: str, number: int, now: datetime, chance: Random) -> None:
    _area(session, code, commune, path, Level.HAMLET, AreaKind.BAN)
    rows = []
    for door in range(1, HAMLET + 1):
        # As the teams number their households: "M3-017", some forty in a lane.
        new = NewHousehold(f"M{number}-{door:03}", code, lane=f"Ngõ {door // 40 + 1}")
        row = row_of(new, is_sample=False, change=change_at(now))
        if chance.random() < 0.6:
            day = date(2026, 11, 21) - timedelta(days=chance.randrange(60))
            outcome = chance.choice([Outcome.MET_DONE, Outcome.MET_DONE, Outcome.MET_PARTIAL, Outcome.NOT_HOME])
            row |= {"last_outcome": outcome, "last_visited_on": day, "first_knocked_on": day, "version": 2}
            if chance.random() < 0.2:
                row["next_visit_on"] = day + timedelta(days=7)
        rows.append(row)
    session.execute(insert(Household.__table__), rows)  # type: ignore[arg-type]
    session.add(HamletTotal(hamlet_code=code, path=path, households=HAMLET, updated_at=now, change=change_at(now)))
    session.flush()


def _person(session: Session, name: str, role: Role, path: str, now: datetime) -> Person:
    person = Person(name=name, display_name=name, password_hash="", created_at=now)
    person.holdings.append(RoleHolding(role=role, area_path=path, valid_from=date(2026, 1, 1)))
    session.add(person)
    return person


def _area(session: Session, code: str, parent: str | None, path: str, level: Level, kind: AreaKind) -> None:
    session.add(
        Area(
            code=code,
            parent_code=parent,
            path=path,
            level=level,
            kind=kind,
            name=f"Đo {code}",
            sort_key=code,
            folded=code,
        )
    )
    session.flush()
