import re

import pytest
from sqlalchemy import select

from courses.domain.practice import Look, Practice, Screen, ScreenKind, ScreenTarget
from learning.models import AnswerRow

REAL_NUMBER = "038085001234"


@pytest.fixture
def lesson(teach, make):
    """A call that may be answered by mistake (a detour), a number to type, a password, ticks, and the end."""
    screens = (
        Screen(
            id="goi",
            kind=ScreenKind.TAP,
            look=Look.CALL,
            task="Bác làm gì?",
            title="Số lạ đang gọi",
            targets=(
                ScreenTarget("nghe", "Nghe", right=False, goes="bao-dong", hint="Nghe là mắc bẫy đấy bác."),
                ScreenTarget("hoi", "Hỏi lại", right=False, hint="Tên ai cũng bịa được."),
                ScreenTarget("tat-may", "Tắt máy", right=True, goes="go-so"),
            ),
            praise="Bác làm rất phải.",
        ),
        Screen(
            id="bao-dong",
            kind=ScreenKind.TAP,
            look=Look.ALARM,
            task="Nếu là thật thì mất tiền rồi.",
            targets=(ScreenTarget("quay-lai", "Quay lại", right=True, goes="goi"),),
        ),
        Screen(
            id="go-so",
            kind=ScreenKind.TYPE,
            look=Look.APP,
            task="Gõ số mẫu.",
            label="Số định danh",
            typed="000000000000",
            goes="mat-khau",
            hint="Số trên thẻ có 12 số.",
        ),
        Screen(
            id="mat-khau",
            kind=ScreenKind.SECRET,
            look=Look.APP,
            task="Đặt mật khẩu.",
            label="Mật khẩu",
            rules=("at_least_8", "upper", "digit"),
            goes="danh-dau",
            hint="Gần được rồi.",
        ),
        Screen(
            id="danh-dau",
            kind=ScreenKind.TICK,
            look=Look.APP,
            task="Chọn hai.",
            targets=(
                ScreenTarget("the", "Thẻ", right=True),
                ScreenTarget("so-do", "Sổ đỏ", right=False, hint="Sổ đỏ để ở nhà."),
                ScreenTarget("may", "Máy", right=True),
            ),
            goes="het",
            hint="Cần đủ hai thứ.",
        ),
        Screen(id="het", kind=ScreenKind.END, look=Look.APP, task="Xong rồi."),
    )
    practice = Practice(screens, must_pass=("goi", "go-so", "mat-khau", "danh-dau"), intro="Bác cứ tập thoải mái.")
    return teach(make.course(lessons=(make.lesson(id="bai-tap", practice=practice),))).lessons[0]


@pytest.fixture
def tap(visitor, lesson):
    def send(screen, given="", **fields):
        return visitor.send(f"/bai-hoc/{lesson.id}/tap/{screen}", given=given, **fields)

    return send


def place(page):
    return page.response.request.path.rpartition("/")[2]


def flashing(page):
    return re.findall(r'class="touch[^"]*flash"[^>]*value="([^"]+)"', page.html) + re.findall(
        r'class="touch tick flash"><input[^>]*value="([^"]+)"', page.html
    )


def status_of(page):
    said = re.search(r'role="status" class="word">(.*?)<div class="set', page.html, re.S)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", said).split())


def test_the_first_screen_opens_the_practice(visitor, lesson):
    page = visitor.open(f"/bai-hoc/{lesson.id}/tap")

    assert page.heading == "Bác làm gì?"
    assert "Bác cứ tập thoải mái." in page
    assert "MÀN HÌNH TẬP – không phải ứng dụng thật" in page
    assert "Màn 1 trên 4" in page


def test_a_tap_beside_the_mark_gets_a_kind_word_and_lights_up_the_right_place(tap):
    page = tap("goi", "hoi")

    assert place(page) == "goi"
    assert status_of(page) == "Tên ai cũng bịa được."
    assert flashing(page) == ["tat-may"]
    assert "sai" not in page.text.replace("Báo chỗ sai", "").split()  # a link names the lesson, not the learner


def test_a_detour_shows_what_would_have_happened_and_leads_back(tap):
    page = tap("goi", "nghe")
    assert place(page) == "bao-dong"
    assert status_of(page) == "Nghe là mắc bẫy đấy bác."

    assert place(tap("bao-dong", "quay-lai")) == "goi"


def test_hanging_up_on_the_fake_call_is_praised_on_the_next_screen(tap):
    page = tap("goi", "tat-may")

    assert place(page) == "go-so"
    assert status_of(page) == "Bác làm rất phải."


def test_the_invented_number_is_taken_with_or_without_spaces(tap):
    assert place(tap("go-so", "000 000 000 000")) == "mat-khau"


def test_a_number_miscounted_gets_its_hint(tap):
    page = tap("go-so", "00000")

    assert place(page) == "go-so"
    assert status_of(page) == "Số trên thẻ có 12 số."


@pytest.mark.parametrize("screen", ["goi", "go-so", "mat-khau", "danh-dau", "het"])
@pytest.mark.parametrize("typed", [REAL_NUMBER, "038 085 001 234", "0912.345.678", "tôi là 038085001234"])
def test_what_looks_like_a_real_number_is_wiped_and_nowhere_to_be_found(tap, session, screen, typed, caplog):
    page = tap(screen, typed)

    if screen != "het":
        assert place(page) == screen
    everything = page.html + page.response.request.url + caplog.text
    everything += "".join(map(str, session.execute(select(AnswerRow.__table__)).all()))
    assert not re.search(r"0\D{0,2}3\D{0,2}8\D{0,2}0\D{0,2}8|0\D?9\D?1\D?2\D?3", everything)


def test_a_wiped_number_is_told_kindly(tap):
    assert "Trông giống số thật của bác" in status_of(tap("go-so", REAL_NUMBER))


def test_a_made_up_password_is_never_sent_back_and_never_kept(tap, session):
    page = tap("mat-khau", "QUEHUONG")

    assert place(page) == "mat-khau"
    assert re.findall(r'<li class="met"', page.html) == ['<li class="met"'] * 2
    assert "QUEHUONG" not in page.html + page.response.request.url
    tap("mat-khau", "Quehuong27")
    assert set(session.scalars(select(AnswerRow.given))) == {""}


def test_ticks_already_made_are_still_there_after_a_hint(tap):
    page = tap("danh-dau", ["the", "so-do"])

    assert status_of(page) == "Sổ đỏ để ở nhà."
    assert flashing(page) == ["may"]
    assert re.findall(r'value="(\w[\w-]*)" checked', page.html) == ["the", "so-do"]
    assert place(tap("danh-dau", ["may", "the"])) == "het"


def test_the_end_leads_to_the_questions(tap):
    assert place(tap("het")) == "cau-hoi"


def test_a_form_sent_twice_counts_once(visitor, lesson, session):
    page = visitor.open(f"/bai-hoc/{lesson.id}/tap")
    form = re.search(r'name="form" value="([^"]+)"', page.html)[1]
    visitor.send(f"/bai-hoc/{lesson.id}/tap/goi", given="hoi", form="khong-phai-uuid")

    for _ in range(3):
        visitor.send(f"/bai-hoc/{lesson.id}/tap/goi", given="tat-may", form=form)

    assert len(session.scalars(select(AnswerRow.id).where(AnswerRow.right)).all()) == 1


def test_an_address_made_up_by_hand_draws_the_screen_and_nothing_else(visitor, lesson):
    page = visitor.open(f"/bai-hoc/{lesson.id}/tap/goi?cham=<script>&tu=nowhere&du=x&xoa")

    assert "<script>&" not in page.html
    assert page.heading == "Bác làm gì?"


def test_another_site_cannot_answer_for_the_learner(visitor, lesson, session):
    answer = visitor.client.post(
        f"/bai-hoc/{lesson.id}/tap/goi", data={"given": "tat-may"}, headers={"Sec-Fetch-Site": "cross-site"}
    )

    assert answer.status_code == 403
    assert session.scalars(select(AnswerRow.id)).all() == []
