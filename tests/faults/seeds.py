"""One seed: two phones of one member walk a hamlet at once while everything breaks, and then all is counted."""

import http.client
import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.visit_batches import PASSWORD, Round
from bench.visit_load import sign_in
from community_teams.domain.raw_records import read_raw
from community_teams.models import HeldVisit, Visit
from community_teams.services.recounting import recount
from foundation.areas.domain.scope import Scope
from tests.faults.browsers import BrowserPhone
from tests.faults.line import Fault, Line
from tests.faults.organisers import Organiser
from tests.faults.phones import NodePhone
from tests.faults.reading import as_report
from tests.faults.servers import Served
from tests.faults.walking import SLOW, Walk, mark_of

Result = TypeVar("Result")
PHONES = 2
# From this seed on the first phone is a real browser.
BROWSERS = 1000


@dataclass
class Outcome:
    """What a seed came to. visits: finished on the phones. lost: acknowledged and not kept as they were told.
    double: counted more than once. astray: neither kept nor before a person. counters, lists: what differs in them."""

    seed: int
    visits: int = 0
    acknowledged: int = 0
    need_person: int = 0
    lost: list[str] = field(default_factory=list)
    double: list[str] = field(default_factory=list)
    astray: list[str] = field(default_factory=list)
    counters: list[str] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)
    happened: Counter[str] = field(default_factory=Counter)

    @property
    def faults(self) -> list[str]:
        named = {
            "lost": self.lost,
            "double": self.double,
            "astray": self.astray,
            "counters": self.counters,
            "lists": self.lists,
        }
        return [f"seed {self.seed}: {name}: {each}" for name, found in named.items() for each in found]


def run_seed(seed: int, served: Served, hamlet: Round, elsewhere: Round, folder: Path) -> Outcome:
    """Whatever the seed draws, drawn the same again; what two processes do at the same moment is not.

    elsewhere: a hamlet without households, where the member may do nothing and households move to.
    """
    before = Counter(served.happened)
    with ExitStack() as stack:
        # A browser is spoken to by one thread all its life.
        lanes = [stack.enter_context(ThreadPoolExecutor(1)) for _ in range(PHONES)]
        walks = _all(lanes, lambda place: _walk(seed, place, served, (hamlet, elsewhere), folder))
        try:
            dealt = _slow_faults(seed)
            _all(lanes, lambda place: walks[place].walk(dealt[place]))
            served.wait()
            held = [visit for visits in _all(lanes, lambda place: walks[place].flush()) for visit in visits]
            # Every third seed loses its last phone, once all else is told.
            if seed % 3 == 0:
                lanes[-1].submit(walks[-1].be_lost).result()
            outcome = _judged(seed, served, (hamlet, elsewhere), walks, held)
            lists = _all(lanes, lambda place: None if walks[place].lost is not None else walks[place].rows())
        finally:
            _all(lanes, lambda place: walks[place].close())
    fresh = _fresh_list(f"127.0.0.1:{served.port}", hamlet.name)
    told = [(number, rows) for number, rows in enumerate(lists) if rows is not None]
    outcome.lists = [f"phone {number}: {each}" for number, rows in told for each in _unlike(rows, fresh)]
    outcome.happened += Counter(served.happened) - before
    for walk in walks:
        outcome.happened += walk.happened + Counter({str(fault): n for fault, n in walk.line.fired.items()})
    return outcome


def _all(lanes: list[ThreadPoolExecutor], act: Callable[[int], Result]) -> list[Result]:
    """`act` for each phone at once, by its number."""
    return [each.result() for each in [lane.submit(act, place) for place, lane in enumerate(lanes)]]


def _slow_faults(seed: int) -> list[list[Fault]]:
    """At most one slow thing a seed, dealt in turn to either phone; every fifth seed has none."""
    dealt: list[list[Fault]] = [[] for _ in range(PHONES)]
    if slow := [*SLOW, None][seed // 2 % 5]:
        dealt[Random(f"{seed}").randrange(PHONES)].append(slow)
    return dealt


def _walk(seed: int, number: int, served: Served, hamlets: tuple[Round, Round], folder: Path) -> Walk:
    hamlet, elsewhere = hamlets
    chance = Random(f"{seed} {number}")
    line = Line(served.port, Random(f"{seed} {number} line"))
    kind = BrowserPhone if seed >= BROWSERS and number == 0 else NodePhone
    phone = kind(
        folder / f"{seed}-{number}",
        address=line.address,
        member=hamlet.member,
        name=hamlet.name,
        password=PASSWORD,
        seed=Random(f"{seed} {number} phone").getrandbits(32),
    )
    line.kill_phone = phone.kill
    line.kill_server = served.kill
    # Five seconds is as long as the server waits for another writer.
    seconds = chance.choice([0.3, 1, 6])
    line.trouble_database = lambda: served.trouble_database(seconds)
    phone.ask("signIn")
    phone.ask("refresh")
    organiser = Organiser(served, hamlet.households, _code(elsewhere), Random(f"{seed} {number} organiser"))
    return Walk(phone, line, hamlet.households, organiser, chance, mark=f"s{seed} p{number}")


def _code(hamlet: Round) -> str:
    return hamlet.path.split("/")[-2]


def _judged(
    seed: int, served: Served, hamlets: tuple[Round, Round], walks: list[Walk], held: list[dict[str, Any]]
) -> Outcome:
    outcome = Outcome(seed)
    codes = [_code(each) for each in hamlets]
    with Session(served.engine) as session:
        session.connection(execution_options={"writing": True})
        asked = select(Visit.id, Visit.content_hash, Visit.supersedes, Visit.note).where(Visit.hamlet_code.in_(codes))
        kept = session.execute(asked).all()
        rows = session.execute(select(HeldVisit.record, HeldVisit.raw).where(HeldVisit.hamlet_code.in_(codes))).all()
        aside = [record if raw is None else read_raw(raw) for record, raw in rows]
        now = datetime.now(UTC)
        scope = Scope(tuple(each.path for each in hamlets))
        outcome.counters = [str(difference) for difference in recount(session, scope, now=now)]
        session.rollback()
    hashes = {str(visit.id): visit.content_hash for visit in kept}
    corrected = {visit.supersedes for visit in kept}
    counting = [mark_of({"note": visit.note}) for visit in kept if visit.id not in corrected]

    for walk in walks:
        outcome.acknowledged += len(walk.line.acknowledged)
        for id, contents in walk.line.acknowledged.items():
            if contents != {hashes.get(id)}:
                outcome.lost.append(f"{id} was acknowledged and is not kept as it was told")
    for visit in held:
        record = visit["record"]
        if visit["state"] == "acknowledged" and hashes.get(visit["id"]) != as_report(record).content_hash():
            outcome.lost.append(f"the phone holds {visit['id']} for acknowledged: {record['note']}")
    for mark, times in Counter(mark for mark, _ in counting).items():
        if times > 1:
            outcome.double.append(f"{mark} counts {times} times")

    before_person = [it for it in held if it["state"] == "needs_person" and it["problems"]]
    with_reason = {mark_of(it["record"]) for it in before_person}
    outcome.need_person = len(with_reason)
    doors = {str(door) for door in hamlets[0].households}
    for visit in before_person:
        for name, code in visit["problems"].items():
            outcome.happened[f"before a person: {name}: {code}"] += 1
            if name in {"household", "supersedes"} and visit["record"]["household"] in doors:
                outcome.astray.append(f"{visit['record']['note']} was refused: {name}: {code}")
    set_aside = {mark_of(record) for record in aside if isinstance(record, dict) and record.get("note")}
    for walk in walks:
        for made in (walk.lost or {}).items():
            outcome.visits += 1
            if made not in set_aside or made in counting:
                outcome.astray.append(f"{made} of a lost phone: held {made in set_aside}, counted {made in counting}")
        # One may be kept all the same: its answer was lost, and the phone's clock changed before it asked again.
        for refused in walk.refused.items():
            if refused not in set_aside and refused not in counting:
                outcome.astray.append(f"{refused} had been refused, and the lost phone did not hand it over")
    for walk in walks:
        outcome.visits += len(walk.made)
        for made in walk.made.items():
            if made not in counting and made not in with_reason:
                states = [(it["state"], it["record"]["note"]) for it in held if mark_of(it["record"])[0] == made[0]]
                outcome.astray.append(f"{made}: kept {[c for c in counting if c[0] == made[0]]}, on the phone {states}")
    for visit in held:
        if visit["state"] not in {"acknowledged", "needs_person"}:
            outcome.astray.append(f"{visit['record']['note']} is still {visit['state']}")
    return outcome


def _unlike(rows: list[dict[str, Any]], fresh: list[dict[str, Any]]) -> list[str]:
    """Whoever followed the changes has the list of whoever asks for the first time."""
    ours, theirs = ({row["id"]: row for row in each} for each in (rows, fresh))
    if ours.keys() != theirs.keys():
        return [f"has {len(ours)} households, a new one {len(theirs)}"]
    return [
        f"household {id}, {name}: {ours[id].get(name)!r}, a new one {value!r}"
        for id, row in theirs.items()
        for name, value in row.items()
        if ours[id].get(name) != value
    ]


def _fresh_list(host: str, name: str) -> list[dict[str, Any]]:
    connection, cookie = sign_in(host, name)
    rows: dict[str, dict[str, Any]] = {}
    since = ""
    while True:
        connection.request("GET", f"/api/v1/worklist{since}", headers={"Cookie": cookie})
        response = connection.getresponse()
        answer = json.loads(response.read())
        assert response.status == http.client.OK, answer
        rows |= {row["id"]: row for row in answer["households"]}
        since = f"?since={answer['cursor']}"
        if not answer["more"]:
            connection.close()
            return list(rows.values())
