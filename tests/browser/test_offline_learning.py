"""A resident learns where there is no network: a lesson once opened, a course kept, and every answer counted once."""

import re
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from courses.catalogue import LIBRARY
from courses.domain.lesson import Lesson
from courses.domain.practice import ScreenKind
from foundation.database import make_engine
from foundation.settings import Settings
from learning.models import AnswerRow
from tests.browser.line import Line, line_to
from tests.browser.phone import Phone
from tests.browser.serving import serve
from tests.browser.walking import answer, practise

COURSE = "an-toan-tren-mang"
LESSON = "at-otp"
ASK = """async ([what, told]) => {
  const {active} = await navigator.serviceWorker.ready;
  return new Promise((resolve) => {
    const {port1, port2} = new MessageChannel();
    port1.onmessage = ({data}) => data.progress || resolve(data.result ?? data.fault ?? null);
    active.postMessage({what, ...told}, [port2]);
  });
}"""

# Page and pack of a lesson wait here until it is opened.
NEW_VERSION_HERE = """async () => {
  const next = await caches.open("hoc-bai-moi");
  while ((await next.keys()).length < 2) await new Promise((resolve) => setTimeout(resolve, 50));
}"""

CONTROLLED = """() => new Promise((resolve) => {
  if (navigator.serviceWorker.controller) resolve();
  else navigator.serviceWorker.addEventListener("controllerchange", () => resolve(), {once: true});
})"""


@pytest.fixture
def line(server) -> Iterator[Line]:
    with line_to(server) as line:
        yield line


@pytest.fixture
def phone(browser, line) -> Iterator[Phone]:
    """A phone whose line may be cut. What it cannot load then is no fault of a page."""
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, locale="vi-VN", base_url=line.address, reduced_motion="reduce"
    )
    made = Phone(context)
    listen = made._listen
    made.page.remove_listener("console", listen)
    made.page.on("console", lambda message: None if "Failed to load resource" in message.text else listen(message))
    yield made
    context.close()


def ask(page: Page, what: str, **told):
    return page.evaluate(ASK, [what, told])


def keep(phone: Phone, lesson: Lesson) -> None:
    """Open a lesson once, with a network, and give the phone the time to keep it."""
    phone.open(f"/bai-hoc/{lesson.id}")
    phone.page.evaluate(CONTROLLED)
    ask(phone.page, "hello", path=f"/bai-hoc/{lesson.id}", lang="vi", online=True)


def kept_answers(served_folder, lesson: Lesson) -> dict[str, int]:
    """How often each step of a lesson stands in the record with a right answer."""
    settings = Settings(data_folder=served_folder, database_url="")
    with Session(make_engine(settings.database)) as session:
        asked = select(AnswerRow.step, func.count()).where(AnswerRow.lesson == lesson.id, AnswerRow.right.is_(True))
        return dict(session.execute(asked.group_by(AnswerRow.step)).all())


def test_a_lesson_once_opened_is_done_without_a_network_and_counted_once(phone, line, catalogue, served_folder):
    lesson = catalogue.lesson(LESSON)
    keep(phone, lesson)
    before = kept_answers(served_folder, lesson)
    line.cut()

    phone.open(f"/bai-hoc/{lesson.id}")
    assert phone.heading == lesson.title
    phone.page.wait_for_timeout(300)
    phone.page.goto(f"/bai-hoc/{lesson.id}/tap")
    assert phone.sees("Mạng đang không thông")
    first = lesson.practice.first
    wrong = next((target for target in first.targets if not target.right and target.hint), None)
    if first.kind is ScreenKind.TAP and wrong is not None:
        phone.page.locator(f'button[value="{wrong.id}"]').click()
        phone.page.locator(".word .notice").wait_for()
        phone.look()
        phone.page.goto(f"/bai-hoc/{lesson.id}/tap")
    practise(phone, lesson)
    answer(phone, lesson)
    assert "học xong" in phone.heading
    phone.page.get_by_text(re.compile(r"Còn \d+ câu trả lời chưa gửi")).wait_for()
    assert phone.page.locator("main a.away, header a.away").first.get_attribute("aria-describedby") == "away"
    assert kept_answers(served_folder, lesson) == before

    line.mend()
    for _ in range(3):
        assert ask(phone.page, "send")["stopped"] is None
    after = kept_answers(served_folder, lesson)
    assert {step: after[step] - before.get(step, 0) for step in lesson.graded} == dict.fromkeys(lesson.graded, 1)
    phone.open("/toi")
    assert phone.sees("Đã học 1 trên")


UNSENT = "câu trả lời chưa gửi"
PLACES = ("/", "/khoa-hoc", f"/khoa-hoc/{COURSE}", f"/bai-hoc/{LESSON}", f"/bai-hoc/{LESSON}/xong", "/tren-may")


def test_what_waits_is_seen_everywhere_and_leaves_with_the_first_page_of_the_server(
    phone, line, catalogue, served_folder
):
    """The server is stopped while the phone believes that it is online: walks w26 and w27 of the review."""
    lesson = catalogue.lesson(LESSON)
    keep(phone, lesson)
    for place in ("/", "/khoa-hoc", f"/khoa-hoc/{COURSE}"):
        phone.page.goto(place)
    ask(phone.page, "hello", path="/", lang="vi", online=True)
    before = kept_answers(served_folder, lesson)
    line.cut()
    assert phone.page.evaluate("navigator.onLine")
    phone.page.goto(f"/bai-hoc/{lesson.id}/tap")
    practise(phone, lesson, look=False)
    phone.page.get_by_text(UNSENT).first.wait_for()
    answer(phone, lesson)
    count = f"Còn {len(lesson.graded)} {UNSENT}"
    for place in PLACES:
        phone.page.goto(place)
        phone.page.get_by_text(count).wait_for()
        box = phone.page.get_by_role("button", name="Gửi bây giờ").bounding_box()
        assert box["height"] >= 44, place
        assert box["y"] < 300, place
    phone.look()
    phone.page.get_by_role("button", name="Gửi bây giờ").click()
    phone.page.get_by_text("gọi mãi nơi nhận chưa trả lời").wait_for()
    phone.look()

    line.mend()
    phone.page.goto(f"/bai-hoc/{lesson.id}")  # shown from the phone; what the server has of it comes behind
    for _ in range(100):
        after = kept_answers(served_folder, lesson)
        if sum(after.values()) >= sum(before.values()) + len(lesson.graded):
            break
        phone.page.wait_for_timeout(200)
    phone.page.get_by_text(count).wait_for(state="hidden")
    assert {step: after[step] - before.get(step, 0) for step in lesson.graded} == dict.fromkeys(lesson.graded, 1)
    phone.page.goto("/toi")
    assert not phone.page.get_by_text(UNSENT).first.is_visible()


def test_send_now_says_that_it_is_done(phone, line, catalogue):
    lesson = catalogue.lesson(LESSON)
    keep(phone, lesson)
    line.cut()
    phone.page.goto(f"/bai-hoc/{lesson.id}/cau-hoi/{lesson.questions[0].id}")
    phone.page.locator(f'button[value="{lesson.questions[0].right.id}"]').click()
    phone.page.get_by_text(f"Còn 1 {UNSENT}").wait_for()
    first = phone.page.locator("#main h1").bounding_box()["y"]
    line.mend()
    # By a tap; or the phone was quicker, for something else came from the server.
    ask(phone.page, "send")
    phone.page.get_by_text("Đã gửi xong, không mất câu nào").wait_for()
    moved = phone.page.locator("#main h1").bounding_box()["y"] - first
    assert abs(moved) < 2, f"the page slipped away under the thumb by {moved} px"
    phone.look()


def test_a_kept_lesson_opens_on_a_line_that_is_there_in_name_only(phone, line, catalogue):
    lesson = catalogue.lesson(LESSON)
    keep(phone, lesson)
    line.hush()

    phone.page.set_default_timeout(3_000)
    phone.page.goto(f"/bai-hoc/{lesson.id}", wait_until="domcontentloaded")
    assert phone.heading == lesson.title
    phone.page.goto(f"/bai-hoc/{lesson.id}/tap", wait_until="domcontentloaded")
    practise(phone, lesson, look=False)
    assert "/cau-hoi/" in phone.address


def test_a_course_is_kept_used_and_deleted(phone, line, catalogue):
    course = catalogue.course(COURSE)
    phone.open(f"/khoa-hoc/{COURSE}")
    phone.page.get_by_text("Tải cả khoá tốn khoảng").wait_for()
    phone.look()
    phone.tap("Tải khoá học về máy")
    phone.page.get_by_text("Khoá này đã có trên máy").wait_for(timeout=60_000)
    line.cut()

    for lesson in course.lessons[:2]:
        phone.open(f"/bai-hoc/{lesson.id}")
        assert phone.heading == lesson.title
    phone.page.goto("/tim")
    phone.page.get_by_text("Trang vừa rồi chưa có trên máy").wait_for()
    phone.page.get_by_role("heading", name=course.title).wait_for()
    phone.look()
    phone.tap("Xoá khỏi máy")
    phone.tap("Xoá hẳn")
    phone.page.get_by_role("heading", name=course.title).wait_for(state="detached")
    phone.page.goto(f"/bai-hoc/{course.lessons[1].id}")
    phone.page.get_by_text("Trang vừa rồi chưa có trên máy").wait_for()


def test_a_new_version_takes_the_place_of_a_kept_lesson_and_loses_no_answer(
    phone, line, catalogue, served_folder, tmp_path
):
    lesson = catalogue.lesson(LESSON)
    question, page = lesson.questions[0], phone.page
    keep(phone, lesson)
    before = kept_answers(served_folder, lesson).get(question.id, 0)
    line.cut()
    page.goto(f"/bai-hoc/{lesson.id}/cau-hoi/{question.id}")
    page.locator(f'button[value="{question.right.id}"]').click()
    page.get_by_text("Đúng rồi, bác nhớ tốt lắm!").wait_for()
    library = shutil.copytree(LIBRARY, tmp_path / "library")
    written = next(library.glob(f"*/{lesson.id}/lesson.toml"))
    words = written.read_text().replace(lesson.title, "Bài đã viết lại").replace(question.text, "Câu đã hỏi lại?")
    written.write_text(words)

    with serve(served_folder, factory="tests.browser.another_library:serve", LIBRARY_COPY=str(library)) as upgraded:
        line.lead_to(upgraded)
        line.mend()
        page.goto(f"/bai-hoc/{lesson.id}")
        assert ask(page, "send")["stopped"] is None
        assert kept_answers(served_folder, lesson)[question.id] == before + 1
        page.evaluate(NEW_VERSION_HERE)
        line.cut()

        phone.open(f"/bai-hoc/{lesson.id}")
        assert phone.heading == "Bài đã viết lại"
        page.goto(f"/bai-hoc/{lesson.id}/cau-hoi/{question.id}")
        assert phone.sees("Câu đã hỏi lại?")
        line.mend()
        page.goto(f"/bai-hoc/{lesson.id}/xong")
        assert phone.sees(f"1 trên {len(lesson.graded)}")


def test_people_take_turns_and_come_without_a_network(phone, line, catalogue, served_folder):
    lesson = catalogue.lesson(LESSON)
    keep(phone, lesson)
    phone.open("/tren-may")
    line.cut()
    for name in ("Bà Mến", "Cu Tí"):
        phone.page.locator("#add summary").click()
        phone.page.locator("#nickname").fill(name)
        phone.page.get_by_role("button", name="Thêm và bắt đầu học").click()
        phone.page.locator(".tile[aria-current]", has_text=name).wait_for()
    phone.look()
    phone.page.locator("#people .tile", has_text="Bà Mến").click()
    phone.page.locator(".tile[aria-current]", has_text="Bà Mến").wait_for()
    phone.page.goto(f"/bai-hoc/{lesson.id}/cau-hoi/{lesson.questions[0].id}")
    phone.page.locator(f'button[value="{lesson.questions[0].right.id}"]').click()
    phone.page.get_by_text("Đúng rồi, bác nhớ tốt lắm!").wait_for()
    line.mend()
    phone.page.goto("/tren-may")
    assert ask(phone.page, "send")["stopped"] is None

    phone.open("/toi")
    assert phone.page.locator(".tile[aria-current]", has_text="Bà Mến").count() == 1
    assert phone.page.locator(".tile", has_text="Cu Tí").count() == 1
    assert phone.page.locator(".card-meta").first.is_visible()
