"""What the rules refuse at a door behind which nothing is kept: set aside as it was told, shown, mended or left out."""

import io
import json
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from community_teams.domain.raw_records import raw_record, read_raw
from community_teams.models import Device, HeldVisit, Visit
from community_teams.phones.services import devices
from community_teams.phones.services import handover as handing_over
from community_teams.services.recounting import recount
from foundation.accounts.domain.roles import Role
from foundation.accounts.models import AuditEntry
from foundation.areas.domain.scope import NATION, Scope
from foundation.free_text import mask_numbers
from tests.visitor import Visitor

PHONE = UUID("019aa1b2-0000-7000-8000-000000000001")
LIST = "/quan-ly/phieu-can-xem"


@pytest.fixture
def hamlet(make):
    return make.hamlet()


@pytest.fixture
def member(make, hamlet, visitor, now):
    person = make.person(area=hamlet)
    visitor.sign_in(person.name)
    visitor.client.get("/api/v1/worklist", headers={"X-Device": str(PHONE)})
    return person


@pytest.fixture
def leader(make, app, hamlet):
    """Somebody who looks at what waits, with a browser of their own."""
    person = make.person("to-truong-mau", role=Role.TEAM_LEADER, area=make.commune())
    other = Visitor(app)
    other.sign_in(person.name)
    return other


@pytest.fixture
def lost(visitor, member, make, session, now):
    """Hands records over from a phone that was cut off, as its member or as nobody."""
    devices.cut_off(session, PHONE, by="can-bo", scope=Scope((make.commune().path,)), now=now)
    session.commit()

    def hand_over(*visits, drafts=(), pending=None, signed_in=True, **more):
        body = {
            "batch": str(uuid4()),
            "device": str(PHONE),
            "pending": len(visits) if pending is None else pending,
            "visits": list(visits),
            "drafts": list(drafts),
            **more,
        }
        who = visitor if signed_in else Visitor(visitor.client.application)
        headers = {"X-Device": str(PHONE), "X-Member": str(member.id)}
        answer = who.client.post("/api/v1/visits", json=body, headers=headers)
        assert (answer.status_code, json.loads(answer.text)["code"]) == (403, "device_cut_off")
        session.expire_all()

    return hand_over


def held(session):
    return session.scalars(select(HeldVisit).order_by(HeldVisit.id)).all()


def every_kind(make, hamlet):
    """Records that the rules refuse, with what is wrong with each."""
    good = make.visit_record(make.household(hamlet))

    def like(**changes):
        return good | {"id": str(uuid4())} | changes

    many = [{"skills": {f"s{number}": 1 for number in range(2_100)}}]
    return [
        (like(started_at="1970-01-01T08:00:00+07:00"), {"started_at": "too_long_ago"}),
        (like(next_visit_on="2020-01-01"), {"next_visit_on": "before_visit"}),
        (like(note="Gọi 0912 345 678 nhé"), {"note": "phone_number"}),
        (like(outcome="dancing", mood=3), {"outcome": "not_a_choice", "mood": "unknown_field"}),
        (like(household=str(uuid4())), {"household": "not_in_your_area"}),
        (like(household=str(make.household().id)), {"household": "not_in_your_area"}),
        (like(form_version=7, new_question={"a": [1, None]}), {"form_version": "not_known_yet"}),
        (like(id="?"), {"id": "not_an_id"}),
        (like(note="x" * (65_536 + 1)), {"note": "too_long", "record": "too_large"}),
        (like(people=many), {"record": "too_many"}),
        ("một câu", {"record": "not_understood"}),
        ([1, 2, {"a": "\ud800"}], {"record": "not_understood"}),
        (None, {"record": "not_understood"}),
        (10**400, {"record": "not_understood"}),
    ]


@pytest.mark.parametrize("signed_in", [True, False], ids=["its member", "nobody signed in"])
def test_a_lost_phone_hands_over_everything_whatever_is_wrong_with_it(lost, make, hamlet, session, signed_in):
    kinds = every_kind(make, hamlet)
    good = make.visit_record(make.household(hamlet))

    for _ in range(2):  # sent twice, kept once
        lost(good, *(record for record, _ in kinds), signed_in=signed_in)

    rows = held(session)
    assert len(rows) == len(kinds) + 1
    assert session.scalar(select(func.count()).select_from(Visit)) == 0
    assert [row.raw for row in rows if not row.problems] == [None]
    raws = [read_raw(row.raw) for row in rows if row.problems]
    assert sorted(map(str, (row.problems for row in rows if row.problems))) == sorted(str(wrong) for _, wrong in kinds)
    for record, problems in kinds:
        if isinstance(record, dict) and "record" not in problems and "note" not in problems:
            assert record in raws
    # Each value counts a little beside its letters.
    assert 65_536 - 500 <= max(len(row.raw or "") for row in rows) <= 65_536


def test_numbers_that_are_never_kept_are_masked_and_the_words_stay(lost, make, hamlet, session):
    record = make.visit_record(make.household(hamlet), note="Số 038095012345, gọi 0912.345.678 buổi tối")
    lost(record | {"cccd": 38095012345})

    raw = read_raw(held(session)[0].raw)
    assert raw["note"] == "Số ••••••••••••, gọi ••••.•••.••• buổi tối"
    assert raw["cccd"] == "…"
    assert raw["household"] == record["household"]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("hẹn 21/11/2026 lúc 17 giờ", "hẹn 21/11/2026 lúc 17 giờ"),
        ("038/095/012/345", "•••/•••/•••/•••"),
        ("số 0​9​1​2​3​4​5​6​7​8", None),
        ("０３８０９５０１２３４５", "••••••••••••"),
        ("", ""),
    ],
)
def test_masking_leaves_no_number_behind(text, masked):
    done = mask_numbers(text)

    assert masked is None or done == masked
    assert mask_numbers(done) == done
    assert not any(letter.isdigit() for letter in done) or done == text


def test_anything_that_json_can_hold_can_be_written_down():
    deep = "x"
    for _ in range(400):
        deep = [deep]

    for record in (deep, {"a": 1e308, "b": -(10**5000), "c": True, "d": "\0\ud800"}, {"\0": None}, [], ""):
        assert raw_record(record).text.isascii()
        assert raw_record(record) == raw_record(record)


def test_drafts_are_handed_over_too_and_are_no_visits_yet(lost, make, hamlet, session, leader):
    half = make.visit_record(make.household(hamlet)) | {"note": "Bác đang kể dở"}
    del half["outcome"]
    whole = make.visit_record(make.household(hamlet))
    lost(drafts=[half, whole], pending=0)
    lost(drafts=[half, whole], pending=0)

    rows = held(session)
    assert [(row.why, row.problems) for row in rows] == [
        ("draft", {"outcome": "missing"}),
        ("draft", {"record": "not_finished"}),
    ]
    page = leader.open(LIST)
    assert "Đang ghi dở trên máy đã bị ngắt" in page
    assert "Bác đang kể dở" in leader.open(f"{LIST}/{rows[0].id}")


def test_drafts_of_a_phone_that_is_let_in_are_not_looked_at(visitor, member, make, hamlet, session):
    body = {"batch": str(uuid4()), "device": str(PHONE), "pending": 0, "visits": [], "drafts": [{"note": "của riêng"}]}

    assert visitor.client.post("/api/v1/visits", json=body).status_code == 200
    assert held(session) == []


def test_the_page_of_the_phone_says_what_was_received_and_what_is_missing(lost, make, hamlet, session, leader):
    good = make.visit_record(make.household(hamlet))
    for signed_in in (True, False):
        lost(good, good | {"id": "?"}, {"note": "hỏng"}, pending=5, signed_in=signed_in)
    lost(drafts=[{"household": good["household"]}], pending=5)

    assert session.scalars(select(Device.pending_reported)).one() == 2
    page = leader.open(f"/quan-ly/may/{PHONE}")
    assert "còn 2 phiếu chưa gửi" in page
    assert "3 phiếu, 1 bản đang ghi dở; 4 còn chờ người xem" in page


def test_a_phone_that_forgets_what_was_received_says_anew_what_it_holds(lost, make, hamlet, session):
    records = [make.visit_record(make.household(hamlet)) for _ in range(4)]

    lost(*records[:3], pending=4, parting=True)
    assert session.scalars(select(Device.pending_reported)).one() == 1
    lost(records[3], pending=1, parting=True)
    lost(drafts=[{"note": "dở"}], pending=0, parting=True)
    assert session.scalars(select(Device.pending_reported)).one() == 0


def test_a_phone_hands_over_so_many_records_and_the_rest_counts_as_missing(lost, session, monkeypatch):
    monkeypatch.setattr(handing_over, "MOST_HELD", 3)
    lost(*({"note": str(number)} for number in range(5)))
    lost(*({"note": str(number)} for number in range(5)), signed_in=False)

    assert len(held(session)) == 3
    assert session.scalars(select(Device.pending_reported)).one() == 2


def test_a_newer_form_is_held_and_not_refused_and_holds_back_no_other(visitor, member, make, hamlet, session, now):
    known, newer = (make.visit_record(make.household(hamlet)) for _ in range(2))
    newer |= {"form_version": 2, "help_minutes": 25}
    body = {"batch": str(uuid4()), "device": str(PHONE), "pending": 2, "visits": [newer, known]}

    for outcomes in (["held", "stored"], ["held", "already_stored"]):
        results = visitor.client.post("/api/v1/visits", json=body).json["results"]
        assert [result["outcome"] for result in results] == outcomes
    assert results[0]["problems"] == {"form_version": "not_known_yet"}
    (row,) = held(session)
    assert read_raw(row.raw) == newer
    assert row.why == "newer_form"
    # The phone is rid of both.
    assert session.scalars(select(Device.pending_reported)).one() == 0


@pytest.mark.parametrize("version", ["2", 0, -1, True, None, 1.5])
def test_a_version_that_is_no_newer_one_is_judged_as_ever(visitor, member, make, hamlet, session, now, version):
    record = make.visit_record(make.household(hamlet)) | {"form_version": version}
    body = {"batch": str(uuid4()), "device": str(PHONE), "pending": 1, "visits": [record]}

    (result,) = visitor.client.post("/api/v1/visits", json=body).json["results"]

    assert result["outcome"] in {"rejected", "stored"}
    assert held(session) == []


def test_what_a_file_brings_and_the_rules_refuse_waits_to_be_mended(member, make, hamlet, session, leader, now, app):
    kinds = [record for record, _ in every_kind(make, hamlet) if record != 10**400]
    good = make.visit_record(make.household(hamlet))
    content = json.dumps({"member": member.name, "device": str(PHONE), "visits": [good, *kinds]}).encode()
    officer = Visitor(app)
    officer.sign_in(make.person(role=Role.COMMUNE_OFFICER, area=make.commune()).name)

    for new in (1, 0):
        page = officer.client.post("/quan-ly/may/nhap-phieu", data={"file": (io.BytesIO(content), "phieu.json")})
        assert page.status_code == 200
        assert "chờ người sửa" in page.text
        assert session.scalar(select(func.count()).select_from(Visit)) == 1, new
    assert len(held(session)) == len(kinds)
    assert {row.why for row in held(session)} == {"from_file", "newer_form"}


def test_what_is_wrong_is_told_in_words_field_by_field_and_mended(lost, make, hamlet, session, leader, now):
    record = make.visit_record(make.household(hamlet), note="Gọi 0912345678", next_visit_on="2020-01-01")
    lost(record)
    (row,) = held(session)

    page = leader.open(f"{LIST}/{row.id}")
    assert "Ngày hẹn:" in page
    assert "Ngày hẹn phải từ hôm thăm trở đi." in page
    assert "Ghi chú:" in page
    form = leader.open(f"{LIST}/{row.id}/sua")
    assert "Ngày hẹn phải từ hôm thăm trở đi." in form
    assert "Gọi ••••••••••" in form
    answers = {"outcome": record["outcome"], "started_at": "2026-11-21T08:30", "note": "Gọi con gái bác"}
    action = f"{LIST}/{row.id}/sua?ho={record['household']}"
    leader.send(action, expect=422, **answers, next_visit_on="2020-01-01")
    assert session.scalar(select(func.count()).select_from(Visit)) == 0
    leader.send(action, **answers, next_visit_on="2026-12-01")

    session.expire_all()
    visit = session.scalars(select(Visit)).one()
    assert (str(visit.id), visit.member_id, visit.device) == (record["id"], row.member_id, PHONE)
    assert (visit.note, visit.input_type) == ("Gọi con gái bác", "phone")
    (row,) = held(session)
    assert (row.settlement, row.taken_as) == ("mended", visit.id)
    assert "Đã sửa và ghi vào sổ" in leader.open(f"{LIST}/{row.id}")
    assert "Không có phiếu nào chờ xem" in leader.open(LIST)
    assert recount(session, NATION, now=now) == []
    # Sent again, by whatever door, it changes nothing.
    lost(record)
    assert len(held(session)) == 1


def test_a_visit_of_no_known_household_is_given_one(lost, make, hamlet, session, leader, now):
    household = make.household(hamlet)
    record = make.visit_record(household) | {"household": str(uuid4())}
    lost(record)
    (row,) = held(session)

    assert "Phiếu này của hộ nào?" in leader.open(f"{LIST}/{row.id}/sua")
    for query in (f"thon={hamlet.code}&ma=khong-co", "thon=&ma=1", f"thon={hamlet.code}&ma="):
        leader.open(f"{LIST}/{row.id}/sua?{query}", expect=422)
    leader.open(f"{LIST}/{row.id}/sua?ho=x", expect=404)
    chosen = leader.open(f"{LIST}/{row.id}/sua?thon={hamlet.code}&ma={household.short_code}")
    assert household.short_code in chosen.heading
    leader.send(f"{LIST}/{row.id}/sua?ho={household.id}", outcome=record["outcome"], started_at="2026-11-21T08:30")

    assert session.scalars(select(Visit.household_id)).one() == household.id


def test_a_clock_that_was_wrong_is_put_right_in_the_form(lost, make, hamlet, session, leader, now):
    """The phone's clock stood at 1970 and said so: the form shows the true hour."""
    household = make.household(hamlet)
    record = make.visit_record(household) | {"started_at": "1970-01-01T09:00:00+07:00", "mood": 1}
    lost(record, sent_at="1970-01-01T13:00:00+07:00")
    (row,) = held(session)

    assert 'value="2026-11-21T08:00"' in leader.open(f"{LIST}/{row.id}/sua").html
    leader.send(f"{LIST}/{row.id}/sua?ho={household.id}", outcome=record["outcome"], started_at="2026-11-21T08:00")

    assert str(session.scalars(select(Visit.visited_on)).one()) == "2026-11-21"


def test_a_record_of_a_visit_that_counts_already_becomes_its_correction(lost, make, hamlet, session, leader, now):
    household = make.household(hamlet)
    kept = make.visit(household, "not_home")
    lost(make.visit_record(household, id=kept.id, next_visit_on="2020-01-01"))
    (row,) = held(session)

    leader.send(f"{LIST}/{row.id}/sua?ho={household.id}", outcome="met_done", started_at="2026-11-21T08:30")

    session.expire_all()
    assert session.get_one(Visit, held(session)[0].taken_as).supersedes == kept.id
    assert recount(session, NATION, now=now) == []


def test_set_aside_only_with_a_reason_and_never_deleted(lost, make, hamlet, session, leader, now):
    lost({"note": "bấm thử"})
    (row,) = held(session)
    address = f"{LIST}/{row.id}/de-rieng"

    leader.send(f"{LIST}/{row.id}", expect=422, settlement="taken_as_well")
    leader.send(address, expect=422)
    leader.send(address, expect=422, reason="   ")
    leader.send(address, expect=422, reason="x" * 201)
    leader.send(address, expect=422, reason="số 038095012345")
    leader.send(address, reason="Bấm thử khi tập huấn")

    session.expire_all()
    (row,) = held(session)
    assert (row.settlement, row.reason) == ("left_out", "Bấm thử khi tập huấn")
    page = leader.open(f"{LIST}/{row.id}")
    assert "Bấm thử khi tập huấn" in page
    assert "bấm thử" in page
    assert session.scalars(select(AuditEntry.act).where(AuditEntry.act == "settle_visit")).all() == ["settle_visit"]
    # A second choice changes nothing.
    leader.send(address, reason="Khác")
    assert held(session)[0].reason == "Bấm thử khi tập huấn"


def test_every_kind_can_be_looked_at_and_opened_for_mending(lost, make, hamlet, session, leader):
    lost(*(record for record, _ in every_kind(make, hamlet)))

    leader.open(LIST)
    for row in held(session):
        page = leader.open(f"{LIST}/{row.id}")
        for name, code in row.problems.items():
            assert code not in page.text, (name, code)
        leader.open(f"{LIST}/{row.id}/sua")


def test_only_those_it_concerns_see_it(lost, make, hamlet, session, app):
    # Of a household elsewhere: not they, but those who answer for the member look at it.
    other = make.hamlet()
    lost(make.visit_record(make.household(other)))
    (row,) = held(session)

    assert row.hamlet_code == hamlet.code
    stranger = Visitor(app)
    stranger.sign_in(make.person(role=Role.TEAM_LEADER, area=other).name)
    for address in (f"{LIST}/{row.id}", f"{LIST}/{row.id}/sua"):
        stranger.open(address, expect=404)
    stranger.send(f"{LIST}/{row.id}/de-rieng", expect=404, reason="x")
    stranger.send(f"{LIST}/{row.id}/sua?ho={uuid4()}", expect=404)


def test_an_ordinary_held_visit_has_no_form_and_no_reason(lost, make, hamlet, session, leader):
    lost(make.visit_record(make.household(hamlet)))
    (row,) = held(session)

    leader.open(f"{LIST}/{row.id}/sua", expect=404)
    leader.send(f"{LIST}/{row.id}/de-rieng", expect=404, reason="x")
