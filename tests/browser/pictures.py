"""`python -m tests.browser.pictures`: draws the README's pictures anew, from the real pages with the sample in them."""

import io
import tempfile
from pathlib import Path

import pypdfium2
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from courses.catalogue import Catalogue
from tests.browser.conftest import QUIET, find_chromium
from tests.browser.phone import Phone
from tests.browser.serving import PROJECT_ROOT, serve
from tests.browser.walking import answer, pass_screen, practise, read
from tests.run import whole_run

PICTURES = PROJECT_ROOT / "docs/pictures"
COURSE = "vneid-cai-dat"
LESSON = "vneid-kich-hoat"
CALL = "cuoc-goi-chen"


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    with (
        whole_run(),
        tempfile.TemporaryDirectory() as folder,
        serve(Path(folder)) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=QUIET)
        _resident(_page(browser, address, 360))
        _member(_page(browser, address, 360))
        _organiser(_page(browser, address, 1000))
        browser.close()


def _page(browser: Browser, address: str, width: int) -> Phone:
    context = browser.new_context(viewport={"width": width, "height": 680}, locale="vi-VN", base_url=address)
    # Pictures need no looking over by axe; the walks do that.
    return Phone(context, scripts=False)


def _resident(phone: Phone) -> None:
    course = Catalogue.load().course(COURSE)
    assert course is not None
    phone.open("/")
    _keep(phone.page, "trang-dau")
    for lesson in course.lessons:
        phone.open(f"/bai-hoc/{lesson.id}")
        read(phone, lesson)
        if lesson.id == LESSON:
            phone.page.goto(f"/bai-hoc/{lesson.id}#{lesson.steps[3].id}")
            _keep(phone.page, "bai-hoc")
        phone.open(f"/bai-hoc/{lesson.id}/tap")
        if lesson.id == LESSON:
            for screen in lesson.practice.screens:
                if screen.id == CALL:
                    break
                pass_screen(phone, screen)
            phone.page.wait_for_timeout(800)
            _keep(phone.page, "man-tap")
        practise(phone, lesson, look=False)
        answer(phone, lesson)
    phone.tap("Lấy giấy xác nhận")
    phone.write("Họ và tên", "Nguyễn Thị Mẫu")
    phone.choose("Từ 14 tuổi trở lên")
    phone.tap("Lấy giấy xác nhận")
    pdf = phone.download("Tải giấy về để in").path().read_bytes()
    letter = pypdfium2.PdfDocument(io.BytesIO(pdf))[0].render(scale=1).to_pil()
    letter.quantize(64).save(PICTURES / "giay-xac-nhan.png", optimize=True)


def _member(phone: Phone) -> None:
    phone.sign_in("to-vien")
    phone.page.locator("main a", has_text="Bản Mẫu 1").first.click()
    phone.page.wait_for_load_state()
    _keep(phone.page, "doi-so")
    phone.page.locator('main a[href*="/doi-so/ho/"]').first.click()
    phone.page.wait_for_load_state()
    _keep(phone.page, "phieu-tham")


def _organiser(phone: Phone) -> None:
    phone.sign_in("can-bo-tinh")
    phone.open("/do-phu/38")
    # The map itself, whatever room the page keeps above what is jumped to.
    phone.page.evaluate(
        "scrollTo({top: document.querySelector('#map').getBoundingClientRect().top + scrollY - 8, behavior: 'instant'})"
    )
    phone.page.wait_for_timeout(500)
    _keep(phone.page, "do-phu")


def _keep(page: Page, name: str) -> None:
    drawn = Image.open(io.BytesIO(page.screenshot()))
    drawn.convert("RGB").quantize(128).save(PICTURES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
