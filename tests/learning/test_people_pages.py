from uuid import uuid4

import pytest
from sqlalchemy import func, select

from foundation.accounts.models import ConsentRecord
from learning.domain.learners import FACES, FaultyNickname, read_nickname
from learning.models import AnswerRow, Learner, Phone, PhoneLearner
from learning.services.learners import add_anonymous_learner
from tests.visitor import Visitor


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("  Bà   Mến ", "Bà Mến"),
        ("", ""),
        ("Cu Tí 2", "Cu Tí 2"),
        ("O\u0302ng Ba", "Ông Ba"),
        ("ꪼꪕ", "ꪼꪕ"),
        ("A'Lả (út)", "A'Lả (út)"),
    ],
)
def test_a_nickname_may_be_what_one_is_called_at_home(typed, shown):
    assert read_nickname(typed) == shown


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("🐃", "nickname_no_letter"),
        ("🐃🐓👵🏽", "nickname_no_letter"),
        ("...", "nickname_no_letter"),
        ("Bà Mến 🐃", "nickname_characters"),
        ("Mến\x00", "nickname_characters"),
        ("Mến\u202e", "nickname_characters"),
        ("<b>Mến</b>", "nickname_characters"),
        ("M" * 31, "nickname_too_long"),
        ("038085001234", "identity_number"),
        ("Mến 0912345678", "phone_number"),
    ],
)
def test_a_nickname_nobody_can_call_or_print_is_refused(typed, code):
    with pytest.raises(FaultyNickname) as faulty:
        read_nickname(typed)
    assert faulty.value.code == code


def test_every_picture_is_drawn_and_named(app, visitor):
    folder = app.extensions["static_files"].folder
    drawn = {file.stem for file in folder.glob("learning/*/faces/*.svg")}

    assert drawn >= set(FACES)
    page = visitor.open("/toi/them")
    for name in ("Con trâu", "Hoa ban", "Nhà sàn", "Ruộng bậc thang", "Cái khèn"):
        assert name in page


@pytest.fixture
def family(visitor, teach, now):
    """Two people on one phone; the second is learning. `.lesson` is the lesson's id."""
    visitor.lesson = teach().lessons[0].id
    visitor.send("/toi/them", nickname="Bà Mến", picture="trau", age_band="from_14")
    visitor.first = visitor.client.get_cookie("hoc-ai").value
    visitor.send("/toi/them", nickname="Ông Ba", picture="nui", age_band="from_14")
    visitor.second = visitor.client.get_cookie("hoc-ai").value
    return visitor


def answers_of(session, learner):
    return session.scalar(select(func.count()).select_from(AnswerRow).where(AnswerRow.learner == learner))


def test_people_on_one_phone_each_have_their_own_progress(family, session):
    family.send(f"/bai-hoc/{family.lesson}/cau-hoi/ai-hoi-otp", given="khong")
    page = family.send("/toi/doi", learner=family.first)
    assert "Đã học 0 trên 1 bài" in page or "Đã học" not in page
    for step, given in (("tap/cuoc-goi", "tat-may"), ("tap/go-ma", "123456"), ("cau-hoi/ai-hoi-otp", "khong")):
        family.send(f"/bai-hoc/{family.lesson}/{step}", given=given)

    assert "Đã học 1 trên 1 bài" in family.open("/toi")
    family.send("/toi/doi", learner=family.second)
    assert "Đã học 1 trên 1 bài" not in family.open("/toi")
    rows = dict(session.execute(select(AnswerRow.learner, func.count()).group_by(AnswerRow.learner)).all())
    assert {str(learner): count for learner, count in rows.items()} == {family.first: 3, family.second: 1}


def test_a_switch_made_by_the_phone_itself_counts(family):
    family.client.set_cookie("hoc-ai", family.first)

    assert family.client.get("/api/v1/learners").json["now"] == family.first


@pytest.mark.parametrize("unknown", ["", "x", "0199e3a0-0000-7000-8000-000000000000", "0" * 4000])
def test_whoever_is_unknown_here_is_the_first(family, unknown):
    family.client.set_cookie("hoc-ai", unknown)

    assert family.client.get("/api/v1/learners").json["now"] == family.first


def test_nobody_takes_the_turn_of_somebody_on_another_phone(family, make):
    stranger = make.learner()

    family.send("/toi/doi", learner=str(stranger.id))

    assert family.client.get("/api/v1/learners").json["now"] == family.second


def test_a_turn_leads_back_where_one_was_and_never_elsewhere(family):
    assert family.send("/toi/doi", learner=family.first, ve="/khoa-hoc").address == "/khoa-hoc"
    assert family.send("/toi/doi", learner=family.first, ve="//evil.example/").address == "/toi"


def test_on_a_shared_phone_pages_say_who_learns(family):
    for address in ("/", f"/bai-hoc/{family.lesson}/xong"):
        assert "Ông Ba" in family.open(address)
    # The lesson itself is the same page for everybody.
    assert "Ông Ba" not in family.open(f"/bai-hoc/{family.lesson}").html


def test_a_phone_of_ones_own_needs_no_names(visitor, teach):
    course = teach()
    visitor.send(f"/bai-hoc/{course.lessons[0].id}/cau-hoi/ai-hoi-otp", given="khong")

    assert "Đang học:" not in visitor.open("/")
    assert "Chưa đặt tên" in visitor.open("/toi")


def test_somebody_gets_a_name_and_keeps_what_they_did(visitor, teach, session):
    course = teach()
    visitor.send(f"/bai-hoc/{course.lessons[0].id}/cau-hoi/ai-hoi-otp", given="khong")

    page = visitor.send("/toi/ten", nickname="Bà Mến", picture="hoa-ban", age_band="from_14")

    assert "Đã lưu" in page
    assert "Bà Mến" in page
    learner = session.scalars(select(Learner)).one()
    assert (learner.nickname, learner.picture) == ("Bà Mến", "hoa-ban")
    assert answers_of(session, learner.id) == 1


def test_a_child_learns_only_with_a_guardian_and_the_words_are_kept(visitor, teach, session, now):
    teach()
    form_data = {"nickname": "Cu Tí", "picture": "ga", "age_band": "under_14"}

    page = visitor.send("/toi/them", expect=422, **form_data)
    assert "bố, mẹ hoặc người giám hộ" in page
    assert "Cu Tí" in page.html
    assert session.scalar(select(func.count()).select_from(Learner)) == 0

    visitor.send("/toi/them", **form_data, guardian_agrees="1")
    child = session.scalars(select(Learner)).one()
    consent = session.scalars(select(ConsentRecord)).one()
    assert (consent.subject, consent.purpose) == (f"learner:{child.id}", "child_learns")
    assert (consent.text_version, consent.how, consent.recorded_by, consent.at) == ("2026-11", "ticked", "", now)


def test_a_member_beside_the_guardian_is_named_in_the_consent(visitor, teach, session, make):
    teach()
    make.person("to-vien-a")
    visitor.sign_in("to-vien-a")

    visitor.send("/toi/them", nickname="Cu Tí", picture="ga", age_band="under_14", guardian_agrees="1")

    consent = session.scalars(select(ConsentRecord)).one()
    assert (consent.how, consent.recorded_by) == ("witnessed", "to-vien-a")


@pytest.mark.parametrize(
    ("form_data", "says"),
    [
        ({"nickname": "Mến"}, "Bác chọn giúp một ô"),
        ({"nickname": "Mến", "age_band": "13"}, "Bác chọn một trong các ô"),
        ({"nickname": "🐃", "age_band": "from_14"}, "ít nhất một chữ cái"),
        ({"nickname": "M" * 80, "age_band": "from_14"}, "Tên gọi dài quá"),
        ({"nickname": "Mến", "age_band": "from_14", "picture": "../x"}, "Bác chọn một trong các ô"),
    ],
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(visitor, form_data, says):
    page = visitor.send("/toi/them", expect=422, **form_data)

    assert says in page
    assert form_data["nickname"] in page.html
    assert page.links["Xem chỗ cần điền"].removeprefix("#") in {"nickname", "age_band"}


def test_a_phone_is_full_at_fifty(family, session, now):
    phone = session.scalars(select(Phone.id)).one()
    for _ in range(48):
        add_anonymous_learner(session, phone, now=now)
    session.commit()

    assert "đã đủ 50 người" in family.send("/toi/them", expect=409, nickname="Mến", age_band="from_14")
    assert session.scalar(select(func.count()).select_from(PhoneLearner)) == 50


def test_forgetting_one_leaves_the_other_on_the_phone(family, session):
    page = family.send("/toi/quen", erase="0", learner=family.second)

    assert "Máy này đã quên bác rồi" in page
    assert "Bà Mến" in page
    assert "Ông Ba" not in page
    assert family.client.get_cookie("hoc") is not None


def test_a_page_left_open_forgets_whom_it_was_drawn_for(family, session):
    family.send("/toi/doi", learner=family.first)  # in another tab
    family.send("/toi/quen", erase="1", learner=family.second)

    assert [row.nickname for row in session.scalars(select(Learner))] == ["Bà Mến"]
    family.send("/toi/quen", erase="1", learner=str(uuid4()))
    assert session.scalar(select(func.count()).select_from(Learner)) == 1


def test_pages_kept_for_strangers_are_not_shown_to_learners(family, app):
    stranger = Visitor(app)
    before = stranger.open("/").html

    family.send(f"/bai-hoc/{family.lesson}/cau-hoi/ai-hoi-otp", given="khong")
    assert "Ông Ba" in family.open("/").html
    assert stranger.open("/").html == before
