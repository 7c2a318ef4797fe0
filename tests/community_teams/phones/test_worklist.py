"""What a phone is told of its member's work list, and that no change is ever skipped."""

import gzip
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from uuid import UUID

import brotli
import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from community_teams.domain.household_lists import NewHousehold
from community_teams.models import HamletTotal, Household, HouseholdGone
from community_teams.phones.domain.worklist_cursor import Cursor, Position
from community_teams.phones.queries.worklist_pages import next_page
from community_teams.services import counters
from community_teams.services.households import add_households
from foundation.accounts.domain.roles import Role
from foundation.areas.domain.kinds import AreaKind, Level
from foundation.areas.domain.scope import Scope
from foundation.areas.models import Area
from tests.making.community_teams import MORNING

EVERYTHING = 10_000


class Phone:
    """Keeps what it is told, as phones do."""

    def __init__(self, visitor, address="/api/v1/worklist"):
        self.visitor, self.address = visitor, address
        self.cursor, self.rows, self.hamlets, self.pages = "", {}, None, 0

    def refresh(self):
        """Fetch to the end; returns the ids told of and the ids told to be gone."""
        told, gone, more = [], [], True
        while more:
            page = json.loads(self.visitor.open(f"{self.address}?since={self.cursor}").html)
            if page.get("reset"):
                self.rows = {}
            for id in page["gone"]:
                self.rows.pop(id, None)
            self.rows |= {row["id"]: row for row in page["households"]}
            self.hamlets = page.get("hamlets", self.hamlets)
            told += [row["id"] for row in page["households"]]
            gone += page["gone"]
            self.cursor, more = page["cursor"], page["more"]
            self.pages += 1
        return told, gone

    @property
    def codes(self):
        return sorted(row["short_code"] for row in self.rows.values())


@pytest.fixture
def hamlet(make):
    return make.hamlet()


@pytest.fixture
def member(make, hamlet, visitor, now):
    person = make.person(area=hamlet)
    visitor.sign_in(person.name)
    return person


@pytest.fixture
def phone(visitor, member):
    return Phone(visitor)


def moved_to(session, hamlet_from, hamlet_to, household):
    """As a service that moves households does, under both locks."""
    numbers = counters.lock_hamlets(session, {each.code: each.path for each in (hamlet_from, hamlet_to)}, now=MORNING)
    household.hamlet_code, household.change = hamlet_to.code, numbers[hamlet_to.code]
    session.add(
        HouseholdGone(hamlet_code=hamlet_from.code, household_id=household.id, change=numbers[hamlet_from.code])
    )
    session.commit()


def test_a_phone_gets_its_hamlet_whole_and_then_only_what_changed(phone, make, hamlet):
    first = make.household(hamlet, "M1-001", lane="Ngõ 1", label="Nhà ông Mẫu")
    make.household(hamlet, "M1-002")
    make.household(make.hamlet(), "X-001")

    _, gone = phone.refresh()
    assert (phone.codes, gone) == (["M1-001", "M1-002"], [])
    assert phone.rows[str(first.id)] == {
        "id": str(first.id),
        "short_code": "M1-001",
        "hamlet": hamlet.code,
        "lane": "Ngõ 1",
        "label": "Nhà ông Mẫu",
        "status": "active",
        "last_outcome": None,
        "last_visited_on": None,
        "next_visit_on": None,
        "version": 1,
    }
    assert phone.hamlets == [{"code": hamlet.code, "name": hamlet.name, "kind": "ban", "own": True}]

    assert phone.refresh() == ([], [])
    make.visit(first, "rescheduled", next_visit_on="2026-12-01")
    assert phone.refresh() == ([str(first.id)], [])
    row = phone.rows[str(first.id)]
    assert (row["last_outcome"], row["last_visited_on"], row["next_visit_on"], row["version"]) == (
        "rescheduled",
        "2026-11-21",
        "2026-12-01",
        2,
    )


def test_pages_together_are_the_whole_list(phone, make, hamlet, member, monkeypatch):
    monkeypatch.setattr("community_teams.phones.views.worklist_api.MOST_HOUSEHOLDS", 3)
    other = make.hamlet()
    member.holdings.append(make.holding(Role.VISITOR, other))
    make.session.commit()
    households = [make.household(place, f"M-{n:02}") for place in (hamlet, other) for n in range(5)]

    told, _ = phone.refresh()

    assert sorted(told) == sorted(str(household.id) for household in households)
    assert phone.pages == 4
    make.visit(households[0])
    assert phone.refresh()[0] == [str(households[0].id)]


def test_a_change_made_between_two_pages_is_told(phone, make, hamlet, session):
    make.person()
    households = sorted((make.household(hamlet, f"M-{n}") for n in range(6)), key=lambda household: household.id)
    scope, own = Scope((hamlet.path,)), frozenset({hamlet.path})

    page = next_page(session, scope, own, None, person=1, most=4)
    make.visit(households[0], "refused")  # told on the first page
    make.visit(households[5], "refused")  # not told yet
    rest = next_page(session, scope, own, page.cursor, person=1, most=EVERYTHING)

    assert page.more
    assert {row.id for row in rest.households if row.last_outcome == "refused"} == {households[0].id, households[5].id}
    assert not next_page(session, scope, own, rest.cursor, person=1, most=EVERYTHING).lines


def test_a_household_moved_out_of_reach_is_gone_and_one_moved_within_is_not(phone, make, hamlet, member, session):
    other, elsewhere = make.hamlet(), make.hamlet()
    member.holdings.append(make.holding(Role.VISITOR, other))
    session.commit()
    leaving, staying = make.household(hamlet, "A"), make.household(hamlet, "B")
    phone.refresh()

    moved_to(session, hamlet, elsewhere, leaving)
    moved_to(session, hamlet, other, staying)

    assert phone.refresh() == ([str(staying.id)], [str(leaving.id)])
    assert phone.rows[str(staying.id)]["hamlet"] == other.code


def test_a_merged_household_is_gone(phone, make, hamlet, session):
    household = make.household(hamlet)
    phone.refresh()
    numbers = counters.lock_hamlets(session, {hamlet.code: hamlet.path}, now=MORNING)
    household.status, household.change = "merged", numbers[hamlet.code]
    session.commit()

    assert phone.refresh() == ([], [str(household.id)])
    # A phone that never had it hears nothing of it.
    assert Phone(phone.visitor).refresh() == ([], [])


def test_a_member_given_other_hamlets_loses_the_old_list_and_gets_the_new(phone, make, hamlet, member, session):
    old, new_place = make.household(hamlet, "OLD"), make.hamlet()
    new = make.household(new_place, "NEW")
    phone.refresh()

    member.holdings[0].valid_to = date(2026, 11, 20)
    member.holdings.append(make.holding(Role.VISITOR, new_place))
    session.commit()

    assert phone.refresh() == ([str(new.id)], [str(old.id)])
    assert [each["code"] for each in phone.hamlets] == [new_place.code]
    assert phone.refresh() == ([], [])


def test_names_are_told_of_ones_own_hamlets_only(make, visitor, now, hamlet, session):
    neighbour = make.hamlet()
    named, other = make.household(hamlet, "A", label="Nhà A"), make.household(neighbour, "B", label="Nhà B")
    leader = make.person(role=Role.TEAM_LEADER, area=make.commune())
    visitor.sign_in(leader.name)
    phone = Phone(visitor)

    phone.refresh()
    assert {row["short_code"]: row["label"] for row in phone.rows.values()} == {"A": None, "B": None}

    leader.holdings.append(make.holding(Role.VISITOR, hamlet))
    session.commit()
    assert phone.refresh() == ([str(named.id)], [])
    assert (phone.rows[str(named.id)]["label"], phone.rows[str(other.id)]["label"]) == ("Nhà A", None)

    leader.holdings[1].valid_to = date(2026, 11, 20)
    session.commit()
    phone.refresh()
    assert phone.rows[str(named.id)]["label"] is None


def test_a_strange_cursor_begins_the_list_anew(phone, make, hamlet, visitor):
    household = make.household(hamlet)
    phone.refresh()
    cut = phone.cursor[:-3]

    for strange in ("x", cut, "%00", "a" * 4000, "WzFd"):
        page = json.loads(visitor.open(f"/api/v1/worklist?since={strange}").html)
        assert page["reset"] is True
        assert [row["id"] for row in page["households"]] == [str(household.id)]


def test_another_members_cursor_and_another_lists_cursor_begin_anew(phone, make, hamlet, visitor):
    household = make.household(hamlet)
    phone.refresh()
    visitor.sign_in(make.person(area=hamlet).name)

    assert phone.refresh()[0] == [str(household.id)]
    page = json.loads(visitor.open(f"/api/v1/known?since={phone.cursor}").html)
    assert page["reset"] is True


def test_a_database_brought_back_from_a_copy_begins_the_list_anew(phone, make, hamlet, session):
    household = make.household(hamlet)
    phone.refresh()
    session.get_one(HamletTotal, hamlet.code).change -= 5
    session.get_one(Household, household.id).change -= 5
    session.commit()

    assert phone.refresh()[0] == [str(household.id)]


def test_after_a_copy_was_brought_back_numbers_go_on_above_those_given_before(make, hamlet, session):
    before = counters.lock_hamlets(session, {hamlet.code: hamlet.path}, now=MORNING)
    session.get_one(HamletTotal, hamlet.code, populate_existing=True).change = 1
    session.flush()

    after = counters.lock_hamlets(session, {hamlet.code: hamlet.path}, now=MORNING + timedelta(hours=1))

    assert after[hamlet.code] > before[hamlet.code]


def test_who_is_not_signed_in_or_sees_no_households_gets_nothing(make, visitor, now):
    assert json.loads(visitor.open("/api/v1/worklist", expect=401).html)["code"] == "not_signed_in"
    visitor.sign_in(make.person(role=Role.PROVINCE_OFFICER, area=make.province()).name)
    assert json.loads(visitor.open("/api/v1/worklist", expect=403).html)["code"] == "role_does_not_allow"
    assert json.loads(visitor.open("/api/v1/known", expect=403).html)["code"] == "role_does_not_allow"


def test_nothing_new_costs_one_small_answer_or_none(phone, make, hamlet, visitor):
    make.household(hamlet)
    phone.refresh()
    answer = visitor.open(f"/api/v1/worklist?since={phone.cursor}").response

    assert len(answer.data) < 300
    again = visitor.client.get(
        f"/api/v1/worklist?since={phone.cursor}", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304


def test_a_hamlet_of_300_packs_into_10_kilobytes(phone, make, hamlet, visitor, session):
    new = [NewHousehold(f"M1-{n:03}", hamlet.code, lane=f"Ngõ {n // 40 + 1}") for n in range(300)]
    for household in add_households(session, new, now=MORNING)[::2]:
        household.last_outcome, household.last_visited_on = "met_done", MORNING.date()
    session.commit()

    for encoding, unpack in (("br", brotli.decompress), ("gzip", gzip.decompress)):
        answer = visitor.client.get("/api/v1/worklist", headers={"Accept-Encoding": encoding})
        assert answer.headers["Content-Encoding"] == encoding
        assert len(json.loads(unpack(answer.data))["households"]) == 300
        assert len(answer.data) <= 10_240


def test_what_is_known_goes_to_ones_own_hamlets_and_leaves_with_the_consent(make, hamlet, member, visitor):
    phone = Phone(visitor, "/api/v1/known")
    household, silent = make.household(hamlet), make.household(hamlet)
    consent = {"level": "code", "text_version": "2026-11", "how": "spoken"}
    make.visit(household, id=UUID(int=1), consent=consent, size={"adults": 3}, people=[{"skills": {"wifi": 2}}])
    make.visit(silent, "not_home")

    assert phone.refresh() == ([str(household.id)], [])
    assert phone.rows[str(household.id)]["known"] == {"size": {"adults": 3}, "people": [{"skills": {"wifi": 2}}]}
    assert phone.rows[str(household.id)]["on"] == "2026-11-21"

    # The same outcome on the same day: where the household stands is as before, what is known is not.
    make.visit(household, id=UUID(int=2), consent=consent, size={"adults": 4})
    phone.refresh()
    assert phone.rows[str(household.id)]["known"]["size"] == {"adults": 4}

    make.visit(household, consent={**consent, "level": "none"})
    assert phone.refresh() == ([], [str(household.id)])


def test_a_whole_commune_held_tells_nothing_known(make, hamlet, visitor, now):
    make.visit(make.household(hamlet), power="grid")
    visitor.sign_in(make.person(role=Role.TEAM_LEADER, area=make.commune()).name)

    assert Phone(visitor, "/api/v1/known").refresh() == ([], [])


def test_a_cursor_survives_its_journey():
    cursor = Cursor(7, {"15607-001": Position(3, UUID(int=5), own=True), "15607-M02": Position(9)}, hamlets_hash=12)

    assert Cursor.from_json(json.loads(json.dumps(cursor.as_json()))) == cursor
    assert Cursor.from_json([0, "of", "another", "time"]) is None


@pytest.fixture
def shared(engine):
    """A hamlet with no household that several connections see; taken away afterwards."""
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    with Session(engine) as session:
        area = {"sort_key": "", "folded": "", "is_sample": False}
        session.add(Area(code="98", level=Level.PROVINCE, kind=AreaKind.TINH, name="Mẫu", path="98/", **area))
        session.flush()
        for code in ("98-1", "98-2"):
            session.add(Area(code=code, level=Level.HAMLET, kind=AreaKind.BAN, name="Mẫu", path=f"98/{code}/", **area))
        session.commit()
    yield engine
    with Session(engine) as session:
        for table in (Household, HamletTotal):
            session.execute(delete(table).where(table.hamlet_code.in_(["98-1", "98-2"])))
        session.execute(delete(Area).where(Area.parent_code.is_(None), Area.path.startswith("98/98-")))
        session.execute(delete(Area).where(Area.code == "98"))
        session.commit()


def _read(engine, cursor):
    with Session(engine) as session:
        page = next_page(session, Scope(("98/",)), frozenset(), cursor, person=1, most=EVERYTHING)
    return page.cursor, {row.short_code for row in page.households}


def test_a_change_that_commits_late_is_told_although_a_younger_one_came_first(shared):
    """The trap of one number for all: the slow writer takes its number first and commits last."""
    slow, quick = Session(shared), Session(shared)
    add_households(slow, [NewHousehold("SLOW", "98-1")], now=MORNING)
    add_households(quick, [NewHousehold("QUICK", "98-2")], now=MORNING + timedelta(hours=1))
    quick.commit()
    cursor, first = _read(shared, None)
    slow.commit()
    _, second = _read(shared, cursor)
    slow.close(), quick.close()

    assert (first, second) == ({"QUICK"}, {"SLOW"})


def test_whoever_writes_meanwhile_no_household_is_skipped(shared):
    def write(name):
        with Session(shared) as session:
            add_households(session, [NewHousehold(name, f"98-{1 + int(name[1:]) % 2}")], now=MORNING)
            session.commit()

    seen: list[str] = []
    cursor = None
    names = [f"H{n}" for n in range(60)]
    with ThreadPoolExecutor(6) as pool:
        writing = [pool.submit(write, name) for name in names]
        while not all(each.done() for each in writing):
            cursor, new = _read(shared, cursor)
            seen += new
    cursor, new = _read(shared, cursor)
    seen += new

    assert sorted(seen) == sorted(names)
