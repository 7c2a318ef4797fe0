"""A class evening from the first tap to the printed letters: at the door, on the big screen, with a worker beside."""

import io
import os
import subprocess
import sys
import zipfile
from datetime import UTC, datetime

import pypdfium2
import pytest
import segno
from PIL import Image
from sqlalchemy import select

from app import create_app
from foundation.accounts.models import Person
from foundation.settings import Settings
from learning.domain.learners import AboutLearner
from learning.services.cards import make_card
from learning.services.learners import add_without_phone
from tests.browser.conftest import QUIET
from tests.browser.phone import Phone
from tests.browser.serving import PROJECT_ROOT

COURSE = "Sổ sức khoẻ điện tử và thẻ bảo hiểm y tế"
HAMLET = "Bản Mẫu 1"
BIG = {"width": 1280, "height": 720}
SMALL = {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def card(server, served_folder):
    """The code on the card of Bà Mến, who was handed it by the sample's team and learned at home before."""
    app = create_app(Settings(data_folder=served_folder))
    now = datetime.now(UTC)
    with app.app_context(), app.extensions["sessions"]() as session:
        member = session.scalars(select(Person).where(Person.name == "to-vien")).one()
        learner = add_without_phone(session, AboutLearner("from_14", nickname="Bà Mến", picture="trau"), now=now)
        code = make_card(
            *(session, learner, ("trau", "ga", "ca", "non")),
            key=app.config["SECRET_KEY"],
            area_path=member.holdings[0].area_path,
            now=now,
        )
        session.commit()
    app.extensions["engine"].dispose()
    return code


@pytest.fixture
def worker(served_folder):
    """Starts what makes letters in the background, as `make run` does."""
    started = []

    def start():
        environment = {**os.environ, "DATA_FOLDER": str(served_folder), "DATABASE_URL": ""}
        command = [sys.executable, "-m", "flask", "--app", "app", "jobs", "work"]
        started.append(subprocess.Popen(command, cwd=PROJECT_ROOT, env=environment, start_new_session=True))

    yield start
    for process in started:
        process.terminate()
        assert process.wait(timeout=30) == 0


def open_class(phone):
    """Signed in as the sample's member: a new class of COURSE in HAMLET; its address."""
    phone.sign_in("to-vien")
    phone.open("/lop-hoc")
    phone.tap("Mở lớp mới")
    phone.tap(COURSE, exact=False)
    phone.page.get_by_label("Ở thôn, bản nào?").select_option(
        phone.page.locator("#area option", has_text=HAMLET).first.get_attribute("value")
    )
    phone.write("Ai hướng dẫn lớp?", "Vi Thị Mẫu")
    phone.tap("Mở lớp")
    assert phone.heading == COURSE
    assert phone.sees("Chưa có ai")
    return phone.address.split("?")[0]


def admitted_by_name(phone, name):
    phone.tap("Thêm bằng tên gọi")
    phone.write("Gọi là gì?", name)
    phone.choose("Từ 14 tuổi trở lên")
    phone.tap("Thêm vào lớp")


def kind_of_slide(page):
    return page.locator(".slide").get_attribute("class").split()[1]


def smallest_letters(page):
    """Of what the room has to read on a slide, in pixels as they stand on the screen."""
    return page.evaluate(
        """() => Math.min(...[...document.querySelectorAll(".slide-say, .slide-tip, .slide-options li")]
            .map(each => parseFloat(getComputedStyle(each).fontSize)))"""
    )


def show_on_the_big_screen(phone):
    """With the arrow keys from the first slide to the list of who did it; the kinds of slides seen."""
    page = phone.page
    page.set_viewport_size(BIG)
    page.reload()
    seen = []
    while "/trinh-chieu/" in phone.address:
        kind = kind_of_slide(page)
        if kind not in seen:
            phone.look()
        seen.append(kind)
        assert page.evaluate("document.querySelector('.stage').scrollHeight <= innerHeight"), phone.address
        # A twentieth of the screen's height, as far as a village hall is deep.
        assert kind == "slide-screen" or smallest_letters(page) >= BIG["height"] / 20, phone.address
        if kind == "slide-screen" and seen.count(kind) == 1:
            phone.tap("Chỉ chỗ chạm")
            assert page.locator(".slide-set .flash").count()
        before = phone.address
        page.keyboard.press("ArrowRight")
        page.wait_for_url(lambda url, before=before: url != before)
        page.wait_for_load_state()
        if len(seen) == 2:
            page.keyboard.press("ArrowLeft")
            page.wait_for_url(before)
            page.keyboard.press("PageDown")
            page.wait_for_url(lambda url, before=before: url != before)
    page.set_viewport_size(SMALL)
    return seen


def tick_everybody(phone):
    for box in phone.page.locator("main input[name=done]").all():
        box.check()
    phone.tap("Lưu người làm xong")


def test_a_class_evening_from_the_door_to_the_letters(phone, card, worker):
    place = open_class(phone)
    phone.tap("Mời người vào lớp")
    phone.page.get_by_role("button", name="Quét thẻ bằng máy ảnh").click()
    phone.page.get_by_text("Không mở được máy ảnh").wait_for()  # this machine has none
    phone.write("Mã trên thẻ", card[:-1])
    phone.tap("Thêm bằng thẻ")
    assert phone.sees("Mã gõ nhầm")
    phone.write("Mã trên thẻ", card.lower())
    phone.tap("Thêm bằng thẻ")
    assert phone.sees("Đã thêm Bà Mến. Lớp có 1 người.")
    admitted_by_name(phone, "Ông Tư")
    assert phone.sees("Đã thêm Ông Tư. Lớp có 2 người.")
    phone.tap("Đủ người rồi, về lớp")

    phone.tap("Chiếu tiếp bài 8.1")
    seen = show_on_the_big_screen(phone)
    kinds = ("opening", "step", "remember", "screen", "question", "answer")
    assert [kind for kind in dict.fromkeys(seen) if kind != "slide-story"] == [f"slide-{kind}" for kind in kinds]
    assert phone.heading == "Ai làm được bài này?"
    tick_everybody(phone)
    assert phone.sees("1/4 bài")
    for number in ("8.2", "8.3", "8.4"):
        phone.tap(f"Ai xong {number}?")
        tick_everybody(phone)
    assert phone.sees("2 trên 2 người đã học xong cả khoá")
    phone.tap("Bà Mến")
    assert phone.page.locator("main").inner_text().count("làm chung") == 4
    phone.open(place)

    phone.tap("Làm giấy cho cả lớp")
    phone.write("Họ tên của Bà Mến", "Lò Thị Mến")
    phone.write("Họ tên của Ông Tư", "Hà Văn Tư")
    phone.tap("Làm giấy cho cả lớp")
    assert phone.sees("Đang chờ đến lượt")
    worker()
    # The page comes again by itself until all is done; whoever looks in between sees how far it is.
    phone.page.get_by_text("Xong 2 tờ.").wait_for(timeout=60_000)
    phone.look()

    pdf = phone.download("Tải một tệp PDF để in").path().read_bytes()
    pages = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf)]
    assert [("Lò Thị Mến" in page, "Hà Văn Tư" in page) for page in pages] == [(True, False), (False, True)]
    assert all("Vi Thị Mẫu" in page for page in pages)
    with zipfile.ZipFile(phone.download("Tải tệp ZIP, mỗi người một tệp").path()) as archive:
        single = [pypdfium2.PdfDocument(io.BytesIO(archive.read(name))) for name in archive.namelist()]
    assert [len(each) for each in single] == [1, 1]
    assert "Lò Thị Mến" in single[0][0].get_textpage().get_text_bounded()
    phone.open(place)
    assert phone.sees("2 người đã có giấy")


def test_a_class_is_held_without_javascript(plain_phone):
    place = open_class(plain_phone)
    plain_phone.tap("Mời người vào lớp")
    assert not plain_phone.page.locator("#start-camera").is_visible()
    admitted_by_name(plain_phone, "Bà Páo")
    plain_phone.tap("Đủ người rồi, về lớp")
    plain_phone.page.set_viewport_size(BIG)
    plain_phone.tap("Chiếu tiếp bài 8.1")
    while not plain_phone.page.locator(".slide-set").count():
        plain_phone.tap("Tiếp")
    plain_phone.tap("Chỉ chỗ chạm")
    assert plain_phone.page.locator(".slide-set .flash").count()
    plain_phone.page.set_viewport_size(SMALL)
    plain_phone.open(f"{place}/bai/sk-di-kham")
    tick_everybody(plain_phone)
    assert plain_phone.sees("1/4 bài")


def test_a_card_held_before_the_camera_comes_in_once(browser, chromium, server, card, tmp_path):
    film = tmp_path / "card.mjpeg"
    film.write_bytes(filmed(f"https://hoc.example.vn/the/{card}") * 5)
    fake = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    filming = browser.browser_type.launch(
        executable_path=chromium, args=[*QUIET, *fake, f"--use-file-for-fake-video-capture={film}"]
    )
    try:
        context = filming.new_context(base_url=server, viewport=SMALL, permissions=["camera"], reduced_motion="reduce")
        phone = Phone(context)
        open_class(phone)
        phone.tap("Mời người vào lớp")
        phone.page.get_by_role("button", name="Quét thẻ bằng máy ảnh").click()
        phone.page.get_by_text("Đã thêm Bà Mến.").wait_for()
        # The camera is open again for the next card, and the one still held there is not sent again.
        phone.page.locator("#viewfinder").wait_for()
        while phone.page.locator("video").evaluate("video => video.currentTime") < 1.5:
            phone.page.wait_for_timeout(100)
        assert phone.sees("Đã thêm Bà Mến. Lớp có 1 người.")
        phone.look()
        phone.tap("Tắt máy ảnh")
        phone.page.get_by_role("button", name="Quét thẻ bằng máy ảnh").click()
        phone.page.get_by_text("Bà Mến đã có tên trong lớp rồi.").wait_for()
    finally:
        filming.close()


def filmed(address):
    """One frame of a film that shows the square code of `address`."""
    code = io.BytesIO()
    segno.make_qr(address).save(code, kind="png", scale=12)
    frame = Image.new("RGB", (640, 480), "white")
    square = Image.open(code).convert("RGB").resize((400, 400))
    frame.paste(square, (120, 40))
    written = io.BytesIO()
    frame.save(written, "JPEG", quality=92)
    return written.getvalue()
