import re

import pytest
from sqlalchemy import func, select
from uuid_utils.compat import uuid7

from foundation.accounts.domain.roles import Role
from foundation.jobs.files import file_sizes
from foundation.jobs.handlers import run_next_job, work_folder
from foundation.jobs.models import Job, JobState
from learning.domain.letters import Manner
from learning.models import AnswerRow, Card, Certificate, ClassEvening, ClassLearner, DoneTogether
from learning.queries import letters_of
from tests.visitor import Visitor


@pytest.fixture
def hamlet(make):
    return make.hamlet()


@pytest.fixture
def course(teach, make):
    return teach(make.course(lessons=(make.lesson(id="mot"), make.lesson(id="hai"))))


@pytest.fixture
def teacher(visitor, make, hamlet, course, now, app, monkeypatch):
    make.person("co-giao", area=hamlet, display_name="Vi Thị Mẫu")
    visitor.sign_in("co-giao")
    monkeypatch.setitem(app.extensions, "jobs", Asleep())
    return visitor


class Asleep:
    """A queue nobody works on: tests do the jobs themselves."""

    def wake(self, id_, *, after=0):
        pass


@pytest.fixture
def evening(teacher, hamlet, session):
    page = teacher.send(
        "/lop-hoc/moi",
        form=str(uuid7()),
        area=hamlet.path,
        course="khoa-mau",
        held_on="2026-11-21",
        teacher="Vi Thị Mẫu",
    )
    assert "0 trên 0 người" in page
    return session.scalars(select(ClassEvening)).one()


def newcomer(teacher, evening, name="Bà Mến", **changes):
    form_data = {"form": str(uuid7()), "nickname": name, "picture": "trau", "age_band": "from_14"} | changes
    return teacher.send(f"/lop-hoc/{evening.id}/nguoi-moi", **form_data)


def learner_ids(session, evening):
    rows = select(ClassLearner.learner).where(ClassLearner.evening == evening.id).order_by(ClassLearner.joined_at)
    return list(session.scalars(rows))


def test_a_class_needs_a_hamlet_of_ones_own_a_course_a_day_and_a_name(teacher, make):
    elsewhere = make.hamlet()

    page = teacher.send("/lop-hoc/moi", expect=422, area=elsewhere.path, course="khong-co", held_on="32/13/2026")

    assert "Bác chọn một trong các ô có sẵn" in page
    assert "Ngày chưa đúng" in page
    assert "Bác chưa gõ tên" in page


def test_the_same_form_sent_twice_makes_one_class(teacher, hamlet, session):
    form_data = {
        "form": str(uuid7()),
        "area": hamlet.path,
        "course": "khoa-mau",
        "held_on": "2026-11-21",
        "teacher": "Vi Thị Mẫu",
    }
    teacher.send("/lop-hoc/moi", **form_data)
    teacher.send("/lop-hoc/moi", **form_data)

    assert session.scalar(select(func.count()).select_from(ClassEvening)) == 1


def test_a_class_is_seen_by_those_of_its_area_only(teacher, evening, make, app):
    make.person("nguoi-la")
    stranger = Visitor(app)
    stranger.sign_in("nguoi-la")

    for way in ("", "/giay", "/nguoi-moi", "/the.pdf", "/trinh-chieu/mot", "/bai/mot"):
        stranger.open(f"/lop-hoc/{evening.id}{way}", expect=404)
    assert "Khoá mẫu" not in stranger.open("/lop-hoc").text.split("Mở lớp mới")[0]


def test_an_officer_holds_no_class(visitor, make, now):
    make.person("can-bo", role=Role.COMMUNE_OFFICER, area=make.commune())
    visitor.sign_in("can-bo")

    visitor.open("/lop-hoc", expect=403)


def test_who_is_new_comes_by_nickname_and_a_child_with_a_guardian_only(teacher, evening, session):
    newcomer(teacher, evening)
    page = teacher.send(
        f"/lop-hoc/{evening.id}/nguoi-moi", expect=422, form=str(uuid7()), nickname="Cu Tí", age_band="under_14"
    )
    assert "Người lớn trong nhà" in page
    assert len(learner_ids(session, evening)) == 1
    newcomer(teacher, evening, "Cu Tí", age_band="under_14", guardian_agrees="1")

    assert len(learner_ids(session, evening)) == 2


def test_a_nickname_of_smiles_only_is_told_in_words(teacher, evening):
    page = teacher.send(
        f"/lop-hoc/{evening.id}/nguoi-moi", expect=422, form=str(uuid7()), nickname="😀", age_band="from_14"
    )

    assert "ít nhất một chữ cái" in page


def test_a_card_made_in_class_brings_its_learner_to_another_class(teacher, evening, hamlet, session):
    newcomer(teacher, evening)
    [learner] = learner_ids(session, evening)
    order = ("trau", "ga", "ca", "non")
    way = f"/lop-hoc/{evening.id}/nguoi/{learner}/the"
    for field, before in (("pin", ()), ("again", order)):
        for place, picture in enumerate(order):
            touched = {"pick": picture, field: list(order[:place])} | ({"pin": list(before)} if before else {})
            teacher.client.post(way, data=touched, follow_redirects=True)
    pdf = teacher.client.get(f"/lop-hoc/{evening.id}/the.pdf")
    assert pdf.data.startswith(b"%PDF")
    code = session.scalars(select(Card.code)).one()
    other = teacher.send(
        "/lop-hoc/moi",
        form=str(uuid7()),
        area=hamlet.path,
        course="khoa-mau",
        held_on="2026-11-22",
        teacher="Vi Thị Mẫu",
    )
    there = other.response.request.path

    assert "Mã gõ nhầm" in teacher.send(f"{there}/the", expect=422, ma="K7M")
    assert "Đã thêm Bà Mến. Lớp có 1 người." in teacher.send(f"{there}/the", ma=code)
    scanned = teacher.send(f"{there}/the", ma=f"https://hoc.example.vn/the/{code}", may="1")
    assert "Bà Mến đã có tên trong lớp rồi. Lớp có 1 người." in scanned
    # The camera that read it goes on reading; one that nobody opened stays shut.
    assert "data-again" in scanned.html
    assert "data-again" not in teacher.send(f"{there}/the", ma=code).html


def test_a_card_that_cannot_be_read_is_told_at_the_door_and_stays_in_its_box(teacher, evening):
    page = teacher.send(f"/lop-hoc/{evening.id}/the", expect=422, ma="https://elsewhere.example/menu", may="1")

    assert page.heading == "Mời người vào lớp"
    assert "không phải của thẻ học" in page
    assert 'value="https://elsewhere.example/menu"' in page.html
    # The wrong card is still held there: read again and again it would only say the same.
    assert "data-again" not in page.html


def test_a_class_says_what_to_do_now(teacher, evening, session, course):
    empty = teacher.open(f"/lop-hoc/{evening.id}")
    assert "Chưa có ai" in empty
    assert "Mời người vào lớp" in empty.links
    newcomer(teacher, evening)
    [learner] = learner_ids(session, evening)
    first, second = course.lessons
    assert f"Chiếu tiếp bài {first.number}" in teacher.open(f"/lop-hoc/{evening.id}").links
    teacher.send(f"/lop-hoc/{evening.id}/bai/{first.id}", done=str(learner))
    page = teacher.open(f"/lop-hoc/{evening.id}")
    assert f"Chiếu tiếp bài {second.number}" in page.links
    assert "1/2 bài" in page
    teacher.send(f"/lop-hoc/{evening.id}/bai/{second.id}", done=str(learner))
    page = teacher.open(f"/lop-hoc/{evening.id}")
    assert "Chiếu tiếp" not in page
    assert "Làm giấy cho cả lớp" in page.links
    assert "làm chung" in teacher.follow(page, "Bà Mến")


def test_a_class_begins_with_its_course_and_shows_all_of_it_unless_told(teacher, course):
    page = teacher.open("/lop-hoc/moi")
    [chosen] = [href for words, href in page.links.items() if "Khoá mẫu" in words]

    page = teacher.open(chosen)

    assert page.html.count('name="lessons"') == page.html.count(" checked") == len(course.lessons)
    assert teacher.open("/lop-hoc/moi?khoa=khong-co").heading == "Mở lớp mới: học khoá nào?"


def test_what_was_done_together_is_told_apart_and_is_no_answer(teacher, evening, session, make, course):
    newcomer(teacher, evening)
    newcomer(teacher, evening, "Ông Tư")
    first, second = learner_ids(session, evening)
    for step in course.lessons[0].graded:
        make.answer(first, course.lessons[0], step)
    teacher.send(f"/lop-hoc/{evening.id}/bai/mot", done=str(second))
    page = teacher.open(f"/lop-hoc/{evening.id}")

    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", page.html, re.S)
    assert "tự làm" in rows[0]
    assert "làm chung" in rows[1]
    assert session.scalar(select(func.count()).where(AnswerRow.learner == second)) == 0
    # Ticked off again: gone.
    teacher.client.post(f"/lop-hoc/{evening.id}/bai/mot", data={})
    assert session.scalar(select(func.count()).select_from(DoneTogether)) == 0


def test_every_slide_leads_on_and_the_last_to_the_list(teacher, evening):
    newcomer(teacher, evening)
    page = teacher.open(f"/lop-hoc/{evening.id}/trinh-chieu/mot")
    seen = []
    while "Ghi ai làm xong" not in page.links:
        seen.append(page.heading)
        page = teacher.open(page.links["Tiếp"])
        assert len(seen) < 30

    assert seen[0] == "Bài mẫu"
    assert "Bước 1 trên 2" in seen
    assert "Có ai được hỏi mã OTP của bác không?" in seen
    assert teacher.open(f"/lop-hoc/{evening.id}/trinh-chieu/mot?trang=999").heading == page.heading


def test_letters_of_a_class_say_how_each_truly_learned_and_are_issued_once(
    teacher, evening, session, make, course, app
):
    for name in ("Bà Mến", "Ông Tư", "Chị Ba"):
        newcomer(teacher, evening, name)
    alone, together, unfinished_one = learner_ids(session, evening)
    for lesson in course.lessons:
        for step in lesson.graded:
            make.answer(alone, lesson, step)
        teacher.send(f"/lop-hoc/{evening.id}/bai/{lesson.id}", done=str(together))
    assert "2 trên 3 người" in teacher.open(f"/lop-hoc/{evening.id}")
    faulty = teacher.send(f"/lop-hoc/{evening.id}/giay", expect=422, **{f"ten-{alone}": "038085001234"})
    assert "không ghi số" in faulty
    names = {f"ten-{alone}": "Lò Thị Mến", f"ten-{together}": "Hà Văn Tư", f"ten-{unfinished_one}": "Vi Thị Ba"}

    waiting = teacher.send(f"/lop-hoc/{evening.id}/giay", **names)
    assert waiting.response.headers["Refresh"] == "2"
    assert "Đang chờ" in waiting
    for _twice in range(2):
        teacher.send(f"/lop-hoc/{evening.id}/giay", **names)
        with app.app_context():
            assert run_next_job(worker="one")
            assert not run_next_job(worker="one")
    job = session.scalars(select(Job)).first()
    done = teacher.open(f"/viec/{job.id}")

    assert "Xong 2 tờ" in done
    assert "Refresh" not in done.response.headers
    assert [letter.facts.manner for letter in letters_of(session, alone)] == [Manner.SELF]
    [supervised] = letters_of(session, together)
    assert (supervised.facts.manner, supervised.facts.supervised_by) == (Manner.SUPERVISED, "Vi Thị Mẫu")
    assert session.scalar(select(func.count()).select_from(Certificate)) == 2
    assert teacher.client.get(f"/viec/{job.id}/giay-xac-nhan.pdf").data.startswith(b"%PDF")
    assert teacher.client.get(f"/viec/{job.id}/giay-xac-nhan.zip").data.startswith(b"PK")
    assert teacher.client.get(f"/viec/{job.id}/../bdhvs.sqlite3").status_code == 404


def test_a_job_is_shown_to_whoever_asked_for_it_only(teacher, evening, session, make, app, hamlet):
    newcomer(teacher, evening)
    page = teacher.send(f"/lop-hoc/{evening.id}/giay")
    make.person("nguoi-khac", area=hamlet)
    other = Visitor(app)
    other.sign_in("nguoi-khac")

    other.open(page.response.request.path, expect=404)
    other.open(page.response.request.path + "/giay-xac-nhan.pdf", expect=404)


def test_a_class_nobody_finished_fails_in_words(teacher, evening, session, app):
    page = teacher.send(f"/lop-hoc/{evening.id}/giay")
    with app.app_context():
        assert run_next_job(worker="one")
    id_ = session.scalars(select(Job.id)).one()

    assert "Chưa có giấy nào để in" in teacher.open(page.response.request.path)
    assert session.get(Job, id_).state is JobState.FAILED
    with app.app_context():
        assert file_sizes(session, id_) == {}
        assert list(work_folder().glob(f"{id_}*")) == []
