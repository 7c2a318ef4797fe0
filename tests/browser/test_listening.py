"""Lessons by ear. Chromium without a screen has no voice, so the page is given one that writes down what it says."""

import io
import re
import wave
from pathlib import Path

import pytest

from courses.catalogue import Catalogue
from tests.browser.phone import Phone

FAKE_SPEECH = Path(__file__).with_name("fake_speech.js")
LESSON = "at-gia-cong-an"
LINH = "Linh vi_VN"


@pytest.fixture
def lesson():
    return Catalogue.load().lesson(LESSON)


@pytest.fixture
def ear(browser, server):
    """A phone with an ear for what is said. ear.open(address, LINH) gives the page a voice; none otherwise.

    Without a worker, which would answer before what a test puts in its place.
    """
    context = browser.new_context(
        viewport={"width": 360, "height": 740},
        locale="vi-VN",
        base_url=server,
        reduced_motion="reduce",
        service_workers="block",
    )
    yield Ear(Phone(context))
    context.close()


class Ear:
    def __init__(self, phone) -> None:
        self.phone = phone
        self.page = phone.page
        self.page.context.add_init_script(path=FAKE_SPEECH)

    def open(self, address: str = f"/bai-hoc/{LESSON}", *voices: str) -> None:
        self.page.goto(address)  # axe looks the pages over elsewhere, and once below
        if voices:
            self.page.evaluate("names => speechSynthesis.come(...names)", list(voices))
            self.page.locator(".hear button").first.wait_for(state="attached")

    def press(self, words: str) -> None:
        self.page.get_by_role("button", name=words, exact=True).locator("visible=true").first.click()

    @property
    def said(self) -> list[str]:
        return [each["text"] for each in self.page.evaluate("said")]

    def wait_until_said(self, words: str) -> None:
        self.page.wait_for_function("words => said.some(it => it.text.includes(words))", arg=words)

    def wait_until_quiet(self) -> None:
        self.page.locator(".hear button span:text-is('Dừng'):visible").first.wait_for(state="detached")

    @property
    def reading(self) -> int:
        return self.page.locator(".reading").count()

    def buttons(self) -> list[str]:
        return self.page.locator(".hear button:visible").all_inner_texts()


def _plain(text: str) -> str:
    return text.replace("**", "")


def test_without_a_vietnamese_voice_there_is_no_button_anywhere(ear):
    for voices in ((), ("Anna en-US", "Viola vie-x")):
        ear.open()
        ear.page.evaluate("names => speechSynthesis.come(...names)", list(voices))
        ear.page.wait_for_timeout(1200)  # longer than the second look for voices
        assert ear.page.locator(".hear button").count() == 0
        assert not ear.phone.sees("Nghe cả bài")


def test_a_phone_without_speech_at_all_loses_nothing(phone):
    phone.page.context.add_init_script("Object.defineProperty(window, 'speechSynthesis', {value: undefined})")
    phone.open(f"/bai-hoc/{LESSON}")

    assert phone.page.locator(".hear button").count() == 0
    phone.tap("Bắt đầu học")
    assert phone.sees("Chuyện có thật")


def test_buttons_come_with_the_voice_and_stand_up_to_axe(ear, lesson):
    ear.open(f"/bai-hoc/{LESSON}", LINH)

    assert ear.buttons() == ["Nghe", "Nghe cả bài"]
    for button in ear.page.locator(".hear button:visible").all():
        assert button.bounding_box()["height"] >= 48
    ear.phone.look()
    ear.page.evaluate("window.hold = true")
    ear.press("Nghe")
    assert ear.buttons() == ["Dừng", "Đọc chậm"]
    ear.phone._seen.clear()
    ear.phone.look()


def test_a_step_is_read_with_its_tip_and_its_button_and_marked_while_it_is_read(ear, lesson):
    ear.open(f"/bai-hoc/{LESSON}#{lesson.steps[0].id}", LINH)
    ear.press("Nghe")
    ear.wait_until_said("Tiếp theo")
    ear.wait_until_quiet()

    told = " ".join(ear.said)
    assert told.startswith(f"Bước 1 trên {len(lesson.steps)} {_plain(lesson.steps[0].text)}")
    assert told.endswith("Nút ở dưới cùng: Tiếp theo")
    assert all(each["text"] in each["marked"] or "Nút" in each["text"] for each in ear.page.evaluate("said"))
    assert ear.reading == 0
    assert ear.page.url.endswith(f"#{lesson.steps[0].id}")


def test_the_whole_lesson_is_read_from_its_opening_to_its_end(ear, lesson):
    ear.open(f"/bai-hoc/{LESSON}", LINH)
    ear.page.evaluate("window.setTimeout = (old => (what, after) => old(what, Math.min(after, 40)))(window.setTimeout)")
    before = ear.page.evaluate("history.length")
    ear.press("Nghe cả bài")
    ear.wait_until_said("Tập thử")
    ear.wait_until_quiet()

    told = " ".join(ear.said)
    expected = [
        lesson.title,
        _plain(lesson.steps[0].text.split(":")[0]),
        f"Bước {len(lesson.steps)} trên",
        "Giữ an toàn",
    ]
    assert [words for words in expected if words not in told] == []
    assert "Quay lại" not in told
    assert "Tiếp theo" not in told  # it goes on by itself
    assert ear.page.url.endswith("#nho-lay")
    assert ear.page.evaluate("history.length") == before
    assert ear.page.evaluate("document.activeElement.value") == "all"  # the keyboard came along


@pytest.mark.parametrize("touch", ["page", "escape", "next", "stop"])
def test_any_touch_stops_the_reading(ear, lesson, touch):
    ear.open(f"/bai-hoc/{LESSON}#{lesson.steps[0].id}", LINH)
    ear.page.evaluate("window.hold = true")
    ear.press("Nghe cả bài")
    assert ear.reading == 1
    if touch == "page":
        ear.page.locator(".say:visible").first.click()
    elif touch == "escape":
        ear.page.keyboard.press("Escape")
    elif touch == "next":
        ear.page.locator(".button-main:visible").first.click()
    else:
        ear.press("Dừng")

    assert ear.reading == 0
    assert ear.buttons() == ["Nghe", "Nghe cả bài"]
    ear.page.evaluate("window.hold = false")
    ear.page.wait_for_timeout(600)
    assert len(ear.said) == 1


def test_speed_is_remembered_by_the_phone(ear):
    ear.open(f"/bai-hoc/{LESSON}/cau-hoi", LINH)
    slow = ear.page.get_by_role("button", name="Đọc chậm")
    assert slow.get_attribute("aria-pressed") == "false"
    slow.click()
    assert slow.get_attribute("aria-pressed") == "true"

    ear.open(f"/bai-hoc/{LESSON}/cau-hoi", LINH)
    assert slow.get_attribute("aria-pressed") == "true"
    ear.press("Nghe")
    ear.wait_until_said("?")
    slow.click()
    ear.page.wait_for_function("() => said.at(-1).rate === 1")
    assert ear.page.evaluate("said[0].rate") == 0.75


def test_a_question_is_heard_with_its_answers_and_then_with_its_reason(ear, lesson):
    question = lesson.questions[0]
    ear.open(f"/bai-hoc/{LESSON}/cau-hoi", LINH)
    ear.press("Nghe")
    ear.wait_until_said(_plain(question.options[-1].text)[:20])
    ear.wait_until_quiet()
    told = " ".join(ear.said)
    assert [
        words for words in (question.text, *(option.text for option in question.options)) if _plain(words) not in told
    ] == []

    ear.page.evaluate("said.length = 0")
    ear.page.locator(f'button[name="given"][value="{question.right.id}"]').click()
    ear.page.get_by_text("Đúng rồi, bác nhớ tốt lắm!").wait_for()
    ear.press("Nghe")
    ear.wait_until_said("Câu tiếp theo")
    told = " ".join(ear.said)
    assert told.startswith("Đúng rồi, bác nhớ tốt lắm!")
    assert _plain(question.because).split(".")[0] in told


def test_the_end_of_a_lesson_is_heard_with_the_way_on(ear, lesson):
    ear.open(f"/bai-hoc/{LESSON}/xong", LINH)
    ear.press("Nghe")
    ear.wait_until_said("Nút ở dưới cùng: Làm nốt phần còn lại")

    assert ear.said[0].startswith("Sắp xong rồi")


def test_a_practice_screen_is_heard_after_the_page_changed_under_the_hand(ear, lesson):
    first = lesson.practice.first
    wrong = next(target for target in first.targets if not target.right)
    ear.open(f"/bai-hoc/{LESSON}/tap", LINH)
    ear.page.evaluate("window.hold = true")
    ear.press("Nghe")
    ear.page.locator(f'button[value="{wrong.id}"]').click()
    ear.page.wait_for_url(re.compile("cham="))
    ear.page.locator(".word .notice").wait_for()

    assert ear.reading == 0
    ear.page.evaluate("window.hold = false; said.length = 0")
    ear.press("Nghe")
    ear.wait_until_quiet()
    told = " ".join(ear.said)
    assert told.startswith(ear.page.locator(".word").inner_text().split(".")[0].strip())  # the hint comes first
    shown = lesson.practice.screen(ear.page.url.split("/tap/")[1].split("?")[0])
    assert [target.text for target in shown.targets if _plain(target.text) not in told] == []


def test_codes_and_hotlines_are_told_digit_by_digit_and_amounts_are_not(ear):
    ear.open(f"/bai-hoc/{LESSON}", LINH)
    listen = ear.page.locator('script[src$="listen.js"]').get_attribute("src")
    script = ear.page.evaluate("address => fetch(address).then(answer => answer.text())", listen)
    source = listen.replace("listen.js", re.search(r"voice-\w+\.js", script).group())
    spoken = "([source, text]) => import(source).then(voice => voice.spoken(text))"

    for text, told in [
        ("Mã 123456 nhé", "Mã một hai ba, bốn năm sáu nhé"),
        ("Gọi 113 ngay", "Gọi một một ba ngay"),
        ("Gọi 1900.0368.", "Gọi một chín không không, không ba sáu tám."),
        ("số 0900\u00a0000\u00a0000", "số không chín không không, không không không, không không không"),
        ("mật khẩu 1234", "mật khẩu một hai ba bốn"),
        ("mất 22.000 đồng", "mất 22.000 đồng"),
        ("chuyển 100000 đồng", "chuyển 100000 đồng"),
        ("từ 1/7/2025, năm 2026", "từ 1/7/2025, năm 2026"),
        ("14 tuổi, lúc 8:15", "14 tuổi, lúc 8:15"),
        ("Cài đặt → Bảo mật · Mã OTP", "Cài đặt, Bảo mật, Mã OTP"),
        ("MÀN HÌNH TẬP VNeID", "màn hình tập VNeID"),
    ]:
        assert ear.page.evaluate(spoken, [source, text]) == told


def test_a_voice_that_fails_gives_way_to_the_next_and_the_last_one_takes_the_buttons_with_it(ear):
    ear.open(f"/bai-hoc/{LESSON}", "far vi-VN", LINH)
    ear.page.evaluate("window.dumb = 'Linh vi_VN'")
    ear.press("Nghe")
    ear.wait_until_quiet()
    assert ear.page.evaluate("said[1].voice") == "far vi-VN"  # the one on the phone was asked first
    assert ear.said[0] == ear.said[1]

    ear.open(f"/bai-hoc/{LESSON}", LINH)
    ear.page.evaluate("window.dumb = 'Linh vi_VN'")
    ear.press("Nghe")
    ear.page.get_by_text("Máy của bác lúc này chưa đọc được").wait_for()
    assert ear.page.locator(".hear button").count() == 0


def test_a_recording_is_played_and_needs_no_voice(ear, lesson):
    step = lesson.steps[0]
    asked = _serve_recording(ear.page, step, _tone())
    ear.open(f"/bai-hoc/{LESSON}#{step.id}")
    assert ear.buttons() == ["Nghe", "Nghe cả bài"]
    ear.press("Nghe")
    assert ear.page.locator(".reading").inner_text().startswith(_plain(step.text)[:20])
    ear.wait_until_quiet()

    assert len(asked) == 1
    assert ear.said == []
    assert ear.page.locator("[data-recorded]").count() == 1  # a recording given up would be named no more
    assert ear.page.locator(f"[id='{lesson.steps[1].id}'] .hear button").count() == 0  # nothing to hear there


def test_a_recording_is_preferred_to_the_voice_which_tells_the_rest(ear, lesson):
    step = lesson.steps[0]
    _serve_recording(ear.page, step, _tone())
    ear.open(f"/bai-hoc/{LESSON}#{step.id}", LINH)
    ear.press("Nghe")
    ear.wait_until_said("Tiếp theo")

    assert ear.said == [f"Bước 1 trên {len(lesson.steps)}", "Nút ở dưới cùng: Tiếp theo"]


def test_a_recording_that_cannot_be_played_is_read_by_the_voice(ear, lesson):
    step = lesson.steps[0]
    _serve_recording(ear.page, step, b"not a sound")
    ear.open(f"/bai-hoc/{LESSON}#{step.id}", LINH)
    ear.press("Nghe")
    ear.wait_until_said("Tiếp theo")

    assert _plain(step.text) in " ".join(ear.said)


def test_recorded_words_of_the_page_alone_bring_no_button_and_are_played_beside_a_voice(ear, lesson):
    step = lesson.steps[0]
    asked = _serve_frame_word(ear.page, "Tiếp theo", _tone())
    ear.open(f"/bai-hoc/{LESSON}#{step.id}")
    ear.page.wait_for_timeout(1200)
    assert ear.page.locator(".hear button").count() == 0

    ear.open(f"/bai-hoc/{LESSON}#{step.id}", LINH)
    ear.press("Nghe")
    ear.wait_until_quiet()
    assert len(asked) == 1
    assert "Tiếp theo" not in " ".join(ear.said)
    assert _plain(step.text) in " ".join(ear.said)


def test_an_english_page_reads_only_the_words_that_are_vietnamese(ear, lesson):
    ear.phone.open("/ngon-ngu/en?ve=/")
    ear.open(f"/bai-hoc/{LESSON}#{lesson.steps[0].id}", LINH)
    ear.page.locator(".hear [value=one]:visible").first.click()
    ear.page.wait_for_function("() => !document.querySelector('.reading') && said.length > 0")

    assert " ".join(ear.said) == _plain(lesson.steps[0].text)


def _serve_recording(page, step, sound: bytes) -> list[str]:
    """Pretends that `step` has been recorded: its page says so, and the address answers with `sound`.

    Returns the list that every asking for the recording is put into.
    """
    asked: list[str] = []

    def record(route):
        answer = route.fetch()
        head, tail = answer.text().split(f'id="{step.id}"', 1)
        recorded = f'<div data-recorded="/bai-hoc/{LESSON}/ghi-am/x/y">'
        route.fulfill(response=answer, body=f'{head}id="{step.id}"{tail.replace("<div>", recorded, 1)}')

    def give(route):
        asked.append(route.request.url)
        route.fulfill(body=sound, content_type="audio/wav")

    page.route(f"**/bai-hoc/{LESSON}", record)
    page.route("**/ghi-am/x/y", give)
    return asked


def _serve_frame_word(page, words: str, sound: bytes) -> list[str]:
    """Pretends that what a main button says has been recorded; the list that every asking for it is put into."""
    asked: list[str] = []

    def record(route):
        answer = route.fetch()
        told = f'<span data-read-out="/ghi-am/x/y">{words}</span></a>'
        route.fulfill(response=answer, body=answer.text().replace(f"{words}</a>", told))

    def give(route):
        asked.append(route.request.url)
        route.fulfill(body=sound, content_type="audio/wav")

    page.route(f"**/bai-hoc/{LESSON}", record)
    page.route("**/ghi-am/x/y", give)
    return asked


def _tone() -> bytes:
    """A tenth of a second of silence, as a sound file every browser plays."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(1600))
    return file.getvalue()
