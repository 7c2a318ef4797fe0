"""What a teacher may not do to somebody whose card code they know, and what is written of all they do."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from uuid_utils.compat import uuid7

from foundation.accounts.domain.roles import Role
from foundation.accounts.models import AuditEntry
from foundation.areas.domain.scope import Scope
from learning.domain.fault_reports import ReportState
from learning.models import Card, Certificate, ClassLearner, FaultReportRow, PhoneLearner
from learning.queries.cards import card_of
from learning.queries.classes import evening_in
from learning.queries.ties import responsible_area, tied_within
from learning.services.card_tries import learner_of_card
from learning.services.cards import change_pictures, make_card, stop_card
from learning.services.class_audit import learner_pseudonym
from learning.services.classes import admit
from tests.learning.test_class_pages import newcomer
from tests.making.accounts import PASSWORD
from tests.visitor import Visitor

KEY = "only for tests"
ORDER = ("trau", "ga", "hoa-ban", "nha-san")
OTHER = ("ga", "trau", "hoa-ban", "nha-san")
ACTS = (
    *("add_to_class", "take_off_class", "give_card", "mark_done_together", "unmark_done_together"),
    *("write_letter_names", "issue_class_letter"),
)


@pytest.fixture
def course(teach, make):
    return teach(make.course(lessons=(make.lesson(id="mot"), make.lesson(id="hai"))))


@pytest.fixture
def open_class(app, make, course, now):
    """A teacher of a hamlet, signed in, with a class: (visitor, address of the class)."""

    def begin(name, hamlet):
        make.person(name, area=hamlet)
        teacher = Visitor(app)
        teacher.sign_in(name)
        form = {"form": str(uuid7()), "area": hamlet.path, "course": course.id, "held_on": "2026-11-21"}
        page = teacher.send("/lop-hoc/moi", teacher="Vi Thị Mẫu", **form)
        return teacher, page.response.request.path

    return begin


@pytest.fixture
def home(make):
    return make.hamlet(name="Nhà")


@pytest.fixture
def far(make):
    return make.hamlet(name="Xa", commune=make.commune("15610", "Mẫu Xa"))


@pytest.fixture
def learner(session, make, course, home, now):
    """Somebody who has finished the course, with a card handed out at home, learning on a phone of their own."""
    made = make.learner(*course.lessons).id
    make_card(session, made, ORDER, key=KEY, made_by="to-vien", area_path=home.path, now=now)
    session.commit()
    return made


@pytest.fixture
def code(session, learner):
    return card_of(session, learner).code


def touch(visitor, address, order):
    """Four pictures, one tap a page."""
    for place, picture in enumerate(order):
        page = visitor.client.post(address, data={"pick": picture, "pin": list(order[:place])}, follow_redirects=True)
    return page


def in_class(session, learner):
    session.expire_all()
    return session.scalars(select(ClassLearner.evening).where(ClassLearner.learner == learner)).all()


def acts(session):
    session.expire_all()
    wanted = select(AuditEntry).where(AuditEntry.act.in_(ACTS)).order_by(AuditEntry.id)
    return [(e.act, e.who, e.what["learner"]) for e in session.scalars(wanted)]


def test_a_code_alone_opens_nothing_to_a_teacher_elsewhere(open_class, far, learner, code, session):
    stranger, there = open_class("tv-xa", far)

    asked = stranger.send(f"{there}/the", ma=code)

    assert asked.heading == "Chạm hình thứ nhất"
    assert in_class(session, learner) == []
    for page in (f"{there}/nguoi/{learner}", f"{there}/nguoi/{learner}/the"):
        stranger.open(page, expect=404)
    for way in ("the", "bo"):
        stranger.client.post(f"{there}/nguoi/{learner}/{way}", data={"pick": "trau"})
    stranger.send(f"{there}/bai/mot", done=str(learner))
    assert acts(session) == []


def test_the_owner_comes_in_with_their_pictures_and_stays_the_owner(open_class, far, learner, code, session):
    stranger, there = open_class("tv-xa", far)
    stranger.send(f"{there}/the", ma=code)
    door = f"{there}/the/{code}"

    assert "Bốn hình chưa đúng" in touch(stranger, door, OTHER).text
    assert in_class(session, learner) == []
    assert "Lớp có 1 người" in touch(stranger, door, ORDER).text
    assert len(in_class(session, learner)) == 1
    assert "cuoc-goi" not in stranger.open(f"{there}/nguoi/{learner}")

    # Known there now; but their card stays theirs.
    way = f"{there}/nguoi/{learner}/the"
    refused = stranger.open(way, expect=403)
    assert "Người này đã có thẻ học của riêng mình" in refused
    for order in (OTHER, OTHER):
        stranger.client.post(way, data={"pin": list(order), "again": list(order)})
    assert learner_of_card(session, code, ORDER, key=KEY) == learner
    assert learner_of_card(session, code, OTHER, key=KEY) is None
    assert acts(session) == [("add_to_class", "tv-xa", learner_pseudonym(learner))]


@pytest.fixture
def admitted_by_code(open_class, far, learner, session, now):
    """A teacher elsewhere whose class has the learner on its list, as the code alone once made possible."""
    stranger, there = open_class("tv-xa", far)
    evening = evening_in(session, scope_of(""), UUID(there.rpartition("/")[2]))
    admit(session, evening, learner, who="tv-xa", now=now)
    session.commit()
    return stranger, there


@pytest.mark.parametrize("stopped", [False, True])
def test_who_was_admitted_by_code_keeps_their_card_at_every_door(
    admitted_by_code, learner, code, course, session, now, stopped
):
    """A class elsewhere ties its teacher to the learner. That opens the class's list and nothing of the card."""
    stranger, there = admitted_by_code
    if stopped:
        stop_card(session, learner, now=now)
    session.add(Card(code="ABCDEFGHJK", made_by="tv-xa", made_at=now, area_path="01/"))
    session.commit()
    person, phone = f"{there}/nguoi/{learner}", Visitor(stranger.client.application)
    new = {"pin": list(OTHER), "again": list(OTHER)}
    again = {"form": str(learner), "nickname": "Bà", "age_band": "from_14"}

    doors = [stranger.client.post(f"{person}/the{query}", data=new) for query in ("", "?ma=ABCDEFGHJK")]
    # Put on the list anew, as somebody who has never learned here.
    stranger.client.post(f"{person}/bo")
    stranger.client.post(f"{there}/nguoi-moi", data=again)
    doors.append(stranger.client.post(f"{person}/the", data=new))
    # Brought in a second time by the code.
    stranger.send(f"{there}/the", ma=code, expect=422 if stopped else 200)
    doors.append(stranger.client.post(f"{person}/the", data=new))
    for one in (stranger, phone):  # a phone that has the learner changes the card's pictures
        one.client.post("/ngoi-canh", data={"learner": str(learner)})
        one.client.post("/toi/doi", data={"learner": str(learner)})
        sent = {"batch": str(uuid4()), "answers": [], "learners": [{"id": str(learner), "nickname": "Bà"}]}
        answer = one.client.post("/api/v1/answers", json=sent).json
        assert answer["learners"] == [
            {"id": str(learner), "outcome": "rejected", "problems": {"id": "not_on_this_phone"}}
        ]
        one.client.post("/toi/the/hinh", data=new)

    assert {each.status_code for each in doors} <= {403, 404}
    session.expire_all()
    assert session.scalars(select(PhoneLearner).where(PhoneLearner.learner == learner)).one()
    for each in (code, "ABCDEFGHJK"):
        assert learner_of_card(session, each, OTHER, key=KEY) is None
    assert learner_of_card(session, code, ORDER, key=KEY) == (None if stopped else learner)


def test_wrong_pictures_at_the_door_count_as_everywhere(open_class, far, learner, code, session):
    stranger, there = open_class("tv-xa", far)
    for _ in range(5):
        last = touch(stranger, f"{there}/the/{code}", OTHER)

    assert last.status_code == 429
    assert "đang nghỉ" in last.text
    assert touch(stranger, f"{there}/the/{code}", ORDER).status_code == 429
    assert in_class(session, learner) == []


def test_who_has_given_up_a_card_gets_none_from_a_teacher(open_class, home, learner, code, session, now):
    teacher, there = open_class("tv-nha", home)
    assert "Lớp có 1 người" in teacher.send(f"{there}/the", ma=code)
    stop_card(session, learner, now=now)
    session.commit()

    page = teacher.open(f"{there}/nguoi/{learner}/the", expect=403)

    teacher.client.post(f"{there}/nguoi/{learner}/the", data={"pin": list(OTHER), "again": list(OTHER)})
    assert "Làm thẻ mới" not in page.links
    assert card_of(session, learner) is None


def test_a_blank_card_does_not_take_the_place_of_ones_own(open_class, home, learner, code, session, now):
    teacher, there = open_class("tv-nha", home)
    teacher.send(f"{there}/the", ma=code)
    session.add(Card(code="ABCDEFGHJK", made_by="tv-nha", made_at=now, area_path=home.path))
    session.commit()

    answer = teacher.client.post(
        f"{there}/nguoi/{learner}/the?ma=ABCDEFGHJK", data={"pin": list(OTHER), "again": list(OTHER)}
    )

    assert answer.status_code == 403
    assert card_of(session, learner).code == code


def test_a_newcomer_gets_a_card_and_other_pictures_until_they_learn_on_a_phone(
    open_class, home, session, make, learner, now
):
    teacher, there = open_class("tv-nha", home)
    newcomer(teacher, Evening(there))
    [new] = [each for each in session.scalars(select(ClassLearner.learner)) if each != learner]
    way = f"{there}/nguoi/{new}/the"
    for order in (ORDER, OTHER):
        assert teacher.client.post(way, data={"pin": list(order), "again": list(order)}).status_code == 303
    code = card_of(session, new).code
    session.expire_all()
    assert learner_of_card(session, code, OTHER, key=KEY) == new

    phone = Visitor(teacher.client.application)
    assert "Thẻ mở được rồi" in touch(phone, f"/the/{code}", OTHER).text
    assert teacher.client.post(way, data={"pin": list(ORDER), "again": list(ORDER)}).status_code == 403
    session.expire_all()
    assert learner_of_card(session, code, OTHER, key=KEY) == new
    assert [act for act, _, mark in acts(session) if mark == learner_pseudonym(new)] == [
        "add_to_class",
        "give_card",
        "give_card",
    ]


class Evening:
    def __init__(self, address):
        self.id = address.rpartition("/")[2]


def test_everything_a_teacher_does_to_a_learner_is_written_down(open_class, home, learner, code, session):
    teacher, there = open_class("tv-nha", home)
    mark = learner_pseudonym(learner)
    teacher.send(f"{there}/the", ma=code)
    teacher.send(f"{there}/the", ma=code)
    teacher.send(f"{there}/bai/mot", done=str(learner))
    teacher.send(f"{there}/bai/mot", done=str(learner))
    teacher.send(f"{there}/bai/mot", done="")
    teacher.send(f"{there}/nguoi/{learner}/bo")
    teacher.send(f"{there}/nguoi/{learner}/bo")

    assert acts(session) == [
        ("add_to_class", "tv-nha", mark),
        ("mark_done_together", "tv-nha", mark),
        ("unmark_done_together", "tv-nha", mark),
        ("take_off_class", "tv-nha", mark),
    ]
    written = session.scalars(select(AuditEntry)).all()
    assert all(str(learner) not in str(entry.what) and code not in str(entry.what) for entry in written)
    assert {entry.area_path for entry in written if entry.act.startswith("add_to")} == {home.path}


def test_ties_are_those_of_teams_only(session, learner, home, far, make, course, now):
    at_home = make.learner(*course.lessons).id
    make_card(session, at_home, ORDER, key=KEY, now=now)

    assert tied_within(session, learner, scope(home))
    assert not tied_within(session, learner, scope(far))
    assert not tied_within(session, at_home, scope_of(""))
    assert (responsible_area(session, learner, course.id), responsible_area(session, at_home, course.id)) == (
        home.path,
        "",
    )
    change_pictures(session, learner, OTHER, key=KEY)
    assert tied_within(session, learner, scope(home))


def scope(area):
    return scope_of(area.path)


def scope_of(path):
    return Scope((path,))


@pytest.mark.parametrize(("area", "revoked"), [("38/", True), ("01/", False), ("", True)])
def test_a_letter_is_revoked_by_those_of_its_own_area(
    visitor, make, learner, course, session, now, area, revoked, home
):
    letter = make.letter(learner, course)
    assert session.get(Certificate, letter.code).area_path == home.path
    make.person("can-bo", Role.ADMIN, area)
    visitor.client.post("/dang-nhap", data={"name": "can-bo", "password": PASSWORD})
    page = visitor.open(f"/quan-ly/giay-xac-nhan/{letter.code}")

    assert ("Thu hồi giấy này" in page) is revoked
    assert ("Giấy này thuộc nơi khác" in page) is not revoked
    visitor.send(page.address, expect=200 if revoked else 403, reason="misused")
    session.expire_all()
    assert session.get(Certificate, letter.code).status == ("revoked" if revoked else "valid")


@pytest.mark.parametrize(("area", "revoked"), [("38/", False), ("", True)])
def test_a_letter_of_no_area_is_the_nations(visitor, make, course, session, now, area, revoked):
    letter = make.letter(make.learner(*course.lessons).id, course)
    make.person("can-bo", Role.ADMIN, area)
    visitor.client.post("/dang-nhap", data={"name": "can-bo", "password": PASSWORD})

    visitor.send(f"/quan-ly/giay-xac-nhan/{letter.code}", expect=200 if revoked else 403, reason="misused")

    session.expire_all()
    assert session.get(Certificate, letter.code).status == ("revoked" if revoked else "valid")


@pytest.mark.parametrize("role", [Role.CONTENT_EDITOR, Role.ADMIN])
@pytest.mark.parametrize(("area", "settled"), [("38/", False), ("", True)])
def test_what_is_said_of_the_nations_lessons_is_settled_by_the_nations_editors(
    visitor, make, course, session, now, role, area, settled
):
    id_ = uuid7()
    content = {"lesson": "mot", "place": "", "kind": "screen_differs", "note": "", "library": "v", "address": ""}
    session.add(FaultReportRow(id=id_, state=ReportState.NEW, sent_at=now, reply="", handled_by="", **content))
    session.commit()
    make.person("bien-tap", role, area)
    visitor.client.post("/dang-nhap", data={"name": "bien-tap", "password": PASSWORD})
    page = visitor.open("/quan-ly/bai-hoc/mot")

    assert ("Bài học là của chung cả nước" in page) is not settled
    visitor.send(f"/quan-ly/bai-hoc/mot/bao-sai/{id_}", expect=200 if settled else 403, state="mended", reply="Xong")
    session.expire_all()
    assert session.get(FaultReportRow, id_).state is (ReportState.MENDED if settled else ReportState.NEW)


def test_a_class_keeps_who_was_there(open_class, home, session, learner, code):
    teacher, there = open_class("tv-nha", home)
    newcomer(teacher, Evening(there))
    teacher.send(f"{there}/the", ma=code)
    evening = Evening(there)
    rows = session.scalars(select(ClassLearner).order_by(ClassLearner.joined_at)).all()

    assert [row.made_here for row in rows if str(row.evening) == evening.id] in ([True, False], [False, True])
    assert learner in learner_ids_of(session)


def learner_ids_of(session):
    return session.scalars(select(ClassLearner.learner)).all()
