import pytest
from sqlalchemy import select

from learning.models import AnswerRow
from tests.making.courses import a_question


@pytest.fixture
def lesson(teach, make):
    questions = (a_question("mot"), a_question("hai"))
    return teach(make.course(lessons=(make.lesson(id="hoi", questions=questions), make.lesson(id="sau")))).lessons[0]


def test_a_wrong_choice_gets_the_reason_and_another_try(visitor, lesson):
    page = visitor.send("/bai-hoc/hoi/cau-hoi/mot", given="co")

    assert "Không cơ quan nào hỏi mã OTP." in page
    assert "Bác nghĩ thêm một chút nhé" in page
    assert "bác vừa chọn" in page
    assert "sai" not in page.text.replace("Báo chỗ sai", "").split()  # a link names the lesson, not the learner
    assert page.html.count('class="answer" name="given"') == 2


def test_a_right_choice_gets_the_reason_too_and_leads_on(visitor, lesson):
    page = visitor.send("/bai-hoc/hoi/cau-hoi/mot", given="khong")

    assert "Không cơ quan nào hỏi mã OTP." in page
    assert page.links["Câu tiếp theo"] == "/bai-hoc/hoi/cau-hoi/hai"
    assert "Câu 1 trên 2" in page


def test_the_questions_open_at_the_first_one_not_yet_answered(visitor, lesson):
    visitor.send("/bai-hoc/hoi/cau-hoi/mot", given="khong")

    assert "Câu 2 trên 2" in visitor.open("/bai-hoc/hoi/cau-hoi")


def test_a_choice_the_question_does_not_have_is_as_if_nothing_was_touched(visitor, lesson, session):
    page = visitor.send("/bai-hoc/hoi/cau-hoi/mot", given="038085001234")

    assert "Câu 1 trên 2" in page
    assert "038085001234" not in page.html
    assert session.scalars(select(AnswerRow.id)).all() == []


def test_the_last_page_names_what_is_missing_and_leads_there(visitor, lesson, make, phone_of):
    for question in lesson.questions:
        visitor.send(f"/bai-hoc/hoi/cau-hoi/{question.id}", given="khong")

    page = visitor.open("/bai-hoc/hoi/xong")

    assert page.heading == "Sắp xong rồi, còn một chút nữa thôi"
    assert page.links["Làm nốt phần còn lại"] == "/bai-hoc/hoi/tap"


def test_a_finished_lesson_is_thanked_for_and_leads_to_the_next(lesson, make, phone_of):
    page = phone_of(make.learner(lesson)).open("/bai-hoc/hoi/xong")

    assert page.heading == "Bác đã học xong bài này!"
    assert page.links["Học bài tiếp theo"] == "/bai-hoc/sau"


def test_the_last_lesson_of_a_course_leads_to_the_letter(teach, make, phone_of):
    course = teach()

    page = phone_of(make.learner(*course.lessons)).open("/bai-hoc/bai-mau/xong")

    assert page.heading == "Bác đã học xong cả khoá. Xin chúc mừng bác!"
    assert page.links["Lấy giấy xác nhận"] == "/khoa-hoc/khoa-mau/giay-xac-nhan"


def test_an_answer_to_a_withdrawn_lesson_is_told_kindly_and_keeps_what_was_done(make, teach, phone_of):
    course = teach()
    phone = phone_of(make.learner(*course.lessons))

    for address in ("/bai-hoc/da-rut/cau-hoi/mot", "/bai-hoc/da-rut/tap/cuoc-goi"):
        assert "Những gì bác đã học vẫn được giữ" in phone.send(address, expect=404, given="khong")

    assert "Đã học 1 trên" in phone.open("/toi")


def test_the_cookie_comes_with_the_first_answer_and_tells_scripts_nothing(visitor, lesson):
    assert "Set-Cookie" not in visitor.open("/bai-hoc/hoi/cau-hoi/mot").response.headers

    answer = visitor.client.post("/bai-hoc/hoi/cau-hoi/mot", data={"given": "co"})

    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("hoc=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Max-Age=63072000" in cookie


def test_a_cookie_nobody_knows_is_a_new_learner_and_no_error(visitor, lesson):
    visitor.client.set_cookie("hoc", "bịa-đặt\x7f" * 50)

    visitor.open("/toi")
    visitor.send("/bai-hoc/hoi/cau-hoi/mot", given="khong")

    assert "Câu 2 trên 2" in visitor.open("/bai-hoc/hoi/cau-hoi")
