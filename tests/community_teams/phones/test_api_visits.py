"""The door that phones send visits to: once, whole, and with an answer for each."""

import gzip
import json
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from community_teams.domain import visits as rules
from community_teams.models import Device, HamletTotal, HeldVisit, Household, Issue, Visit, VisitPerson, WhyHeld
from community_teams.services import recording
from community_teams.services.recounting import recount
from community_teams.services.visit_rows import visit_row
from foundation.accounts.domain.roles import Role
from foundation.areas.domain.scope import NATION

AGREED = {"level": "code", "text_version": "2026-11", "how": "spoken"}
PHONE = str(uuid4())


@pytest.fixture
def hamlet(make):
    return make.hamlet()


@pytest.fixture
def member(make, hamlet):
    return make.person("to-vien-mau", area=hamlet)


@pytest.fixture
def phone(visitor, member, now):
    """Sends visits as the member; gives the answer's JSON."""
    visitor.sign_in(member.name)

    def send(*visits, expect=200, **more):
        batch = {"batch": str(uuid4()), "device": PHONE, "pending": len(visits), "visits": list(visits), **more}
        answer = visitor.client.post("/api/v1/visits", json=batch)
        assert answer.status_code == expect, answer.text
        if expect == 200:
            assert answer.json["batch"] == batch["batch"]
        return answer.json

    send.client = visitor.client
    return send


def outcomes(answer):
    return [result["outcome"] for result in answer["results"]]


def count(session, model):
    session.expire_all()
    return session.scalar(select(func.count()).select_from(model))


def test_a_batch_is_answered_in_the_order_sent(phone, make, hamlet, session):
    good = make.visit_record(make.household(hamlet))
    twin = make.visit_record(make.household(hamlet), "not_home")
    elsewhere = make.visit_record(make.household(make.hamlet()))
    faulty = make.visit_record(make.household(hamlet), "danced")

    answer = phone(good, elsewhere, faulty, twin, good, "không phải phiếu", {"id": 7})

    assert [(result["outcome"], result["problems"]) for result in answer["results"]] == [
        ("stored", {}),
        ("rejected", {"household": "not_in_your_area"}),
        ("rejected", {"outcome": "not_a_choice"}),
        ("stored", {}),
        ("already_stored", {}),
        ("rejected", {"record": "not_understood"}),
        (
            "rejected",
            {
                "id": "not_an_id",
                "household": "missing",
                "outcome": "missing",
                "started_at": "missing",
                "form_version": "missing",
            },
        ),
    ]
    assert [result["id"] for result in answer["results"][:5]] == [
        each["id"] for each in (good, elsewhere, faulty, twin, good)
    ]
    assert count(session, Visit) == 2
    assert recount(session, NATION, now=rules_now()) == []


def rules_now():
    return datetime.fromisoformat("2026-11-21T12:00:00+07:00")


def test_everything_a_visit_tells_is_kept(phone, make, hamlet, session):
    told = make.visit_record(
        make.household(hamlet),
        consent=AGREED,
        people=[{"age_band": "60-69", "skills": {"wifi": 2, "otp_secret": None}}, {"vneid_level": "level1"}],
        issues=[{"type": "signal", "level": "carrier", "note": "Sau nhà"}],
        devices={"smart": 0},
        network={"viettel": "weak"},
        next_visit_on="2026-12-01",
        app_version="1.0.0",
    )

    assert outcomes(phone(told, app_version="1.0.0", storage="persisted", pending=3)) == ["stored"]

    visit = session.scalars(select(Visit)).one()
    assert (visit.phones_smart, visit.phones_basic, str(visit.device)) == (0, None, PHONE)
    assert [person.skills for person in visit.people] == [{"wifi": 2}, None]
    assert [(issue.type, issue.note, issue.status) for issue in visit.issues] == [("signal", "Sau nhà", "new")]
    device = session.scalars(select(Device)).one()
    assert (device.pending_reported, device.app_version, device.storage) == (2, "1.0.0", "persisted")


def test_the_same_batch_again_changes_nothing(phone, make, hamlet, session):
    told = [make.visit_record(make.household(hamlet), consent=AGREED, people=[{"sex": "female"}]) for _ in range(3)]

    assert outcomes(phone(*told)) == ["stored"] * 3
    assert outcomes(phone(*reversed(told))) == ["already_stored"] * 3

    assert (count(session, Visit), count(session, VisitPerson), count(session, HeldVisit)) == (3, 3, 0)
    assert session.get_one(HamletTotal, hamlet.code).met_done == 3


def test_other_content_under_the_same_id_is_held_beside_what_is_kept(phone, make, hamlet, session):
    told = make.visit_record(make.household(hamlet))
    phone(told)
    other = told | {"note": "Bác hẹn tuần sau."}

    for _ in range(2):
        assert phone(other)["results"][0] == {
            "id": told["id"],
            "outcome": "conflict",
            "problems": {"id": "visit_id_taken"},
        }

    held = session.scalars(select(HeldVisit)).one()
    assert (held.why, held.record["note"], held.hamlet_code) == (
        WhyHeld.VISIT_ID_TAKEN,
        "Bác hẹn tuần sau.",
        hamlet.code,
    )
    assert session.scalars(select(Visit.note)).one() == ""


def test_twice_in_one_batch_the_second_is_known_or_a_conflict(phone, make, hamlet, session):
    told = make.visit_record(make.household(hamlet))

    assert outcomes(phone(told, told, told | {"note": "khác"})) == ["stored", "already_stored", "conflict"]
    assert (count(session, Visit), count(session, HeldVisit)) == (1, 1)


def test_an_edit_supersedes_and_what_it_corrects_stays(phone, make, hamlet, session):
    wrong = make.visit_record(make.household(hamlet))
    right = make.visit_record(session.scalars(select(Household)).one(), "not_home", supersedes=wrong["id"])
    again = make.visit_record(session.scalars(select(Household)).one(), "refused", supersedes=right["id"])
    late = make.visit_record(session.scalars(select(Household)).one(), "moved", supersedes=wrong["id"])

    assert outcomes(phone(wrong, right)) == ["stored", "stored"]
    assert outcomes(phone(again, late)) == ["stored", "conflict"]

    total = session.get_one(HamletTotal, hamlet.code)
    session.refresh(total)
    assert (total.met_done, total.not_home, total.refused, total.moved) == (0, 0, 1, 0)
    assert count(session, Visit) == 3
    assert session.scalars(select(HeldVisit.why)).one() is WhyHeld.ALREADY_CORRECTED
    assert recount(session, NATION, now=rules_now()) == []


def test_an_old_form_is_told_so(phone, make, hamlet, monkeypatch):
    monkeypatch.setattr(rules, "OLDEST_FORM_VERSION", 2)
    told = make.visit_record(make.household(hamlet))

    assert phone(told)["results"][0]["problems"] == {"form_version": "too_old"}


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("note", "CCCD 012345678901", "identity_number"),
        ("note", "x" * 3_000_000, "too_long"),
        ("note", "\ud83d", "control_character"),
        ("note", "a\u0000b", "control_character"),
        ("started_at", "0001-01-01T00:00:00+14:00", "too_long_ago"),
        ("started_at", "9999-12-31T23:59:59-14:00", "in_the_future"),
        ("trip_saved_km", 10**30, "out_of_range"),
        ("form_version", 0, "too_old"),
    ],
)
def test_one_bad_answer_rejects_its_visit_and_holds_no_other_back(phone, make, hamlet, session, field, value, code):
    bad = make.visit_record(make.household(hamlet)) | {field: value}
    good = make.visit_record(make.household(hamlet))

    answer = phone(bad, good)

    assert outcomes(answer) == ["rejected", "stored"]
    assert answer["results"][0]["problems"] == {field: code}
    assert count(session, Visit) == 1


def test_halves_of_letters_come_back_as_nothing(phone, make, hamlet):
    bad = make.visit_record(make.household(hamlet)) | {"id": "\ud800", "\udc00": 1}

    (result,) = phone(bad)["results"]

    assert (result["id"], result["outcome"]) == (None, "rejected")
    assert result["problems"] == {"record": "control_character"}


def test_a_visit_that_the_database_refuses_holds_back_no_other(phone, make, hamlet, session, monkeypatch, caplog):
    good, bad = (make.visit_record(make.household(hamlet)) for _ in range(2))

    def nowhere(recorded, **told):
        row = visit_row(recorded, **told)
        return row | {"hamlet_code": "khong-co"} if str(row["id"]) == bad["id"] else row

    with monkeypatch.context() as broken:
        broken.setattr(recording, "visit_row", nowhere)
        answer = phone(bad, good)

    assert outcomes(answer) == ["rejected", "stored"]
    assert answer["results"][0]["problems"] == {"record": "could_not_be_kept"}
    assert count(session, Visit) == 1
    assert recount(session, NATION, now=datetime.fromisoformat("2026-11-21T12:00:00+07:00")) == []
    # Nothing that was told about the family stands in the log.
    assert bad["household"].replace("-", "") not in caplog.text.replace("-", "")

    assert outcomes(phone(bad, good)) == ["stored", "already_stored"]


# The phone's clock.


def test_a_phone_whose_clock_is_a_day_ahead_counts_on_the_day_it_really_was(phone, make, hamlet, session, now):
    ahead = timedelta(days=1)
    told = make.visit_record(make.household(hamlet), started_at=now + ahead - timedelta(hours=2))

    assert outcomes(phone(told, sent_at=(now + ahead).isoformat())) == ["stored"]

    visit = session.scalars(select(Visit)).one()
    assert (visit.visited_on, visit.clock_offset) == (date(2026, 11, 21), 86_400)


def test_a_phone_that_forgot_the_year_is_understood(phone, make, hamlet, session):
    told = make.visit_record(make.household(hamlet)) | {"started_at": "1970-01-01T00:10:00Z"}

    assert outcomes(phone(told)) == ["rejected"]
    assert outcomes(phone(told, sent_at="1970-01-01T03:10:00Z")) == ["stored"]
    assert session.scalars(select(Visit.visited_on)).one() == date(2026, 11, 21)


def test_a_slow_line_is_no_wrong_clock(phone, make, hamlet, session, now):
    late = make.visit_record(make.household(hamlet), started_at=datetime.fromisoformat("2026-11-20T23:58:00+07:00"))

    phone(late, sent_at=(now - timedelta(minutes=5)).isoformat())

    assert session.scalars(select(Visit.visited_on)).one() == date(2026, 11, 20)


@pytest.mark.parametrize("sent_at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_clock_beyond_belief_is_not_judged_with(phone, make, hamlet, session, sent_at):
    assert outcomes(phone(make.visit_record(make.household(hamlet)), sent_at=sent_at)) == ["stored"]
    assert session.scalars(select(Visit.clock_offset)).one() is None


# Sent again because the answer was lost: what is here is answered as it was, before it is judged anew.


@pytest.mark.parametrize("days", [1, 400, -20_000])
def test_a_stored_visit_is_known_again_after_the_phones_clock_was_set(phone, make, hamlet, session, now, days):
    off = timedelta(days=days)
    told = make.visit_record(make.household(hamlet), started_at=now + off - timedelta(hours=2))
    assert outcomes(phone(told, sent_at=(now + off).isoformat())) == ["stored"]

    assert outcomes(phone(told, sent_at=now.isoformat())) == ["already_stored"]
    assert count(session, Visit) == 1
    # Other content, and a visit never sent, are judged as ever.
    changed, other = told | {"note": "khác"}, told | {"id": str(uuid4())}
    assert outcomes(phone(changed, other, sent_at=now.isoformat())) == ["rejected", "rejected"]


def test_a_stored_visit_is_known_again_when_its_form_has_become_too_old(phone, make, hamlet, session, monkeypatch):
    told = make.visit_record(make.household(hamlet))
    assert outcomes(phone(told)) == ["stored"]
    monkeypatch.setattr(rules, "FORM_VERSION", 3)
    monkeypatch.setattr(rules, "OLDEST_FORM_VERSION", 2)

    assert outcomes(phone(told, told | {"id": str(uuid4())})) == ["already_stored", "rejected"]


def test_a_stored_visit_is_known_again_when_its_hamlet_is_out_of_reach(phone, member, make, hamlet, session, now):
    told = make.visit_record(make.household(hamlet))
    assert outcomes(phone(told)) == ["stored"]
    member.holdings[0].valid_from = member.holdings[0].valid_to = date(2024, 1, 1)
    session.commit()

    assert outcomes(phone(told, told | {"id": str(uuid4())})) == ["already_stored", "rejected"]


@pytest.mark.parametrize("later", ["clock", "reach"])
def test_a_conflict_is_told_again_as_a_conflict(phone, member, make, hamlet, session, now, later):
    ahead = timedelta(days=1)
    first = make.visit_record(make.household(hamlet), started_at=now + ahead - timedelta(hours=2))
    second, sent_at = first | {"note": "khác"}, (now + ahead).isoformat()
    assert outcomes(phone(first, second, sent_at=sent_at)) == ["stored", "conflict"]
    if later == "clock":
        sent_at = now.isoformat()
    else:
        member.holdings[0].valid_from = member.holdings[0].valid_to = date(2024, 1, 1)
        session.commit()

    answer = phone(second, sent_at=sent_at)

    assert [(each["outcome"], each["problems"]) for each in answer["results"]] == [
        ("conflict", {"id": "visit_id_taken"})
    ]
    session.scalars(select(HeldVisit)).one().settled_at = now
    session.commit()
    assert outcomes(phone(second, sent_at=sent_at)) == ["already_stored"]


# Who may.


def test_waiting_visits_outlive_a_changed_assignment(phone, member, make, hamlet, session):
    household = make.household(hamlet)
    (held,) = member.holdings
    held.valid_to = date(2026, 11, 20)
    member.holdings.append(make.holding(Role.VISITOR, make.hamlet(), valid_from=date(2026, 11, 21)))
    session.commit()
    then = make.visit_record(household, started_at=datetime.fromisoformat("2026-11-20T16:00:00+07:00"))
    now = make.visit_record(household)
    new = make.visit_record(make.household(session.get(type(hamlet), member.holdings[-1].area_path.split("/")[-2])))

    assert outcomes(phone(then, now, new)) == ["stored", "rejected", "stored"]


def test_whoever_has_no_role_any_more_may_still_send_what_waited(phone, member, make, hamlet, session):
    member.holdings[0].valid_to = date(2026, 11, 20)
    session.commit()
    then = make.visit_record(make.household(hamlet), started_at=datetime.fromisoformat("2026-11-20T16:00:00+07:00"))

    assert outcomes(phone(then, make.visit_record(make.household(hamlet)))) == ["stored", "rejected"]


def test_a_stranger_is_asked_to_sign_in(visitor):
    answer = visitor.client.post("/api/v1/visits", json={})

    assert (answer.status_code, answer.json["code"], answer.mimetype) == (
        401,
        "not_signed_in",
        "application/problem+json",
    )


def test_a_phone_that_was_cut_off_is_told_so_and_what_it_sends_is_held(phone, make, hamlet, session):
    told, elsewhere = make.visit_record(make.household(hamlet)), make.visit_record(make.household(make.hamlet()))
    phone()
    session.scalars(select(Device)).one().cut_off_at = rules_now()
    session.commit()

    for _ in range(2):
        assert phone(told, elsewhere, "?", expect=403)["code"] == "device_cut_off"

    assert count(session, Visit) == 0
    held = session.scalars(select(HeldVisit).order_by(HeldVisit.id)).all()
    assert {each.why for each in held} == {WhyHeld.DEVICE_CUT_OFF}
    assert [str(each.visit_id) for each in held[:2]] == [told["id"], elsewhere["id"]]
    assert [each.problems for each in held] == [{}, {"household": "not_in_your_area"}, {"record": "not_understood"}]


# What is wrong with a whole batch.


@pytest.fixture
def refused(phone, session):
    """Sends bytes as they are; gives status and code, and proves that nothing was kept."""

    def send(body, status, **headers):
        answer = phone.client.post("/api/v1/visits", data=body, headers={"Content-Type": "application/json"} | headers)
        assert answer.status_code == status, answer.text
        assert answer.mimetype == "application/problem+json"
        assert count(session, Visit) == 0
        return answer.json["code"]

    return send


def test_gzip_is_taken(phone, make, hamlet):
    batch = {
        "batch": str(uuid4()),
        "device": PHONE,
        "pending": 1,
        "visits": [make.visit_record(make.household(hamlet))],
    }
    packed = gzip.compress(json.dumps(batch).encode())

    answer = phone.client.post(
        "/api/v1/visits", data=packed, headers={"Content-Type": "application/json", "Content-Encoding": "gzip"}
    )

    assert outcomes(answer.json) == ["stored"]


def test_a_body_that_is_no_batch_is_refused_with_a_code(refused):
    assert refused(b'{"batch": "cut of', 400) == "bad_json"
    assert refused(b"[" * 10_000 + b"]" * 10_000, 400) == "bad_json"
    assert refused(b'{"pending": ' + b"9" * 5_000 + b"}", 400) == "bad_json"
    assert refused(b"\xff\x00", 400) == "bad_json"
    assert refused(gzip.compress(b"{}")[:-4], 400, **{"Content-Encoding": "gzip"}) == "bad_gzip"
    assert refused(gzip.compress(bytes(100_000_000)), 413, **{"Content-Encoding": "gzip"}) == "too_large"
    assert refused(b" " * 5_000_000, 413) == "too_large"
    assert refused(b"{}", 415, **{"Content-Encoding": "br"}) == "unknown_encoding"
    for body in (b"{}", b"[]", b"null", b'"visits"', b"7"):
        assert refused(body, 422) == "invalid"


def test_too_many_visits_at_once_are_refused_whole(refused):
    batch = {"batch": str(uuid4()), "device": PHONE, "pending": 0, "visits": []}

    assert refused(json.dumps(batch | {"visits": [{}] * 10_000}), 413) == "too_many_visits"
    assert refused(json.dumps(batch | {"visits": [{}] * 201}), 413) == "too_many_visits"
    assert refused(json.dumps(batch | {"visits": {}}), 422) == "invalid"
    assert refused(json.dumps(batch | {"pending": -1}), 422) == "invalid"
    assert refused(json.dumps(batch | {"device": "mine"}), 422) == "invalid"


def test_another_province_learns_nothing(phone, make, session):
    elsewhere = make.hamlet(make.commune("00001", province=make.province("01", "Hà Nội")))
    known, unknown = make.visit_record(make.household(elsewhere)), make.visit_record(make.household(elsewhere))
    unknown["household"] = str(uuid4())

    results = phone(known, unknown)["results"]

    assert [result["problems"] for result in results] == [{"household": "not_in_your_area"}] * 2
    assert (count(session, Visit), count(session, Issue), count(session, HeldVisit)) == (0, 0, 0)
