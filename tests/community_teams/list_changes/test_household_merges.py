"""Households that were listed twice: what was told of one counts for the other, and nothing is lost on the way."""

from datetime import timedelta
from random import Random
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from community_teams.domain.codes import ConsentLevel, HouseholdStatus
from community_teams.list_changes.domain import HamletName, SplitOff
from community_teams.list_changes.services.hamlet_changes import split_hamlet
from community_teams.list_changes.services.hamlet_moves import merge_hamlet
from community_teams.list_changes.services.household_merges import merge_household, take_out_household
from community_teams.list_changes.services.household_moves import move_household
from community_teams.models import (
    AnonymousVisit,
    HamletDay,
    HamletTotal,
    HeldVisit,
    Household,
    Issue,
    MemberDay,
    Visit,
)
from community_teams.phones.queries.worklist_pages import next_page
from community_teams.queries.known import known_in, known_of
from community_teams.queries.visits import visits_of
from community_teams.services.desk import household_named, new_household
from community_teams.services.recounting import recount
from foundation.accounts.models import AuditEntry
from foundation.areas.domain.kinds import AreaKind
from foundation.areas.domain.scope import NATION, Scope
from foundation.problems import Conflict, NotFound
from tests.making.community_teams import MORNING

LATER = MORNING + timedelta(hours=1)
CODE = {"level": "code", "text_version": "2026-11", "how": "spoken"}
UNNAMED = CODE | {"level": "count"}


@pytest.fixture
def hamlet(make):
    return make.hamlet()


@pytest.fixture
def elsewhere(make):
    return make.hamlet()


@pytest.fixture
def merge(session):
    def merge(household, into, scope=NATION):
        stays = merge_household(session, household.id, into.id, by="can-bo", scope=scope, now=LATER)
        session.commit()
        return stays

    return merge


@pytest.fixture
def take_out(session):
    def take_out(household, scope=NATION):
        out = take_out_household(session, household.id, by="can-bo", scope=scope, now=LATER)
        session.commit()
        return out

    return take_out


@pytest.fixture
def move(session):
    def move(household, to):
        move_household(session, household.id, to.code, by="can-bo", scope=NATION, now=LATER)
        session.commit()

    return move


@pytest.fixture
def agreed(session):
    """Whether the counters are what a recount gives."""
    return lambda: recount(session, NATION, now=LATER) == []


def figures(session, hamlet):
    row = session.get_one(HamletTotal, hamlet.code, populate_existing=True)
    return row.households, row.knocked, row.reached, row.met_done


def everything_counted(session):
    session.expire_all()
    tables = (HamletTotal, HamletDay, MemberDay)
    return [
        [{c.key: getattr(row, c.key) for c in table.__table__.columns if c.key not in {"change", "updated_at"}}]
        for table in tables
        for row in session.scalars(select(table).order_by(*table.__table__.primary_key.columns))
    ]


def list_of(session, hamlet, cursor=None):
    return next_page(session, Scope((hamlet.path,)), frozenset(), cursor, person=1, most=1000)


def test_what_was_told_of_the_merged_one_counts_for_the_one_that_stays(session, make, hamlet, merge, agreed):
    household, stays = make.household(hamlet), make.household(hamlet)
    make.visit(household, days_ago=5, consent=CODE, size={"adults": 3})
    make.visit(household, "rescheduled", days_ago=1, next_visit_on="2026-12-01")
    make.visit(stays, "not_home", days_ago=3)

    assert merge(household, stays) == stays

    assert figures(session, hamlet) == (1, 1, 1, 1)
    assert (stays.last_outcome, str(stays.next_visit_on)) == ("rescheduled", "2026-12-01")
    assert (str(stays.first_knocked_on), str(stays.first_reached_on)) == ("2026-11-16", "2026-11-16")
    assert session.get_one(HamletTotal, hamlet.code).adults == 3
    assert (household.status, household.merged_into, household.last_outcome) == ("merged", stays.id, None)
    assert len(visits_of(session, NATION, stays.id)) == 3
    assert known_of(session, NATION, stays.id).answers == {"size": {"adults": 3}}
    assert known_in(session, NATION, hamlet.code).keys() == {stays.id}
    assert agreed()


def test_visits_stay_told_under_the_code_they_were_told_under(session, make, hamlet, merge):
    household, stays = make.household(hamlet), make.household(hamlet)
    visit = make.visit(household, issues=[{"type": "signal", "level": "carrier"}])
    make.visit(household, consent=UNNAMED)

    merge(household, stays)

    session.expire_all()
    assert visit.household_id == household.id
    assert session.scalars(select(Issue.household_id)).all() == [household.id]
    assert session.scalars(select(AnonymousVisit.household_id)).all() == [household.id]


def test_two_that_were_both_reached_are_one_reached_household(session, make, hamlet, merge, agreed):
    household, stays = make.household(hamlet), make.household(hamlet)
    make.visit(household, days_ago=2, consent=CODE, size={"adults": 3})
    make.visit(stays, days_ago=9, consent=CODE, size={"adults": 2})

    merge(household, stays)

    # The later answer is the one that holds; both visits were made.
    assert figures(session, hamlet) == (1, 1, 1, 2)
    assert session.get_one(HamletTotal, hamlet.code).adults == 3
    days = session.scalars(select(HamletDay.first_reached).order_by(HamletDay.day)).all()
    assert days == [1, 0]
    assert agreed()


def test_one_that_moved_away_is_active_again_where_the_other_was_met_since(session, make, hamlet, merge, agreed):
    household, stays = make.household(hamlet), make.household(hamlet)
    make.visit(stays, "moved", days_ago=4)
    make.visit(household, days_ago=1)

    merge(household, stays)

    assert (stays.status, figures(session, hamlet)) == (HouseholdStatus.ACTIVE, (1, 1, 1, 1))
    assert agreed()


def test_phones_are_told_of_both(session, make, hamlet, merge, take_out):
    household, stays = make.household(hamlet), make.household(hamlet)
    cursor = list_of(session, hamlet).cursor
    before = stays.version

    merge(household, stays)

    page = list_of(session, hamlet, cursor)
    assert (page.gone, [row.id for row in page.households]) == ([household.id], [stays.id])
    assert page.households[0].version > before
    assert [row.id for row in list_of(session, hamlet).households] == [stays.id]

    take_out(household)

    page = list_of(session, hamlet, page.cursor)
    assert (page.gone, {row.id for row in page.households}) == ([], {household.id, stays.id})


def test_a_chain_ends_at_its_last(session, make, hamlet, merge, take_out, agreed):
    first, second, third = (make.household(hamlet) for _ in range(3))
    make.visit(first, days_ago=3)
    make.visit(second, "not_home", days_ago=2)

    merge(first, second)
    merge(second, third)

    assert (first.merged_into, second.merged_into) == (second.id, third.id)
    assert (figures(session, hamlet), third.last_outcome) == ((1, 1, 1, 1), "not_home")
    make.visit(first)
    assert (figures(session, hamlet), third.last_outcome) == ((1, 1, 1, 2), "met_done")
    assert len(visits_of(session, NATION, third.id)) == 3
    assert agreed()

    # Taken out, the second one keeps what had been merged into it.
    take_out(second)
    assert (figures(session, hamlet), third.last_outcome, second.last_outcome) == ((2, 1, 1, 2), None, "met_done")
    assert first.merged_into == second.id
    assert agreed()


def test_merging_again_changes_nothing_and_merging_otherwise_is_refused(session, make, hamlet, merge):
    household, stays, third = (make.household(hamlet) for _ in range(3))
    merge(household, stays)
    version = stays.version

    assert merge(household, stays) == stays
    assert stays.version == version
    with pytest.raises(Conflict, match="already_merged"):
        merge(stays, household)
    with pytest.raises(Conflict, match="merged_elsewhere") as refused:
        merge(household, third)
    assert refused.value.details == {"short_code": stays.short_code}
    merge(stays, third)
    # Into the end of the chain it is merged already, if not at once.
    assert merge(household, third) == third
    assert len(session.scalars(select(AuditEntry).where(AuditEntry.act == "merge_household")).all()) == 2


def test_what_cannot_be_merged_or_taken_out_is_refused(make, hamlet, elsewhere, merge, take_out, move):
    household, stays = make.household(hamlet), make.household(hamlet)

    with pytest.raises(Conflict, match="same_household"):
        merge(household, household)
    with pytest.raises(Conflict, match="another_hamlet"):
        merge(household, make.household(elsewhere))
    with pytest.raises(Conflict, match="not_merged"):
        take_out(household)
    with pytest.raises(NotFound, match="no_such_household"):
        merge(household, stays, scope=Scope((elsewhere.path,)))
    merge(household, stays)
    with pytest.raises(NotFound, match="no_such_household"):
        take_out(household, scope=Scope((elsewhere.path,)))
    with pytest.raises(Conflict, match="already_merged"):
        move(household, elsewhere)
    move(stays, elsewhere)
    with pytest.raises(Conflict, match="canonical_elsewhere"):
        take_out(household, scope=Scope((hamlet.path,)))


def test_taking_out_brings_everything_back_as_it_was(session, make, hamlet, merge, take_out, agreed):
    household, stays = make.household(hamlet), make.household(hamlet)
    make.visit(household, days_ago=5, consent=CODE, size={"adults": 3})
    make.visit(household, days_ago=4, consent=UNNAMED)
    make.visit(stays, "rescheduled", days_ago=3, next_visit_on="2026-12-01")
    before = everything_counted(session)

    merge(household, stays)
    assert everything_counted(session) != before
    take_out(household)

    assert everything_counted(session) == before
    assert (household.last_outcome, stays.last_outcome, household.merged_into) == ("met_done", "rescheduled", None)
    assert agreed()
    # What came for it meanwhile goes with it.
    merge(household, stays)
    make.visit(household, "moved")
    assert stays.status is HouseholdStatus.MOVED
    take_out(household)
    assert (household.status, stays.status) == (HouseholdStatus.MOVED, HouseholdStatus.ACTIVE)
    assert agreed()


def test_one_that_moves_takes_the_merged_one_s_standing_along(
    session, make, hamlet, elsewhere, merge, take_out, move, agreed
):
    household, stays = make.household(hamlet), make.household(hamlet)
    make.visit(household, days_ago=1)
    merge(household, stays)

    move(stays, elsewhere)

    assert (figures(session, hamlet), figures(session, elsewhere)) == ((0, 0, 0, 1), (1, 1, 1, 0))
    assert (known_in(session, NATION, hamlet.code), agreed()) == ({}, True)
    make.visit(household, "not_home")
    assert session.get_one(HamletTotal, elsewhere.code, populate_existing=True).not_home == 1
    assert (stays.last_outcome, agreed()) == ("not_home", True)
    # A correction counts where its visit was made, whoever stands for the household by now.
    wrong = session.scalars(select(Visit).where(Visit.outcome == "met_done")).one()
    make.visit(stays, "refused", supersedes=str(wrong.id))
    assert figures(session, hamlet) == (0, 0, 0, 0)
    assert session.get_one(HamletTotal, hamlet.code).refused == 1
    assert agreed()

    take_out(household)

    assert (figures(session, hamlet), figures(session, elsewhere)) == ((1, 1, 0, 0), (1, 0, 0, 0))
    assert (household.hamlet_code, agreed()) == (hamlet.code, True)


def test_a_merge_into_the_moved_one_reaches_the_chain_in_the_other_hamlet(
    session, make, hamlet, elsewhere, merge, take_out, move, agreed
):
    first, second, third = make.household(hamlet), make.household(hamlet), make.household(elsewhere)
    make.visit(first, consent=CODE, size={"adults": 2})
    merge(first, second)
    move(second, elsewhere)

    merge(second, third)

    assert (figures(session, hamlet), figures(session, elsewhere)) == ((0, 0, 0, 1), (1, 1, 1, 0))
    assert known_in(session, Scope((elsewhere.path,)), elsewhere.code).keys() == {third.id}
    assert agreed()
    take_out(first)
    assert (figures(session, hamlet), figures(session, elsewhere)) == ((1, 1, 1, 1), (1, 0, 0, 0))
    assert agreed()


def test_a_correction_is_told_under_the_code_of_what_it_corrects(session, make, hamlet, merge, take_out, agreed):
    household, stays = make.household(hamlet), make.household(hamlet)
    wrong = make.visit(household)
    merge(household, stays)

    # The phone that corrects it knows of the merge, or does not.
    right = make.visit(stays, "not_home", supersedes=str(wrong.id))
    righter = make.visit(household, "refused", supersedes=str(right.id))

    assert {right.household_id, righter.household_id} == {household.id}
    assert (figures(session, hamlet), stays.last_outcome, agreed()) == ((1, 1, 0, 0), "refused", True)
    take_out(household)
    assert (household.last_outcome, stays.last_outcome, agreed()) == ("refused", None, True)


def test_a_visit_without_a_name_is_corrected_at_the_door_it_was_made_at(session, make, hamlet, merge, take_out, agreed):
    household, stays, member = make.household(hamlet), make.household(hamlet), make.member()
    make.visit(stays, member=member, consent=UNNAMED)
    wrong = make.visit(household, member=member, consent=UNNAMED)
    merge(household, stays)

    make.visit(household, "not_home", member=member, supersedes=str(wrong.id))

    assert session.scalars(select(AnonymousVisit.household_id)).all() == [stays.id]
    take_out(household)
    assert (household.last_outcome, stays.last_outcome, agreed()) == ("not_home", "met_done", True)


@pytest.fixture
def phone(visitor, make, hamlet):
    """Sends visits as a member of `hamlet`; gives what became of each."""
    visitor.sign_in(make.person("to-vien-mau", area=hamlet).name)
    device = str(uuid4())

    def send(*visits):
        batch = {"batch": str(uuid4()), "device": device, "pending": len(visits), "visits": list(visits)}
        answer = visitor.client.post("/api/v1/visits", json=batch)
        return [(each["outcome"], each["problems"]) for each in answer.json["results"]]

    return send


def test_what_a_phone_holds_of_a_merged_household_is_taken_and_known_again(
    session, make, hamlet, elsewhere, merge, move, phone, agreed
):
    household, stays = make.household(hamlet), make.household(hamlet)
    sent, waiting = make.visit_record(household), make.visit_record(household, "not_home")
    phone(sent)
    merge(household, stays)
    move(stays, elsewhere)

    mended = make.visit_record(household, "rescheduled", supersedes=sent["id"])

    # The last one says something else under an id that is kept: whose door it was.
    assert phone(waiting, mended, sent, sent | {"household": str(stays.id)}) == [
        ("stored", {}),
        ("stored", {}),
        ("already_stored", {}),
        ("conflict", {"id": "visit_id_taken"}),
    ]
    assert phone(waiting, mended) == [("already_stored", {}), ("already_stored", {})]
    # That goes before a person, where the household is now.
    assert session.scalars(select(HeldVisit.hamlet_code)).all() == [elsewhere.code]
    assert (figures(session, hamlet), figures(session, elsewhere)) == ((0, 0, 0, 0), (1, 1, 0, 0))
    assert agreed()


def test_one_batch_may_name_both(session, make, hamlet, merge, phone, agreed):
    household, stays = make.household(hamlet), make.household(hamlet)
    merge(household, stays)

    told = [make.visit_record(household, "not_home"), make.visit_record(stays), make.visit_record(household, "refused")]

    assert phone(*told) == [("stored", {})] * 3
    assert (figures(session, hamlet), agreed()) == ((1, 1, 1, 1), True)


def test_a_sheet_with_the_old_code_finds_the_household_it_was_written_for(session, make, hamlet, merge):
    household, stays = make.household(hamlet, "M1-901"), make.household(hamlet)
    merge(household, stays)

    found = household_named(
        session, hamlet, "m1-901", scope=NATION, add=new_household("m1-901", hamlet, uuid4()), now=LATER
    )

    assert found.id == household.id


def test_the_commands_say_what_they_did_or_why_not(app, make, hamlet):
    for code in ("M1-001", "M1-002", "M1-003"):
        make.household(hamlet, code)

    def run(*words):
        return app.test_cli_runner().invoke(args=["teams", *words]).output

    assert "là một hộ" in run("merge-household", hamlet.code, "M1-002", "M1-002")
    for _ in range(2):
        told = run("merge-household", hamlet.code, "M1-001", "M1-002")
        assert "Mọi lượt thăm của hộ M1-001 nay tính cho hộ M1-002" in told
    assert "đã được gộp vào hộ M1-002 từ trước. Chưa đổi gì." in run("merge-household", hamlet.code, "M1-001", "M1-003")
    assert "không có hộ nào mang mã M1-001" in run("merge-household", hamlet.code, "M1-003", "M1-001")
    assert "Hộ M1-001 đã tách ra" in run("take-out-household", hamlet.code, "M1-001")
    assert "không gộp vào hộ nào. Chưa đổi gì." in run("take-out-household", hamlet.code, "M1-001")
    assert "không có hộ nào mang mã M9" in run("take-out-household", hamlet.code, "M9")


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_told_merged_moved_and_taken_out_the_counters_are_a_recount(
    seed, session, make, hamlet, elsewhere, merge, take_out, move, agreed
):
    chance = Random(seed)
    doors: list[Household] = [make.household(hamlet) for _ in range(6)]
    members = [make.member() for _ in range(2)]
    made: list[tuple[UUID, UUID, object]] = []

    def visit():
        door, member = chance.choice(doors), chance.choice(members)
        more = {"consent": chance.choice([CODE, CODE, UNNAMED])}
        if more["consent"]["level"] != ConsentLevel.COUNT:
            more |= {"size": {"adults": chance.randrange(5)}, "newborn_pending": chance.random() < 0.5}
        if made and chance.random() < 0.4:
            wrong, household, member = made.pop(chance.randrange(len(made)))
            door, more["supersedes"] = session.get_one(Household, household), str(wrong)
        outcome = chance.choice(["met_done", "met_partial", "not_home", "moved", "vacant"])
        if not outcome.startswith("met"):
            more = {name: value for name, value in more.items() if name == "supersedes"}
        kept = make.visit(door, outcome, member=member, days_ago=chance.randrange(40), **more)
        made.append((kept.id, door.id, member))

    def put_right():
        one, other = chance.sample(doors, 2)
        act = chance.choice([merge, merge, take_out, move])
        try:
            act(one, *({merge: [other], take_out: [], move: [chance.choice([hamlet, elsewhere])]}[act]))
        except Conflict:
            session.rollback()

    for _ in range(40):
        chance.choice([visit, visit, put_right])()

    session.commit()
    assert agreed()
    # Nobody was lost: every door stands for itself or has one that does, and every visit is of one of them.
    summary = [door for door in doors if door.merged_into is None]
    told = [each.visit.id for door in summary for each in visits_of(session, NATION, door.id, limit=1000)]
    assert sorted(told) == sorted(session.scalars(select(Visit.id).where(Visit.household_id.is_not(None))))


def test_hamlets_that_go_apart_and_together_again_leave_merged_households_with_who_stands_for_them(
    session, make, hamlet, merge, take_out, agreed
):
    household, stays = make.household(hamlet, "M1-701"), make.household(hamlet, "M1-702")
    make.household(hamlet, "M1-703")
    make.visit(household, issues=[{"type": "signal", "level": "carrier"}])
    merge(household, stays)
    who = {"by": "can-bo", "scope": NATION, "now": LATER}

    part = SplitOff(HamletName(AreaKind.BAN, "Mới"), frozenset({stays.id}), None)
    new = split_hamlet(session, hamlet.code, part, **who)
    session.commit()

    assert (figures(session, hamlet)[:3], figures(session, new)[:3]) == ((1, 0, 0), (1, 1, 1))
    assert agreed()
    make.visit(household, "not_home")
    assert session.get_one(HamletTotal, new.code, populate_existing=True).not_home == 1
    merge_hamlet(session, hamlet.code, new.code, **who)
    session.commit()
    take_out(household)
    assert (figures(session, new), agreed()) == ((3, 1, 1, 1), True)
