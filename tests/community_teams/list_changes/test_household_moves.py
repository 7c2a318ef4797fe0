"""Households that move to another hamlet's list."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from community_teams.list_changes.services.household_moves import move_household
from community_teams.models import HamletTotal, HeldVisit, WhyHeld
from community_teams.phones.queries.worklist_pages import next_page
from community_teams.phones.services.devices import cut_off
from community_teams.services.recounting import recount
from foundation.areas.domain.scope import NATION, Scope
from foundation.problems import Conflict, NotFound
from tests.making.community_teams import MORNING

LATER = MORNING + timedelta(hours=1)


@pytest.fixture
def old(make):
    return make.hamlet()


@pytest.fixture
def new(make):
    return make.hamlet()


@pytest.fixture
def move(session):
    def move(household, to, scope=NATION, now=LATER):
        return move_household(session, household.id, to.code, by="can-bo", scope=scope, now=now)

    return move


def figures(session, hamlet):
    row = session.get_one(HamletTotal, hamlet.code, populate_existing=True)
    return row.households, row.knocked, row.reached, row.met_done


def list_of(session, hamlet, cursor=None):
    return next_page(session, Scope((hamlet.path,)), frozenset(), cursor, person=1, most=1000)


def test_a_moved_household_is_counted_where_it_is_and_its_visit_where_it_was_made(session, make, old, new, move):
    household = make.household(old)
    make.visit(household)

    move(household, new)

    assert figures(session, old) == (0, 0, 0, 1)
    assert figures(session, new) == (1, 1, 1, 0)
    assert recount(session, NATION, now=LATER) == []


def test_phones_of_both_hamlets_are_told(session, make, old, new, move):
    household = make.household(old)
    make.household(new)
    here, there = list_of(session, old).cursor, list_of(session, new).cursor

    move(household, new)

    gone, come = list_of(session, old, here), list_of(session, new, there)
    assert (gone.gone, gone.households) == ([household.id], [])
    assert ([row.id for row in come.households], come.gone) == ([household.id], [])
    # And back again.
    move(household, old, now=LATER + timedelta(hours=1))
    assert [row.id for row in list_of(session, old, gone.cursor).households] == [household.id]
    assert list_of(session, new, come.cursor).gone == [household.id]


def test_moving_there_again_changes_nothing(session, make, old, new, move):
    household = make.household(old)
    move(household, new)
    version = household.version

    assert move(household, new).version == version


def test_a_visit_to_a_moved_household_counts_in_its_new_hamlet(session, make, old, new, move):
    household = make.household(old)
    make.visit(household, "not_home", days_ago=3)
    move(household, new)
    session.commit()
    make.visit(household)

    assert figures(session, new) == (1, 1, 1, 1)
    assert recount(session, NATION, now=LATER) == []


def test_what_cannot_be_moved_is_refused(session, make, old, new, move):
    household = make.household(old, "M1-001")
    make.household(new, "M1-001")

    with pytest.raises(Conflict, match="short_code_taken"):
        move(household, new)
    with pytest.raises(Conflict, match="sample_hamlet"):
        move(household, make.hamlet(is_sample=True))
    with pytest.raises(NotFound, match="no_such_hamlet"):
        move(household, make.commune())
    with pytest.raises(NotFound, match="no_such_hamlet"):
        move(household, new, scope=Scope((old.path,)))
    with pytest.raises(NotFound, match="no_such_household"):
        move(household, new, scope=Scope((new.path,)))


def test_the_commands_say_what_they_did_or_why_not(app, make, old, new):
    make.household(old, "M1-001")
    make.household(old, "M1-002")
    make.household(new, "M1-002")

    def run(*words):
        return app.test_cli_runner().invoke(args=["teams", *words])

    assert f"Hộ M1-001 nay thuộc {new.code}" in run("move-household", old.code, "M1-001", new.code).output
    refused = run("move-household", old.code, "M1-002", new.code)
    assert (refused.exit_code, f"thôn, bản {new.code} đã có hộ mang mã M1-002. Chưa đổi gì." in refused.output) == (
        1,
        True,
    )
    assert "không có hộ nào mang mã M9" in run("move-household", old.code, "M9", new.code).output


def test_a_correction_counts_where_the_visit_was_made(session, make, old, new, move):
    household = make.household(old)
    wrong = make.visit(household, issues=[{"type": "signal", "level": "carrier"}])
    move(household, new)
    session.commit()

    right = make.visit(household, "not_home", supersedes=str(wrong.id))

    assert (right.hamlet_code, figures(session, old), figures(session, new)) == (old.code, (0, 0, 0, 0), (1, 1, 0, 0))
    assert session.get_one(HamletTotal, old.code).not_home == 1
    assert household.last_outcome == "not_home"
    # And a correction of the correction, once it has moved on.
    third = make.hamlet()
    move(household, third, now=LATER + timedelta(hours=1))
    make.visit(household, supersedes=str(right.id))
    assert (figures(session, old), figures(session, third)) == ((0, 0, 0, 1), (1, 1, 1, 0))
    assert recount(session, NATION, now=LATER) == []


@pytest.fixture
def phone(visitor, make, old):
    """Sends visits as a member of the hamlet `old`; gives what became of each."""
    visitor.sign_in(make.person("to-vien-mau", area=old).name)
    device = str(uuid4())

    def send(*visits, expect=200):
        batch = {"batch": str(uuid4()), "device": device, "pending": len(visits), "visits": list(visits)}
        answer = visitor.client.post("/api/v1/visits", json=batch)
        assert answer.status_code == expect, answer.text
        return [(each["outcome"], each["problems"]) for each in answer.json["results"]] if expect == 200 else None

    send.device = UUID(device)
    return send


def test_what_a_phone_holds_of_a_household_that_left_its_list_is_taken(session, make, old, new, move, phone):
    household = make.household(old)
    sent, waiting = make.visit_record(household), make.visit_record(household, "not_home")
    phone(sent)
    move(household, new)
    session.commit()

    mended = make.visit_record(household, "rescheduled", supersedes=sent["id"])

    assert phone(waiting, mended, sent) == [("stored", {}), ("stored", {}), ("already_stored", {})]
    assert recount(session, NATION, now=LATER) == []
    # Where it never was on the list, nothing is open to the member.
    stranger = make.visit_record(make.household(new))
    assert phone(stranger) == [("rejected", {"household": "not_in_your_area"})]


def test_a_lost_phone_s_visit_to_a_household_that_left_its_list_is_held(session, make, old, new, move, phone, now):
    household = make.household(old)
    phone(make.visit_record(make.household(old)))
    cut_off(session, phone.device, by="can-bo", scope=NATION, now=now)
    move(household, new)
    session.commit()

    phone(make.visit_record(household), expect=403)

    held = session.scalars(select(HeldVisit)).one()
    assert (held.hamlet_code, held.why) == (new.code, WhyHeld.DEVICE_CUT_OFF)
