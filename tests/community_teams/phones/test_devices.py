"""Which phones are heard of, and that a lost one is kept out."""

import json
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, update

from community_teams.models import Device, HeldVisit, Visit
from community_teams.phones.domain.worklist_answers import KnownAnswer, WorklistAnswer
from community_teams.phones.services import devices
from community_teams.phones.services import handover as handing_over
from foundation.accounts.domain.roles import Role
from foundation.accounts.models import AuditEntry
from foundation.areas.domain.scope import Scope
from foundation.problems import NotFound
from tests.visitor import Visitor

PHONE = UUID("019aa1b2-0000-7000-8000-000000000001")


@pytest.fixture
def hamlet(make):
    return make.hamlet()


@pytest.fixture
def member(make, hamlet, visitor, now):
    person = make.person(area=hamlet)
    visitor.sign_in(person.name)
    return person


@pytest.fixture
def officer(make, hamlet):
    return make.person(role=Role.COMMUNE_OFFICER, area=make.commune())


def ask(visitor, header=str(PHONE), address="/api/v1/worklist"):
    return visitor.client.get(address, headers={"X-Device": header})


def batch(*visits, pending=0):
    return {"batch": str(uuid4()), "device": str(PHONE), "pending": pending, "visits": list(visits)}


def cut_off(session, make, now):
    devices.cut_off(session, PHONE, by="can-bo", scope=make_scope(make), now=now)
    session.commit()


def make_scope(make):
    return Scope((make.commune().path,))


def test_a_phone_is_known_by_what_it_says_of_itself(visitor, member, session, now):
    assert ask(visitor, f"{PHONE}; pending=3; app=1.0.0; storage=persisted").status_code == 200
    assert ask(visitor, str(PHONE)).status_code == 200

    row = session.scalars(select(Device)).one()
    assert (row.person_id, row.last_seen) == (member.id, now)
    # Saying nothing of it takes nothing back.
    assert (row.pending_reported, row.app_version, row.storage) == (3, "1.0.0", "persisted")


@pytest.mark.parametrize(
    "header",
    [
        "",
        "no-uuid",
        "; pending=3",
        f"{PHONE}; pending=-1; app=<b>; storage=gold",
        f"{PHONE}; pending=99999999999",
        "ộ" * 9,
    ],
)
def test_a_phone_that_says_odd_things_still_gets_its_list(visitor, member, session, header):
    assert visitor.client.get("/api/v1/worklist", headers={"X-Device": header.encode()}).status_code == 200
    row = session.scalars(select(Device)).one_or_none()
    assert row is None or (row.pending_reported, row.app_version, row.storage) == (None, None, None)


def test_two_members_of_one_phone_are_told_apart(visitor, member, make, hamlet, session, app):
    ask(visitor, f"{PHONE}; pending=2")
    second, other = make.person(area=hamlet), Visitor(app)
    other.sign_in(second.name)
    ask(other, f"{PHONE}; pending=0")

    held = {row.person_id: row.pending_reported for row in session.scalars(select(Device))}
    assert held == {member.id: 2, second.id: 0}


def test_what_was_handed_over_is_no_longer_held(visitor, member, make, hamlet, session):
    good, faulty = make.visit_record(make.household(hamlet)), make.visit_record(make.household())
    visitor.send("/api/v1/visits", json=batch(good, faulty, pending=5))

    # Five with this batch; one was kept, the faulty one is still the phone's.
    assert session.scalars(select(Device.pending_reported)).one() == 4


def test_a_lost_phone_gets_nothing_more_and_its_pages_close(visitor, member, make, session, now, app):
    ask(visitor)
    elsewhere = Visitor(app)
    elsewhere.sign_in(member.name)
    cut_off(session, make, now)

    assert visitor.open("/doi-so").address == "/dang-nhap"
    visitor.sign_in(member.name)
    for address in ("/api/v1/worklist", "/api/v1/known", "/doi-so/tren-may/toi", "/doi-so"):
        refused = ask(visitor, address=address)
        assert (refused.status_code, json.loads(refused.text)["code"]) == (403, "device_cut_off")
    # Signed out or not, it has to learn that it must wipe itself.
    assert json.loads(ask(Visitor(app)).text)["code"] == "device_cut_off"
    # The member's other phone goes on.
    assert elsewhere.open("/doi-so").address == "/doi-so"
    assert visitor.open("/").address == "/"


def test_files_and_public_pages_ask_nothing_of_a_phone(visitor, member, count_statements):
    ask(visitor)
    count_statements.clear()
    answer = visitor.client.get("/api/openapi.json", headers={"X-Device": str(PHONE)})

    assert answer.status_code == 200
    assert count_statements == []


def test_a_lost_phone_shared_by_two_closes_for_both(visitor, member, make, hamlet, session, now, app):
    ask(visitor)
    cut_off(session, make, now)
    other = Visitor(app)
    other.sign_in(make.person(area=hamlet).name)

    assert json.loads(ask(other).text)["code"] == "device_cut_off"


def test_what_a_lost_phone_still_sends_is_held_and_not_counted(visitor, member, make, hamlet, session, now):
    ask(visitor)
    household = make.household(hamlet)
    cut_off(session, make, now)

    answer = visitor.client.post(
        "/api/v1/visits", json=batch(make.visit_record(household), pending=1), headers={"X-Device": str(PHONE)}
    )

    assert (answer.status_code, json.loads(answer.text)["code"]) == (403, "device_cut_off")
    assert session.scalar(select(func.count()).select_from(Visit)) == 0
    held = session.scalars(select(HeldVisit)).one()
    assert (held.why, held.device, held.member_id) == ("device_cut_off", PHONE, member.id)


def hand_over(visitor, told, member):
    """As a lost phone does before it wipes itself: each member's visits, whoever is signed in on it by now."""
    headers = {"X-Device": str(PHONE), "X-Member": str(member.id)}
    answer = visitor.client.post("/api/v1/visits", json=batch(told), headers=headers)
    assert (answer.status_code, json.loads(answer.text)["code"]) == (403, "device_cut_off")
    return json.loads(answer.text)


def test_a_lost_phone_hands_over_what_others_wrote_on_it(visitor, member, make, hamlet, session, now, app):
    ask(visitor)
    other, second = Visitor(app), make.person(area=hamlet)
    other.sign_in(second.name)
    ask(other)
    told = [make.visit_record(make.household(hamlet)) for _ in range(2)]
    cut_off(session, make, now)

    # The second is signed in, then nobody; and the same again, as after an answer that was lost.
    for hands in (other, Visitor(app), Visitor(app)):
        hand_over(hands, told[0], member)
    hand_over(Visitor(app), told[1], second)

    held = session.execute(select(HeldVisit.visit_id, HeldVisit.member_id).order_by(HeldVisit.id)).all()
    assert held == [(UUID(told[0]["id"]), member.id), (UUID(told[1]["id"]), second.id)]
    assert session.scalar(select(func.count()).select_from(Visit)) == 0


def test_a_phone_hands_over_so_much_and_is_told_what_it_may_forget(
    visitor, member, make, hamlet, session, now, app, monkeypatch
):
    ask(visitor)
    told = [make.visit_record(make.household(hamlet)) for _ in range(3)]
    cut_off(session, make, now)

    monkeypatch.setattr(handing_over, "MOST_HELD", 2)
    for _ in range(2):  # again: what lies here already needs no room
        answers = [hand_over(Visitor(app), each, member) for each in told]
        assert [(answer["visits_held"], answer["drafts_held"]) for answer in answers] == [(1, 0), (1, 0), (0, 0)]
        assert session.scalar(select(func.count()).select_from(HeldVisit)) == 2


def test_what_was_recorded_before_the_phone_was_lost_is_not_set_aside_once_more(
    visitor, member, make, hamlet, session, now, app
):
    told = make.visit_record(make.household(hamlet))
    visitor.send("/api/v1/visits", json=batch(told))  # its answer was lost
    cut_off(session, make, now)

    assert hand_over(visitor, told, member)["visits_held"] == 1
    assert hand_over(Visitor(app), told, member)["visits_held"] == 1
    assert session.scalar(select(func.count()).select_from(HeldVisit)) == 0


def held_by(session):
    session.expire_all()
    rows = session.scalars(select(HeldVisit).order_by(HeldVisit.id))
    return [(row.member_id, row.device, row.raw is not None, row.problems.get("member")) for row in rows]


def test_what_a_lost_phone_hands_over_is_kept_whoever_it_names(visitor, member, make, hamlet, session, now, app):
    ask(visitor)
    near, far = make.person(area=make.hamlet()), make.person(area=make.hamlet(make.commune("15001")))
    told = [make.visit_record(make.household(hamlet)) for _ in range(4)]
    cut_off(session, make, now)

    for each, whose in zip(told, (near.id, far.id, 99_999, "ai"), strict=True):
        headers = {"X-Device": str(PHONE), "X-Member": str(whose)}
        answer = Visitor(app).client.post("/api/v1/visits", json=batch(each), headers=headers)
        assert (answer.status_code, json.loads(answer.text)["visits_held"]) == (403, 1)

    doubt = "not_of_this_phone"
    # A colleague's are theirs; others', of the first user, whose officers ask whose they are.
    assert held_by(session) == [(near.id, PHONE, True, doubt), *[(member.id, PHONE, True, doubt)] * 3]
    # Nobody gets a say over the phone by being named.
    assert session.scalars(select(Device.person_id)).all() == [member.id]
    assert session.scalar(select(func.count()).select_from(Visit)) == 0


@pytest.mark.parametrize("signed_in", [True, False], ids=["its member", "nobody signed in"])
def test_a_batch_of_a_lost_phone_that_names_a_phone_never_heard_of_is_kept(
    visitor, member, make, hamlet, session, now, app, signed_in
):
    ask(visitor)
    told, unknown = make.visit_record(make.household(hamlet)), uuid4()
    cut_off(session, make, now)
    headers = {"X-Device": str(PHONE), "X-Member": str(member.id)}

    for _ in range(2):
        hands = visitor if signed_in else Visitor(app)
        body = batch(told) | {"device": str(unknown)}
        answer = json.loads(hands.client.post("/api/v1/visits", json=body, headers=headers).text)
        assert answer == answer | {"code": "device_cut_off", "batch": body["batch"], "visits_held": 1}

    assert held_by(session) == [(member.id, PHONE, False, None)]
    assert session.scalar(select(func.count()).select_from(Visit)) == 0


def test_nobody_hands_over_for_a_phone_that_was_not_cut_off(visitor, member, make, hamlet, session, app):
    ask(visitor)
    headers = {"X-Device": str(PHONE), "X-Member": str(member.id)}
    told = batch(make.visit_record(make.household(hamlet)))

    answer = Visitor(app).client.post("/api/v1/visits", json=told, headers=headers)

    assert (answer.status_code, json.loads(answer.text)["code"]) == (401, "not_signed_in")
    assert session.scalar(select(func.count()).select_from(HeldVisit)) == 0


def test_a_phone_cut_off_by_mistake_is_let_back(visitor, member, make, session, now):
    ask(visitor)
    cut_off(session, make, now)
    devices.unblock(session, PHONE, by="can-bo", scope=make_scope(make), now=now)
    session.commit()

    visitor.sign_in(member.name)
    assert ask(visitor).status_code == 200
    acts = session.scalars(select(AuditEntry.act).where(AuditEntry.who == "can-bo").order_by(AuditEntry.id)).all()
    assert acts == ["cut_off_phone", "let_phone_back"]


def test_cutting_off_twice_is_written_down_once(visitor, member, make, session, now):
    ask(visitor)
    cut_off(session, make, now)
    cut_off(session, make, now)

    entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "cut_off_phone")).one()
    assert (entry.what, entry.area_path) == (
        {"phone": str(PHONE), "person": member.name},
        member.holdings[0].area_path,
    )


def test_nobody_cuts_off_a_phone_of_another_commune(visitor, member, make, session, now):
    ask(visitor)
    with pytest.raises(NotFound):
        devices.cut_off(session, PHONE, by="x", scope=Scope((make.commune("15001").path,)), now=now)
    assert session.scalars(select(Device.cut_off_at)).one() is None


def test_whoever_names_a_strangers_phone_gives_their_officers_no_say_over_it(
    visitor, member, make, session, now, app, monkeypatch
):
    ask(visitor)
    far = make.commune("15001")
    stranger = make.person(area=make.hamlet(far))
    claiming, officer = Visitor(app), Visitor(app)
    claiming.sign_in(stranger.name)
    monkeypatch.setattr("foundation.clock.now", lambda: now + timedelta(minutes=1))
    assert ask(claiming).status_code == 200
    officer.sign_in(make.person(role=Role.COMMUNE_OFFICER, area=far).name)

    page = officer.open(f"/quan-ly/may/{PHONE}")
    assert member.display_name not in page
    assert stranger.display_name in page
    officer.open(f"/quan-ly/may/{PHONE}/ngat", expect=403)
    officer.send(f"/quan-ly/may/{PHONE}/ngat", expect=403)
    officer.send(f"/quan-ly/may/{PHONE}/cho-lai", expect=403)
    assert ask(visitor).status_code == 200

    # Its own officer, and the province's, may; so may the others once nobody else has used it for a long time.
    province = Scope((make.province().path,))
    devices.cut_off(session, PHONE, by="x", scope=province, now=now)
    devices.unblock(session, PHONE, by="x", scope=make_scope(make), now=now)
    session.execute(update(Device).where(Device.person_id == member.id).values(last_seen=now - timedelta(days=91)))
    devices.cut_off(session, PHONE, by="x", scope=Scope((far.path,)), now=now)


@pytest.mark.parametrize(("ended", "outcome"), [(1, "stored"), (30, "stored"), (31, "rejected"), (400, "rejected")])
def test_what_was_written_down_comes_in_for_a_month_after_the_role_has_ended(
    visitor, member, make, hamlet, session, now, ended, outcome
):
    household = make.household(hamlet)
    last = now.date() - timedelta(days=ended)
    member.holdings[0].valid_from, member.holdings[0].valid_to = last - timedelta(days=90), last
    session.commit()
    visit = make.visit_record(household, started_at=now - timedelta(days=ended + 1))

    told = json.loads(visitor.send("/api/v1/visits", json=batch(visit)).html)

    assert [each["outcome"] for each in told["results"]] == [outcome]


def test_a_visit_waiting_on_the_phone_outlives_a_changed_assignment(visitor, member, make, hamlet, session, now):
    household = make.household(hamlet)
    member.holdings[0].valid_to = date(2026, 11, 20)
    member.holdings.append(make.holding(Role.VISITOR, make.hamlet()))
    session.commit()
    day_before = make.visit_record(household, started_at=now.replace(day=19))
    same_day = make.visit_record(household)

    told = json.loads(visitor.send("/api/v1/visits", json=batch(day_before, same_day)).html)

    assert [each["outcome"] for each in told["results"]] == ["stored", "rejected"]


def test_answers_are_as_the_api_describes_them(visitor, member, make, hamlet):
    make.visit(make.household(hamlet, label="Nhà Mẫu"), power="grid")

    assert WorklistAnswer.model_validate_json(ask(visitor).text).households[0].label == "Nhà Mẫu"
    assert KnownAnswer.model_validate_json(ask(visitor, address="/api/v1/known").text).households[0].known
