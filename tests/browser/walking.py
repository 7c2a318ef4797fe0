"""What a learner does with a lesson from first to last, told once for the walks and the pictures.

The lesson file says what is right; everything is done through the page.
"""

from urllib.parse import urlsplit

from courses.domain.lesson import Lesson
from courses.domain.practice import Screen, ScreenKind
from tests.browser.phone import Phone

PASSCODE = "591733"
SAMPLE_PASSWORD = "Bvs@Que27lua"


def read(phone: Phone, lesson: Lesson) -> None:
    """From the opening of a lesson through all its steps to "Tập thử"."""
    phone.tap("Bắt đầu học")
    if lesson.story:
        phone.tap("Tiếp theo")
    for place, _step in enumerate(lesson.steps, 1):
        assert phone.sees(f"Bước {place} trên {len(lesson.steps)}")
        phone.tap("Tiếp theo")
    assert phone.sees("Bác nhớ lấy")


def pass_screen(phone: Phone, screen: Screen) -> None:
    """Do what one imitation screen asks for."""
    page = phone.page
    if screen.kind is ScreenKind.TAP:
        right = next(target for target in screen.targets if target.right)
        page.locator(f'button[name="given"][value="{right.id}"]').click()
    else:
        if screen.kind is ScreenKind.TICK:
            for target in screen.targets:
                if target.right:
                    page.locator(f'input[name="given"][value="{target.id}"]').check()
        if screen.kind is ScreenKind.TYPE:
            page.locator("#typed").fill(screen.typed)
        if screen.kind is ScreenKind.SECRET:
            page.locator("#typed").fill(PASSCODE if "six_digits" in screen.rules else SAMPLE_PASSWORD)
        page.locator("button.touch-go").click()
    # JavaScript, where there is any, changes the address without loading a page.
    page.wait_for_url(lambda url: _place(url)[1:] != [screen.id] and _place(url) != ["tap"])
    page.wait_for_load_state()


def screen_shown(phone: Phone, lesson: Lesson) -> Screen | None:
    """The imitation screen the phone shows; None once the practice is over."""
    place = _place(phone.address)
    if place[0] != "tap":
        return None
    return lesson.practice.screen(place[1]) if len(place) > 1 else lesson.practice.first


def practise(phone: Phone, lesson: Lesson, *, look: bool = True) -> list[str]:
    """From "Tập thử" to the first question, always rightly; the ids of the screens seen, in order."""
    seen: list[str] = []
    while screen := screen_shown(phone, lesson):
        assert screen.id not in seen, f"{screen.id} came twice"
        seen.append(screen.id)
        if look:
            phone.look()
        pass_screen(phone, screen)
    return seen


def answer(phone: Phone, lesson: Lesson) -> None:
    """Every question rightly, to the page that says the lesson is done."""
    for question in lesson.questions:
        phone.page.locator(f'button[name="given"][value="{question.right.id}"]').click()
        phone.page.get_by_text("Đúng rồi, bác nhớ tốt lắm!").wait_for()
        phone.tap("Xem kết quả" if question is lesson.questions[-1] else "Câu tiếp theo")


def _place(address: str) -> list[str]:
    """What follows /bai-hoc/<lesson>/ in an address, such as ["tap", "cuoc-goi-chen"]."""
    return urlsplit(address).path.split("/")[3:]
