"""Visits that were told twice, differently: both are kept, and a person settles it."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from community_teams.domain.visits import read_visit
from community_teams.models import HamletTotal, HeldVisit, Settlement, Visit, WhyHeld
from community_teams.services.held_visits import hold, settle
from community_teams.services.recording import Submission
from community_teams.services.recounting import recount
from foundation.accounts.domain.roles import Role
from foundation.accounts.models import AuditEntry
from foundation.areas.domain.scope import NATION, Scope
from foundation.problems import Conflict, Invalid, NotFound
from tests.making.community_teams import MORNING

AGREED = {"level": "code", "text_version": "2026-11", "how": "spoken"}


@pytest.fixture
def leader(make):
    return make.person("to-truong-mau", role=Role.TEAM_LEADER, area=make.commune())


@pytest.fixture
def told_twice(make, session):
    """A visit that was kept, and what came later under the same id; gives both ids and the household."""

    def tell(why=WhyHeld.VISIT_ID_TAKEN, household=None, **other):
        household = household or make.household()
        kept = make.visit(household)
        again = make.visit_record(household, "not_home", id=kept.id, note="Bác đi vắng.", **other)
        if why is not WhyHeld.VISIT_ID_TAKEN:
            again["id"] = str(uuid4())
        submission = Submission(make.member().id, lambda _day: NATION)
        hold(session, [(read_visit(again, now=MORNING), why)], submission=submission, now=MORNING)
        session.commit()
        return kept, session.scalars(select(HeldVisit)).all()[-1], household

    return tell


def total(session, household):
    session.expire_all()
    return session.get_one(HamletTotal, household.hamlet_code)


def test_left_out_changes_nothing_and_stays_in_the_book(told_twice, leader, session, now):
    _, held, household = told_twice()

    settle(session, held.id, Settlement.LEFT_OUT, by=leader, scope=NATION, now=now)

    counted = total(session, household)
    assert (counted.met_done, counted.not_home) == (1, 0)
    assert (held.settlement, held.settled_by, held.taken_as) == (Settlement.LEFT_OUT, leader.id, None)
    assert session.scalars(select(AuditEntry.act)).one() == "settle_visit"


def test_taken_instead_corrects_what_was_kept(told_twice, leader, session, now):
    kept, held, household = told_twice()

    settle(session, held.id, Settlement.TAKEN_INSTEAD, by=leader, scope=NATION, now=now)

    counted = total(session, household)
    taken = session.get_one(Visit, held.taken_as)
    assert (counted.met_done, counted.not_home) == (0, 1)
    assert (taken.supersedes, taken.note, taken.member_id) == (kept.id, "Bác đi vắng.", held.member_id)
    assert session.scalar(select(func.count()).select_from(Visit)) == 2
    assert recount(session, NATION, now=now) == []


def test_taken_instead_corrects_the_last_correction(told_twice, leader, make, session, now):
    kept, held, household = told_twice()
    corrected = make.visit(household, "refused", supersedes=str(kept.id))

    settle(session, held.id, Settlement.TAKEN_INSTEAD, by=leader, scope=NATION, now=now)

    assert session.get_one(Visit, held.taken_as).supersedes == corrected.id
    assert recount(session, NATION, now=now) == []


def test_taken_as_well_counts_both(told_twice, leader, session, now):
    _, held, household = told_twice()

    settle(session, held.id, Settlement.TAKEN_AS_WELL, by=leader, scope=NATION, now=now)

    counted = total(session, household)
    assert (counted.met_done, counted.not_home) == (1, 1)
    assert recount(session, NATION, now=now) == []


def test_a_visit_from_a_lost_phone_is_kept_under_its_own_id(told_twice, leader, session, now):
    _, held, _ = told_twice(WhyHeld.DEVICE_CUT_OFF)

    with pytest.raises(Invalid) as problem:
        settle(session, held.id, Settlement.TAKEN_INSTEAD, by=leader, scope=NATION, now=now)
    assert problem.value.fields == {"settlement": "nothing_to_correct"}
    settle(session, held.id, Settlement.TAKEN_AS_WELL, by=leader, scope=NATION, now=now)

    assert held.taken_as == held.visit_id


def test_it_is_settled_once_and_by_those_it_concerns(told_twice, leader, session, now):
    _, held, _ = told_twice()

    with pytest.raises(NotFound):
        settle(session, held.id, Settlement.LEFT_OUT, by=leader, scope=Scope(("38/15608/",)), now=now)
    with pytest.raises(NotFound):
        settle(session, 999, Settlement.LEFT_OUT, by=leader, scope=NATION, now=now)
    settle(session, held.id, Settlement.LEFT_OUT, by=leader, scope=NATION, now=now)
    with pytest.raises(Conflict):
        settle(session, held.id, Settlement.TAKEN_INSTEAD, by=leader, scope=NATION, now=now)


def test_a_visit_sent_again_after_it_was_settled_is_known(visitor, make, session, now):
    hamlet = make.hamlet()
    visitor.sign_in(make.person(role=Role.TEAM_LEADER, area=hamlet).name)
    told = make.visit_record(make.household(hamlet))
    batch = {"batch": str(uuid4()), "device": str(uuid4()), "pending": 1, "visits": [told]}
    visitor.client.post("/api/v1/visits", json=batch)
    batch["visits"] = [told | {"note": "Khác."}]
    assert visitor.client.post("/api/v1/visits", json=batch).json["results"][0]["outcome"] == "conflict"

    (link,) = [href for words, href in visitor.open("/quan-ly/phieu-can-xem").links.items() if "hai lần" in words]
    page = visitor.open(link)
    assert "Khác." in page
    assert "Khác nhau" in page
    visitor.send(link, settlement="taken_instead")

    assert visitor.client.post("/api/v1/visits", json=batch).json["results"][0]["outcome"] == "already_stored"
    assert "Không có phiếu nào chờ xem" in visitor.open("/quan-ly/phieu-can-xem")
    assert "Đã chọn xong" in visitor.open(link)
    assert session.get(Visit, UUID(told["id"])) is not None


def test_a_choice_has_to_be_made(visitor, leader, told_twice, now):
    _, held, _ = told_twice()
    visitor.sign_in(leader.name)
    address = f"/quan-ly/phieu-can-xem/{held.id}"

    visitor.send(address, expect=422)
    visitor.send(address, expect=422, settlement="both")
    visitor.open("/quan-ly/phieu-can-xem/99999999999999999999", expect=404)


def test_everything_a_visit_told_can_be_seen(visitor, leader, make, told_twice, now):
    _, held, _ = told_twice(
        WhyHeld.DEVICE_CUT_OFF,
        started_at=MORNING,
    )
    visitor.sign_in(leader.name)

    page = visitor.open(f"/quan-ly/phieu-can-xem/{held.id}")

    assert "Gửi từ máy đã bị ngắt" in page
    assert "Bác đi vắng." in page


def test_nobody_else_sees_them(visitor, make, told_twice, now):
    _, held, _ = told_twice()
    visitor.sign_in(make.person(role=Role.TEAM_LEADER, area=make.hamlet()).name)

    assert "Không có phiếu nào chờ xem" in visitor.open("/quan-ly/phieu-can-xem")
    visitor.open(f"/quan-ly/phieu-can-xem/{held.id}", expect=404)
    visitor.sign_in(make.person(role=Role.PROVINCE_OFFICER, area=make.province()).name)
    visitor.open("/quan-ly/phieu-can-xem", expect=403)
