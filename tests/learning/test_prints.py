import io
import re
import subprocess
import time
import unicodedata
from dataclasses import replace
from datetime import date

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from cachetools import LRUCache

from courses.domain.facts import Fact, FactKind
from courses.domain.lesson import Option, Reliability, Step
from courses.domain.picture import Picture
from foundation.web.pdf.engine import render_shortest

CARD = "/bai-hoc/{}/in.pdf"
BOOKLET = "/khoa-hoc/{}/in.pdf"
REMINDER = "/in/dung-tat-hoi.pdf"
NOT_THE_STATE = "Đây không phải trang của cơ quan nhà nước"
HEADINGS = {
    "Bác chuẩn bị sẵn",
    "Bác nhớ lấy",
    "Giữ an toàn",
    "Hay nhầm",
    "Nếu làm mà không được",
    "Bác thử trả lời",
    "Dành cho người ngồi cạnh giúp",
    "Chuyện có thật",
    "Lời giải các câu hỏi",
    "Số cần gọi",
    "Tập này dựa vào đâu",
}


@pytest.fixture(autouse=True)
def empty_cache(monkeypatch):
    monkeypatch.setattr("learning.views.print_cache._prints", LRUCache(10_000_000, getsizeof=len))


@pytest.fixture
def printed(visitor):
    def take(address: str) -> bytes:
        answer = visitor.client.get(address)
        assert answer.status_code == 200, address
        assert answer.mimetype == "application/pdf"
        return answer.data

    return take


def pages(pdf: bytes, *how: str) -> list[str]:
    """The text of each page as it stands on paper, line by line; with "-raw", box by box."""
    pdf_text = subprocess.run(["pdftotext", *how, "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    assert unicodedata.is_normalized("NFC", pdf_text)
    return pdf_text.split("\f")[:-1]


def flat(text: str) -> str:
    return " ".join(text.replace("**", "").replace("\u00a0", " ").split())


def pdf_text(pdf: bytes, *how: str) -> str:
    return flat(" ".join(pages(pdf, *how)))


def scanned(pdf: bytes, page: int = 0) -> list[str]:
    picture = pypdfium2.PdfDocument(pdf)[page].render(scale=2).to_pil().convert("L")
    return [found.text for found in zxingcpp.read_barcodes(picture)]


def fact(name: str, value: str, reliability: Reliability = Reliability.READ, about: FactKind = FactKind.PHONE) -> Fact:
    return Fact(name, about, value, f"Số mẫu {name}", "nguồn mẫu", reliability, date(2026, 11, 21))


def longest(catalogue):
    return max(catalogue.lessons, key=lambda lesson: sum(len(step.text + step.tip) for step in lesson.steps))


# Cards


@pytest.mark.parametrize("lesson_id", ["vneid-kich-hoat", "at-gia-cong-an"])
def test_a_card_says_all_that_its_lesson_does(printed, app, lesson_id):
    lesson = app.extensions["catalogue"].lesson(lesson_id)

    text = pdf_text(printed(CARD.format(lesson_id)))

    for words in (
        *(lesson.title, lesson.goal, lesson.remember, lesson.safety, *lesson.prepare, *lesson.if_stuck),
        *(words for step in lesson.steps for words in (step.text, step.tip)),
        *(source.text for source in lesson.sources),
        *("Bài nháp, đang đối chiếu", "Đối chiếu ngày 21/11/2026", NOT_THE_STATE, "Công an xã:", "Tổ công nghệ số:"),
    ):
        assert flat(words) in text


def test_the_steps_of_a_card_are_numbered_and_in_large_type(printed, teach, make):
    teach(make.course(lessons=(make.lesson(steps=tuple(Step(f"buoc-{n}", f"Việc {n}.") for n in range(1, 8))),)))
    pdf = printed(CARD.format("bai-mau"))

    assert re.findall(r"^\d$", pages(pdf)[0], re.MULTILINE)[:7] == list("1234567")
    page = pypdfium2.PdfDocument(pdf)[0]
    words = page.get_textpage()
    _left, bottom, _right, top = words.get_charbox(words.get_text_range().index("Việc 7."), loose=True)
    assert top - bottom >= 13  # points


def test_a_card_is_one_sheet(printed, app):
    catalogue = app.extensions["catalogue"]

    assert len(pages(printed(CARD.format("dt-cham-vuot")))) == 1
    assert len(pages(printed(CARD.format(longest(catalogue).id)))) == 2


def test_the_qr_of_a_card_leads_to_its_lesson(printed):
    assert scanned(printed(CARD.format("at-otp"))) == ["http://localhost/bai-hoc/at-otp"]


def test_the_address_the_house_is_known_under_is_the_one_printed(printed, app, monkeypatch):
    known = app.extensions["settings"].model_copy(update={"public_address": "https://hoc.example.vn/"})
    monkeypatch.setitem(app.extensions, "settings", known)

    assert scanned(printed(CARD.format("at-otp"))) == ["https://hoc.example.vn/bai-hoc/at-otp"]


def test_only_a_draft_is_called_one(printed, teach, make):
    teach(make.course(lessons=(make.lesson(id="xong"), make.lesson(id="nhap", draft=True))))

    assert "nháp" not in pdf_text(printed(CARD.format("xong")))
    assert "Bài nháp, đang đối chiếu" in pdf_text(printed(CARD.format("nhap")))


def test_a_number_changed_in_the_facts_is_changed_on_paper(printed, teach, make, app, monkeypatch):
    teach(make.course(lessons=(make.lesson(if_stuck=("Gọi 1900 0000 để hỏi.",)),)))
    facts = {each.name: each for each in (fact("TD", "1900 0000", Reliability.SECONDARY), fact("KHAC", "1900 1111"))}
    monkeypatch.setitem(app.extensions, "catalogue", replace(app.extensions["catalogue"], facts=facts))

    text = pdf_text(printed(CARD.format("bai-mau")))

    assert "1900 0000 – Số mẫu TD (số đang đối chiếu)" in text
    assert "1900 1111" not in text


def test_a_step_with_a_picture_is_printed_with_it(printed, teach, make):
    picture = Picture("o-vuong", "Một ô vuông", '<path d="M10 10h180v100H10z"/>')
    teach(make.course(lessons=(make.lesson(steps=(Step("mot", "Nhìn ô vuông.", picture=picture),)),)))

    pdf = printed(CARD.format("bai-mau"))

    assert "Một ô vuông" in alternatives(pdf)
    assert "Nhìn ô vuông." in pdf_text(pdf)


def test_what_a_lesson_writes_stays_words(printed, teach, make):
    teach(make.course(lessons=(make.lesson(title="<b>A & B</b>", steps=(Step("mot", "<img src=x> {{ 7*7 }}"),)),)))

    text = pdf_text(printed(CARD.format("bai-mau")))

    assert "<b>A & B</b>" in text
    assert "<img src=x> {{ 7*7 }}" in text


def test_lines_are_filled_before_bold_words(app):
    words = "Gõ **12 số định danh** trên thẻ, rồi gõ **số điện thoại** đã báo với công an. Nhìn lại từng số một, "
    told_on_paper = app.jinja_env.filters["on_paper"](words + "rồi chạm **Gửi yêu cầu**.")
    # A width at which the renderer, left alone, breaks after the first word of the second line.
    style = "<style>p { width: 120mm; font-size: 14pt; margin: 0 }</style>"
    with app.test_request_context():
        pdf = render_shortest([f"<html lang=vi><title>Thử</title>{style}<p>{told_on_paper}</p></html>"], [])

    assert "đã" not in pages(pdf)[0].splitlines()


# The reminder


def test_the_reminder_says_the_signs_and_deeds_of_lesson_one_of_safety(printed, app):
    lesson = app.extensions["catalogue"].lesson("at-5-dau-hieu")
    steps = {step.id: step.text for step in lesson.steps}

    pdf = printed(REMINDER)
    text = pdf_text(pdf, "-raw")

    assert len(pages(pdf)) == 1
    for sign in ("la", "giuc", "doa", "tien", "ma"):
        assert text.count(flat(steps[sign])) == 2
    for words in ("Công an xã", "Con, cháu", "Ngân hàng", "Báo số lừa: gọi 156", NOT_THE_STATE, "Nháp, đang đối chiếu"):
        assert text.count(words) == 2
    # The deeds are set apart from each other on the card; together they are the lesson's own sentence.
    assert "Dừng lại, tắt máy, rồi hỏi người nhà hoặc công an xã." in flat(steps["dung-tat-hoi"])
    assert text.count("người nhà hoặc công an xã") == 2


def test_both_halves_of_the_reminder_lead_to_its_lesson(printed):
    assert scanned(printed(REMINDER)) == ["http://localhost/bai-hoc/at-5-dau-hieu"] * 2


def test_there_is_no_reminder_without_the_lesson_its_words_come_from(visitor, teach, make):
    teach(make.course())
    visitor.open(REMINDER, expect=404)

    teach(make.course(lessons=(make.lesson(id="at-5-dau-hieu"),)))
    visitor.open(REMINDER, expect=404)


# Booklets


@pytest.mark.parametrize("course_id", ["vneid-cai-dat", "an-toan-tren-mang"])
def test_a_booklet_finds_its_lessons_where_its_contents_say(printed, app, course_id):
    course = app.extensions["catalogue"].course(course_id)
    pdf = printed(BOOKLET.format(course_id))
    sheets = pages(pdf)

    assert course.title in flat(sheets[0])
    contents = flat(sheets[1])
    for lesson in course.lessons:
        said = re.search(re.escape(f"{lesson.number} {lesson.title}") + r"(?: \(nháp\))?[ .]* (\d+)", contents)
        page = int(said[1])
        assert flat(sheets[page - 1]).startswith(f"Bài {lesson.number} · khoảng")
        assert scanned(pdf, page - 1) == [f"http://localhost/bai-hoc/{lesson.id}"]
    for number, sheet in enumerate(sheets[1:], start=2):
        assert str(number) in sheet.split("\n")  # the number on the page itself
    assert scanned(pdf) == [f"http://localhost/khoa-hoc/{course_id}"]

    for number, sheet in enumerate(sheets, start=1):
        lines = [line for line in map(flat, sheet.splitlines()) if line]
        running = {str(number), flat(course.title)} | {f"Bài {lesson.number}" for lesson in course.lessons}
        while lines[-1] in running:
            lines.pop()
        assert lines[-1] not in HEADINGS, f"a heading alone at the foot of page {number}"


def test_a_booklet_asks_first_and_answers_at_the_end(printed, teach, make):
    question = make.lesson().questions[0]
    asked = replace(question, options=(*question.options, Option("hoi-lai", "Để hỏi lại", right=False)))
    teach(make.course(lessons=(make.lesson(questions=(asked,)),)))

    sheets = [flat(page) for page in pages(printed(BOOKLET.format("khoa-mau")))]

    lesson, answers = " ".join(sheets[2:-1]), sheets[-1]
    assert "Câu 1. Có ai được hỏi mã OTP của bác không?" in lesson
    assert "C. Để hỏi lại" in lesson
    assert question.because not in lesson
    assert f"Lời giải ở trang {len(sheets)}." in lesson
    assert f"Câu 1: B. Không. {question.because}" in answers


def test_a_booklet_of_six_lessons_is_quickly_made(printed):
    printed(CARD.format("at-otp"))  # the renderer is imported at the first print

    before = time.process_time()
    printed(BOOKLET.format("vneid-cai-dat"))

    # bench/prints.py holds it to 3 s; a slow or busy machine is no fault of the booklet.
    assert time.process_time() - before < 6


# All of them

EVERY_KIND = [CARD.format("vneid-kich-hoat"), REMINDER, BOOKLET.format("an-toan-tren-mang")]


def alternatives(pdf: bytes) -> list[str]:
    """What stands for each picture, for whoever hears the page."""
    found = []
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        for thing in opened.objects:
            if isinstance(thing, pikepdf.Dictionary) and thing.get("/S") == "/Figure":
                found.append(str(thing.get("/Alt", "")))
    return found


@pytest.mark.parametrize("address", EVERY_KIND)
def test_every_print_can_be_heard_and_carries_its_letters(printed, address):
    pdf = printed(address)

    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert opened.Root.MarkInfo.Marked
        assert str(opened.Root.Lang) == "vi"
        assert str(opened.docinfo["/Title"])
        with opened.open_metadata() as about:
            assert about["pdfuaid:part"] == "1"
        fonts = [font for page in opened.pages for font in page.Resources.get("/Font", {}).values()]
        descriptors = [font.DescendantFonts[0].FontDescriptor for font in fonts]
        assert descriptors
        assert all("/FontFile2" in each or "/FontFile3" in each for each in descriptors)
    assert alternatives(pdf)
    assert all(alternatives(pdf))


@pytest.mark.parametrize("address", EVERY_KIND)
def test_a_print_is_kept_by_whoever_has_it_and_drawn_once(visitor, monkeypatch, address):
    first = visitor.client.get(address)

    # No address is set, so the print names the host it was asked from: a proxy must not keep it for others.
    assert first.headers["Cache-Control"] == "private"
    assert "Set-Cookie" not in first.headers
    assert first.headers["Content-Disposition"].startswith("attachment; filename=")
    monkeypatch.setattr("learning.views.printing.render_pdf", None)
    monkeypatch.setattr("learning.views.printing.render_shortest_pdf", None)
    assert visitor.client.get(address).data == first.data
    again = visitor.client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""
    assert again.headers["ETag"] == first.headers["ETag"]


def test_a_lesson_rewritten_is_printed_anew(visitor, teach, make, app, monkeypatch):
    teach(make.course())
    first = visitor.client.get(CARD.format("bai-mau"))
    rewritten = make.catalogue(make.course(lessons=(make.lesson(title="Viết lại"),)))
    monkeypatch.setitem(app.extensions, "catalogue", replace(rewritten, version="test-2"))

    second = visitor.client.get(CARD.format("bai-mau"), headers={"If-None-Match": first.headers["ETag"]})

    assert second.status_code == 200
    assert "Viết lại" in pdf_text(second.data)


def test_what_is_kept_is_bounded(visitor, teach, make, monkeypatch):
    teach(make.course())
    one = len(visitor.client.get(CARD.format("bai-mau"), base_url="http://khong.example/").data)
    cache = LRUCache(2 * one + one // 2, getsizeof=len)
    monkeypatch.setattr("learning.views.print_cache._prints", cache)

    for host in ("mot.example", "hai.example", "ba.example", "bon.example"):
        visitor.client.get(CARD.format("bai-mau"), base_url=f"http://{host}/")

    assert len(cache) == 2
    assert cache.currsize <= cache.maxsize


def test_a_print_larger_than_the_cache_is_served(visitor, teach, make, monkeypatch):
    cache = LRUCache(1, getsizeof=len)
    monkeypatch.setattr("learning.views.print_cache._prints", cache)
    teach(make.course())

    assert visitor.client.get(CARD.format("bai-mau")).data.startswith(b"%PDF")
    assert len(cache) == 0


@pytest.mark.parametrize("address", EVERY_KIND)
def test_invented_hosts_close_no_print_to_visitors(visitor, monkeypatch, address):
    """Without PUBLIC_ADDRESS any Host is served. A process once drew for the first four names, and for no more."""
    drawn = []

    def draw(*_args, **values):
        drawn.append(values["address"])
        return values["address"].encode()

    monkeypatch.setattr("learning.views.printing.render_pdf", draw)
    monkeypatch.setattr("learning.views.printing.render_shortest_pdf", draw)
    for number in range(40):
        visitor.client.get(address, base_url=f"http://invented-{number}.example/")

    answer = visitor.client.get(address, base_url="http://192.168.1.20:8000/")

    assert answer.status_code == 200
    assert answer.data.startswith(b"http://192.168.1.20:8000/")
    assert len(drawn) == 41


def test_a_print_that_is_asked_for_stays_while_invented_hosts_push_each_other_out(visitor, monkeypatch):
    drawn = []

    def draw(*_args, address, **_values):
        drawn.append(address)
        return address.encode()

    monkeypatch.setattr("learning.views.printing.render_pdf", draw)
    # Room for about three.
    monkeypatch.setattr("learning.views.print_cache._prints", LRUCache(200, getsizeof=len))
    for number in range(20):
        visitor.client.get(REMINDER, base_url=f"http://invented-{number}.example/")
        visitor.client.get(REMINDER, base_url="http://xa-mau.example/")

    assert sum(address.startswith("http://xa-mau.example/") for address in drawn) == 1
    assert len(drawn) == 21


@pytest.mark.parametrize("address", [CARD, BOOKLET])
@pytest.mark.parametrize("name", ["khong-co", "..%2f..%2fetc", "%00", "a" * 1500])
def test_a_print_of_nothing_is_a_page_that_says_so(visitor, address, name):
    page = visitor.open(address.format(name), expect=404)

    assert page.response.mimetype == "text/html"


def test_prints_are_found_from_lesson_course_and_guide(visitor):
    assert visitor.open("/bai-hoc/at-otp").links["In bài này ra giấy"] == CARD.format("at-otp")
    course = visitor.open("/khoa-hoc/an-toan-tren-mang")
    assert course.links["In cả khoá thành một tập"] == BOOKLET.format("an-toan-tren-mang")
    assert REMINDER in visitor.open("/huong-dan").links.values()
