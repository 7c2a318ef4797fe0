"""Made-up hamlets, the members who walk them, and what their phones send."""

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID, uuid4

from sqlalchemy import Engine
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from community_teams.domain.codes import AgeBand, Skill, VneidLevel
from community_teams.domain.household_lists import NewHousehold
from community_teams.services.households import add_households
from foundation.accounts.domain.roles import Role
from foundation.accounts.models import Person, RoleHolding
from foundation.accounts.passwords import hash_password
from foundation.areas.domain.kinds import AreaKind, Level
from foundation.areas.models import Area

PASSWORD = "mau-thu-2026"
AGREED = {"level": "code", "text_version": "2026-11", "how": "spoken"}
NOTES = ("", "", "", "Bác muốn học gọi video cho cháu.", "Nhà đi nương, nên đến sau 17 giờ.")


@dataclass(frozen=True)
class Round:
    """One member, and the households of the hamlet they walk."""

    name: str
    member: int
    path: str
    households: list[UUID]


def hamlets_with_members(engine: Engine, *, hamlets: int, households: int, empty: int = 0) -> list[Round]:
    """Make hamlets in a commune of its own, each with its member and so many households, none of them visited.

    empty: that many hamlets more come after them, with a member and no household.
    """
    now, rounds = datetime.now(UTC), []
    with Session(engine) as session:
        session.connection(execution_options={"writing": True})
        session.add(_area("98", None, "98/", Level.PROVINCE, AreaKind.TINH))
        session.flush()
        session.add(_area("98001", "98", "98/98001/", Level.COMMUNE, AreaKind.XA))
        session.flush()
        secret = hash_password(PASSWORD)
        for number in range(1, hamlets + empty + 1):
            code = f"98001-{number:03}"
            path = f"98/98001/{code}/"
            session.add(_area(code, "98001", path, Level.HAMLET, AreaKind.BAN))
            member = Person(name=f"do-{number}", display_name=f"Đo {number}", password_hash=secret, created_at=now)
            member.holdings.append(RoleHolding(role=Role.VISITOR, area_path=path, valid_from=date(2026, 1, 1)))
            session.add(member)
            session.flush()
            doors = [
                NewHousehold(f"D{door:04}", code, lane=f"Ngõ {door % 7}")
                for door in range(households if number <= hamlets else 0)
            ]
            kept = add_households(session, doors, now=now)
            rounds.append(Round(member.name, member.id, path, [each.id for each in kept]))
        session.commit()
    return rounds


def _area(code: str, parent: str | None, path: str, level: Level, kind: AreaKind) -> Area:
    return Area(
        code=code, parent_code=parent, path=path, level=level, kind=kind, name=f"Đo {code}", sort_key=code, folded=code
    )


def visits_to(households: Sequence[UUID], chance: Random, *, now: datetime) -> Iterator[dict[str, object]]:
    """One visit to each, as a phone tells it; six of ten families are met, and tell as much as a real visit does."""
    for household in households:
        at = now - timedelta(hours=chance.randint(2, 70), seconds=chance.randrange(3600))
        told: dict[str, object] = {
            "id": str(uuid7()),
            "household": str(household),
            "started_at": at.isoformat(timespec="milliseconds"),
            "form_version": 1,
            "app_version": "1.0.0",
            "input_type": "phone",
            "visit_type": "first",
        }
        if chance.random() < 0.4:
            yield told | {"outcome": "not_home", "next_visit_on": str((at + timedelta(days=5)).date())}
            continue
        yield told | {
            "outcome": "met_done",
            "ended_at": (at + timedelta(minutes=18)).isoformat(timespec="milliseconds"),
            "consent": AGREED,
            "language_used": ["mtq"],
            "size": {"adults": 3, "aged_60plus": 1, "children_under_6": 0, "children_6_13": 1},
            "newborn_pending": False,
            "devices": {"smart": 1, "basic": 1, "shared": True, "problems": ["old"]},
            "network": {"viettel": "weak", "vinaphone": "none"},
            "power": "grid",
            "people": [_person(chance) for _ in range(chance.randint(1, 2))],
            "issues": [{"type": "signal", "level": "carrier", "note": ""}] if chance.random() < 0.1 else [],
            "support_given": ["lesson", "leaflet"],
            "trip_saved_km": chance.choice([None, 4, 18]),
            "satisfaction": 3,
            "note": chance.choice(NOTES),
        }


def rich_visits_to(households: Sequence[UUID], chance: Random, *, now: datetime) -> Iterator[dict[str, object]]:
    """One visit to each in the hour before `now`; every family is met, and one to four people tell all they may."""
    for household in households:
        at = now - timedelta(minutes=chance.randint(20, 60), seconds=chance.randrange(60))
        yield {
            "id": str(uuid7()),
            "household": str(household),
            "outcome": "met_done",
            "started_at": at.isoformat(timespec="milliseconds"),
            "ended_at": (at + timedelta(minutes=18)).isoformat(timespec="milliseconds"),
            "form_version": 1,
            "app_version": "1.0.0",
            "input_type": "phone",
            "visit_type": "again",
            "consent": AGREED,
            "language_used": chance.choice([["mtq"], ["vi", "mtq"], ["vi"]]),
            "size": {"adults": chance.randint(1, 6), "aged_60plus": 1, "children_under_6": 0, "children_6_13": 1},
            "newborn_pending": chance.random() < 0.2,
            "needs_support": {"walking": chance.randint(0, 1)},
            "devices": {"smart": chance.randint(0, 3), "basic": 1, "shared": True, "problems": ["old"]},
            "network": {"viettel": "weak", "vinaphone": chance.choice(["none", "data"])},
            "fixed_internet": False,
            "wifi": chance.random() < 0.3,
            "power": chance.choice(["grid", "unstable"]),
            "people": [
                _person(chance) | {"skills": {skill: chance.randint(0, 2) for skill in Skill}}
                for _ in range(chance.randint(1, 4))
            ],
            "issues": [{"type": "signal", "level": "carrier", "note": "Phải ra sân mới gọi được."}],
            "support_given": ["lesson", "leaflet"],
            "trip_saved_km": 18,
            "satisfaction": 3,
            "next_visit_on": str((at + timedelta(days=7)).date()),
            "next_goal": "Bác học gọi video.",
            "note": chance.choice(NOTES),
        }


def _person(chance: Random) -> dict[str, object]:
    asked = chance.sample(list(Skill), 6)
    return {
        "age_band": chance.choice(list(AgeBand)),
        "sex": chance.choice(["female", "male"]),
        "vneid_level": chance.choice(list(VneidLevel)),
        "documents": ["bhyt"] if chance.random() < 0.4 else [],
        "skills": {skill: chance.randint(0, 2) for skill in asked},
        "helped_with": ["lesson"],
        "lessons": ["an-toan-otp"],
    }


def batch_of(visits: Sequence[dict[str, object]], *, device: UUID, pending: int, now: datetime) -> bytes:
    """The body a phone sends, packed."""
    told = {
        "batch": str(uuid4()),
        "device": str(device),
        "pending": pending,
        "sent_at": now.isoformat(timespec="milliseconds"),
        "app_version": "1.0.0",
        "storage": "persisted",
        "visits": visits,
    }
    return gzip.compress(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode(), 6)
