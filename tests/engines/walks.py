"""What people do, done alike in every engine: a lesson to its letter, a visit without signal, a map."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from uuid_utils import uuid7

from courses.domain.lesson import Course, Lesson
from courses.domain.practice import Screen, ScreenKind
from tests.browser.line import Line
from tests.browser.serving import PASSWORD
from tests.browser.walking import PASSCODE, SAMPLE_PASSWORD
from tests.engines.engine import Engine, Gone, wait_until

PIN = "402817"
NAME = "Giàng Thị Páo Sềnh"

# A button or link by its words, among those that can be seen; words as a screen reader would join them.
TAP = """((words) => {
  const plain = (it) => it.textContent.replace(/\\s+/g, " ").trim();
  const seen = [...document.querySelectorAll("a, button, summary, label")].filter((it) => it.getClientRects().length);
  const found = seen.find((it) => plain(it) === words) || seen.find((it) => plain(it).includes(words));
  if (!found) return false;
  found.click();
  return true;
})($0)"""


class Person:
    """Somebody with this browser in their hand, on a line that may be cut."""

    def __init__(self, engine: Engine, line: Line) -> None:
        self.engine = engine
        self.line = line
        self.root = line.address

    def open(self, path: str) -> None:
        self.engine.goto(self.root + path)

    def run(self, expression: str, *values: Any) -> Any:
        return self.engine.run(expression, *values)

    @property
    def path(self) -> str:
        address = self.run("location.pathname + location.search + location.hash")
        return str(address)

    def wait(self, expression: str, *values: Any) -> Any:
        """Until the expression is true, also across a page that is just loading."""

        def ask() -> Any:
            try:
                return self.run(expression, *values)
            except RuntimeError as error:
                if isinstance(error, Gone) or "null" in str(error) or "undefined" in str(error):
                    return None
                raise

        return wait_until(ask, f"{expression} {values} at {self._whereabouts()}")

    def tap(self, words: str) -> None:
        self.wait(TAP, words)

    def sees(self, words: str) -> None:
        """The words come onto the page, also those of a part that is folded away."""
        self.wait("document.body.innerText.includes($0)", words)

    def heading(self, words: str) -> None:
        self.wait("[...document.querySelectorAll('h1')].some((it) => it.innerText.includes($0))", words)

    def type(self, selector: str, text: str) -> None:
        self.wait("!!document.querySelector($0)", selector)
        self.run(
            "((it) => { it.value = $1; it.dispatchEvent(new Event('input', { bubbles: true }));"
            " it.dispatchEvent(new Event('change', { bubbles: true })); return 0; })(document.querySelector($0))",
            selector,
            text,
        )

    def click(self, selector: str) -> None:
        self.wait("((it) => it ? (it.click(), true) : false)(document.querySelector($0))", selector)

    def kept_by_worker(self) -> bool:
        return bool(self.run("!!(navigator.serviceWorker && navigator.serviceWorker.controller)"))

    def _whereabouts(self) -> str:
        try:
            return f"{self.path}: {self.run('document.body.innerText')[:400]}"
        except RuntimeError as error:
            return str(error)


# A lesson.


def read(person: Person, lesson: Lesson) -> None:
    person.open(f"/bai-hoc/{lesson.id}")
    person.heading(lesson.title)
    person.tap("Bắt đầu học")
    if lesson.story:
        person.tap("Tiếp theo")
    for place in range(1, len(lesson.steps) + 1):
        person.sees(f"Bước {place} trên {len(lesson.steps)}")
        person.tap("Tiếp theo")
    person.sees("Bác nhớ lấy")


def practise(person: Person, lesson: Lesson) -> None:
    """From "Tập thử" to the first question. Each tap is answered once: no screen comes twice."""
    person.tap("Tập thử")
    seen: list[str] = []
    while (screen := _screen_shown(person, lesson)) is not None:
        assert screen.id not in seen, f"{screen.id} came twice: {person.path}"
        seen.append(screen.id)
        _pass(person, screen)
        person.wait("location.pathname !== $0", _address(lesson, screen, first=len(seen) == 1))
    assert seen


def answer(person: Person, lesson: Lesson) -> None:
    for question in lesson.questions:
        person.click(f'button[name="given"][value="{question.right.id}"]')
        person.sees("Đúng rồi, bác nhớ tốt lắm!")
        person.tap("Xem kết quả" if question is lesson.questions[-1] else "Câu tiếp theo")
    person.heading("học xong")


def take_letter(person: Person, course: Course, *, learned: Lesson) -> str:
    """Answer the other lessons of the course, as a phone that was away sends it, then take the letter. Its address."""
    others = [each for each in course.lessons if each.id != learned.id]
    answers = [
        {"id": str(uuid7()), "learner": None, "lesson": lesson.id, "step": step, "given": given}
        for lesson in others
        for step, given in _right_answers(lesson)
    ]
    body = {"batch": str(uuid7()), "phone": str(uuid7()), "learners": [], "answers": answers}
    sent = person.run(
        "fetch('/api/v1/answers', { method: 'POST', credentials: 'same-origin', body: JSON.stringify($0),"
        " headers: { 'Content-Type': 'application/json' } }).then((it) => it.json())",
        body,
    )
    assert {each["outcome"] for each in sent["results"]} == {"stored"}, sent
    person.open(f"/khoa-hoc/{course.id}")
    person.tap("Lấy giấy xác nhận")
    person.type("input[name=name]", NAME)
    person.tap("Từ 14 tuổi trở lên")
    person.tap("Lấy giấy xác nhận")
    person.sees("Giấy này còn giá trị")
    person.sees(NAME)
    return urlsplit(person.path).path


def _screen_shown(person: Person, lesson: Lesson) -> Screen | None:
    person.wait("document.readyState === 'complete' && /\\/(tap|cau-hoi)/.test(location.pathname)")
    parts = urlsplit(person.path).path.split("/")
    if parts[3] != "tap":
        return None
    return lesson.practice.screen(parts[4]) if len(parts) > 4 else lesson.practice.first


def _address(lesson: Lesson, screen: Screen, *, first: bool) -> str:
    return f"/bai-hoc/{lesson.id}/tap" + ("" if first else f"/{screen.id}")


def _pass(person: Person, screen: Screen) -> None:
    if screen.kind is ScreenKind.TAP:
        right = next(target for target in screen.targets if target.right)
        person.click(f'button[name="given"][value="{right.id}"]')
        return
    if screen.kind is ScreenKind.TICK:
        for target in screen.targets:
            if target.right:
                person.click(f'input[name="given"][value="{target.id}"]')
    if screen.kind is ScreenKind.TYPE:
        person.type("#typed", screen.typed)
    if screen.kind is ScreenKind.SECRET:
        person.type("#typed", PASSCODE if "six_digits" in screen.rules else SAMPLE_PASSWORD)
    person.click("button.touch-go")


def _right_answers(lesson: Lesson) -> list[tuple[str, Any]]:
    answers: list[tuple[str, Any]] = []
    for step in lesson.practice.must_pass:
        screen = lesson.practice.screen(step)
        assert screen is not None
        right = [target.id for target in screen.targets if target.right]
        answers.append((step, right if screen.kind in (ScreenKind.TAP, ScreenKind.TICK) else True))
    return [*answers, *((question.id, [question.right.id]) for question in lesson.questions)]


# A visit.


def set_up(person: Person) -> None:
    """The team's app onto this phone: from knowing nothing to the list of hamlets."""
    person.open("/doi-so/tren-may")
    person.heading("Bác đăng nhập trước nhé")
    person.tap("Đăng nhập")
    sign_in(person)
    person.tap("Chọn mã PIN")
    for heading in ("Chọn mã PIN 6 số", "Bấm lại mã PIN lần nữa"):
        person.heading(heading)
        press_pin(person)
    person.heading("Hôm nay mình đi đâu?")


def sign_in(person: Person) -> None:
    person.type("input[name=name]", "to-vien")
    person.type("input[type=password]", PASSWORD)
    person.click("main form button")


def press_pin(person: Person) -> None:
    for digit in PIN:
        person.click(f'.pin-key[value="{digit}"]')
    person.click(".pin-go")


def visit_without_signal(person: Person, visits: Callable[[], int]) -> None:
    """Cut the line, start the app anew, record that nobody was at home, mend the line: the visit counts once.

    visits: how many the server has of this member.
    """
    before = visits()
    person.line.cut()
    person.open("/doi-so")
    person.heading("Chào bác, mời bác bấm mã PIN")
    press_pin(person)
    person.heading("Hôm nay mình đi đâu?")
    person.tap("Bản Mẫu 2")
    person.heading("Bản Mẫu 2")
    person.tap("Xem cả danh sách")
    person.wait(
        "((all) => all.length ? (all[all.length - 1].click(), true) : false)"
        "(document.querySelectorAll('[role=\"listitem\"] a'))"
    )
    person.tap("Ghi lượt thăm")
    person.heading("Lần này thế nào?")
    person.tap("Vắng nhà")
    person.tap("Lưu lượt thăm")
    person.heading("Đã lưu lượt thăm")
    person.sees("còn 1 phiếu chưa gửi")
    assert visits() == before
    person.line.mend()
    person.run("(location.hash = '#/phieu', 0)")
    person.tap("Gửi bây giờ")
    person.wait("!document.body.innerText.includes('chưa gửi')")
    wait_until(lambda: visits() == before + 1, "the visit reaches the server")


def visit_on_the_plain_page(person: Person, visits: Callable[[], int], why: str) -> None:
    """Where the phone can keep nothing: said before anything is promised, and the visit is recorded with network."""
    before = visits()
    person.open("/doi-so/tren-may")
    person.heading("Ở đây chưa dùng được lúc mất sóng")
    person.sees(why)
    assert "Đi thăm được cả khi mất sóng" not in person.run("document.body.innerText")
    person.tap("Mở danh sách hộ")
    sign_in(person)
    person.click("a.hamlet-card")
    person.click("main a[href*='/doi-so/ho/']")
    person.tap("Vắng nhà")
    person.tap("Lưu lượt thăm")
    person.wait("location.pathname.includes('/da-ghi/')")
    wait_until(lambda: visits() == before + 1, "the visit is stored")


# A map.


def enlarge_map(person: Person) -> None:
    """The map of a province, drawn by the server, is made large by touch."""
    person.open("/do-phu/38")
    person.wait("!!document.querySelector('#map svg')")
    person.click("#enlarge")
    person.wait("!!document.querySelector('#map.leaflet-container svg')")
