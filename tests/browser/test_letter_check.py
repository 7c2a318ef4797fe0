"""Somebody holds a printed letter and a phone: the square code is checked with network and without."""

import io
from datetime import UTC, datetime

import pypdfium2
import pytest
import zxingcpp

from app import create_app
from foundation.areas.domain.scope import NATION
from foundation.settings import Settings
from learning.domain.letters import Reason
from learning.services.award_keys import signing_key
from learning.services.letters import revoke_letter
from learning.views.letter_prints import LetterPrints
from tests.browser.conftest import QUIET
from tests.browser.phone import Phone
from tests.making import Make

NAME = "Giàng Thị Páo Sềnh"
KEPT = "Máy đã giữ sẵn khoá"


@pytest.fixture(scope="module")
def site(server, served_folder):
    """(address of the server, its application as seen from here)."""
    return server, create_app(Settings(data_folder=served_folder, public_address=server))


@pytest.fixture(scope="module")
def letters(site):
    """Two printed letters: (letter, PDF) of one that stands and of one that was revoked."""
    address, app = site
    course = app.extensions["catalogue"].course("ai-co-ban")
    now = datetime.now(UTC)
    with app.app_context(), app.extensions["sessions"]() as session:
        make = Make(session)
        made = [make.letter(make.learner(*course.lessons).id, course, name) for name in (NAME, "Lò Văn Thử")]
        revoke_letter(session, made[1].code, Reason.MISUSED, note="", who="quan-tri", scope=NATION, now=now)
        key = signing_key(session, secret=app.extensions["settings"].signing_key(), now=now)
        session.commit()
        return [
            (each, pdf)
            for each, (_name, pdf) in zip(made, LetterPrints(made, root=address, key=key).separately(), strict=True)
        ]


def picture_of(pdf, scale=3):
    return pypdfium2.PdfDocument(io.BytesIO(pdf))[0].render(scale=scale).to_pil()


def scanned(pdf):
    [found] = zxingcpp.read_barcodes(picture_of(pdf), formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    return found.text


@pytest.fixture
def checker(browser, site):
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, locale="vi-VN", base_url=site[0], reduced_motion="reduce"
    )
    yield Phone(context)
    context.close()


def paste(phone, text):
    if phone.page.locator("#by-hand").get_attribute("open") is None:
        phone.page.locator("#by-hand summary").click()
    phone.page.locator("textarea").fill(text)
    phone.page.locator("#by-hand button").click()


def found(phone):
    title = phone.page.locator("#finding .notice-title")
    title.wait_for()
    return title.inner_text()


def test_a_letter_is_checked_where_there_is_no_network(checker, letters):
    (letter, pdf), (_revoked, revoked_pdf) = letters
    square = scanned(pdf)
    checker.open("/xac-nhan/quet")
    checker.page.get_by_text(KEPT).wait_for()
    checker.page.context.set_offline(True)

    paste(checker, square)
    assert found(checker) == "Giấy này đúng là do chúng tôi cấp"
    facts = checker.page.locator("#finding").inner_text()
    for words in (NAME, "Trí tuệ nhân tạo", "Tự học", "Tình trạng giấy theo danh sách lúc", "bản giữ sẵn"):
        assert words in facts
    assert "Chữ đầu của họ và tên" not in facts
    checker.complaints.clear()  # Chromium calls the lists that could not be fetched failed resources
    checker.look()

    for text, words in (
        (scanned(revoked_pdf), "Giấy này không còn giá trị"),
        (square[:-30], "Ô vuông đọc không đủ"),
        (square[:-1] + str((int(square[-1]) + 1) % 10), "Giấy giả: chữ ký không phải của chúng tôi"),
        (f"https://x.vn/xac-nhan/{_revoked.code}#{square.partition('#')[2]}", "Ô vuông này của một tờ giấy khác"),
        (letter.code, "Mã này cần có mạng mới kiểm tra được"),
        ("bác ơi", "Chưa đọc được"),
    ):
        paste(checker, text)
        checker.page.get_by_text(words, exact=True).locator("visible=true").wait_for()
        assert found(checker) == words
    checker.page.context.set_offline(False)


def test_a_phone_that_kept_nothing_says_what_to_do(checker, letters):
    checker.page.route("**/xac-nhan/*.json", lambda route: route.abort())
    checker.page.goto("/xac-nhan/quet")

    paste(checker, scanned(letters[0][1]))

    assert found(checker) == "Máy chưa giữ khoá để kiểm tra"


def test_a_code_typed_with_network_leads_to_the_whole_letter(checker, letters):
    checker.open("/xac-nhan/quet")
    paste(checker, letters[0][0].code.lower())
    checker.page.get_by_text("Giấy này còn giá trị").wait_for()
    checker.look()
    assert checker.sees(NAME)


def test_without_scripts_the_box_asks_the_server(browser, site, letters):
    context = browser.new_context(base_url=site[0], java_script_enabled=False, viewport={"width": 360, "height": 740})
    phone = Phone(context, scripts=False)
    phone.open("/xac-nhan/quet")
    paste(phone, scanned(letters[0][1]))
    phone.page.get_by_text("Giấy này còn giá trị").wait_for()
    context.close()


def test_the_camera_reads_the_square_code(browser, chromium, site, letters, tmp_path):
    film = tmp_path / "letter.mjpeg"
    frame = io.BytesIO()
    picture = picture_of(letters[0][1], 4)
    picture.crop((156, 1482, 956, 2282)).resize((720, 720)).convert("RGB").save(frame, "JPEG", quality=92)
    film.write_bytes(frame.getvalue() * 5)
    fake = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    filming = browser.browser_type.launch(
        executable_path=chromium, args=[*QUIET, *fake, f"--use-file-for-fake-video-capture={film}"]
    )
    try:
        context = filming.new_context(base_url=site[0], viewport={"width": 360, "height": 740}, permissions=["camera"])
        phone = Phone(context)
        phone.open("/xac-nhan/quet")
        phone.page.get_by_text(KEPT).wait_for()
        phone.page.get_by_role("button", name="Mở máy ảnh để quét").click()
        assert found(phone) == "Giấy này đúng là do chúng tôi cấp"
    finally:
        filming.close()
