"""What a hamlet without power takes along: cards, booklets and the reminder, opened as a printer would."""

import io
import subprocess

import pypdfium2
import zxingcpp

LESSON = "at-gia-cong-an"
COURSE = "an-toan-tren-mang"


def test_a_lesson_is_taken_home_as_a_card_whose_code_leads_back_to_it(phone, server, catalogue):
    lesson = catalogue.lesson(LESSON)
    phone.open(f"/bai-hoc/{LESSON}#nho-lay")
    card = phone.download("In bài này ra giấy").path().read_bytes()

    assert 1 <= len(pypdfium2.PdfDocument(io.BytesIO(card))) <= 2
    assert lesson.title in _told(card)
    assert f"{server}/bai-hoc/{LESSON}" in _scanned(card, 0)


def test_a_whole_course_is_a_booklet_with_numbered_pages_and_a_code_for_each_lesson(phone, server, catalogue):
    course = catalogue.course(COURSE)
    phone.open(f"/khoa-hoc/{COURSE}")
    booklet = phone.download("In cả khoá thành một tập").path().read_bytes()

    pages = len(pypdfium2.PdfDocument(io.BytesIO(booklet)))
    scanned = {address for page in range(pages) for address in _scanned(booklet, page)}
    assert {f"{server}/bai-hoc/{lesson.id}" for lesson in course.lessons} <= scanned
    text = _told(booklet)
    assert [lesson.title for lesson in course.lessons if lesson.title not in text] == []
    assert all(str(number) in _told(booklet, number).split() for number in range(2, pages + 1))


def test_the_reminder_is_one_sheet_cut_into_two(phone):
    phone.open("/huong-dan")
    reminder = phone.download("Thẻ “Dừng – Tắt – Hỏi” để dán cạnh điện thoại").path().read_bytes()

    assert len(pypdfium2.PdfDocument(io.BytesIO(reminder))) == 1
    text = _told(reminder).upper()
    assert [text.count(word) >= 2 for word in ("DỪNG", "TẮT", "HỎI")] == [True, True, True]


def _told(pdf: bytes, page: int | None = None) -> str:
    only = ["-f", str(page), "-l", str(page)] if page else []
    command = ["pdftotext", *only, "-", "-"]
    told = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()
    return " ".join(told.split())


def _scanned(pdf: bytes, page: int) -> set[str]:
    """What a phone's camera reads from one page, counted from 0."""
    picture = pypdfium2.PdfDocument(io.BytesIO(pdf))[page].render(scale=2).to_pil().convert("L")
    return {found.text for found in zxingcpp.read_barcodes(picture)}
