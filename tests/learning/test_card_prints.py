import io
import subprocess

import pypdfium2
import pytest
import zxingcpp

from learning.domain.learners import LearnerProfile
from learning.services.cards import make_card
from learning.views.card_prints import cards_as_pdf, paper_card

CARD = (85.6, 54.0)
LONG = "Nguyễn Thị Bé Chín Cô Út Xoan"


@pytest.fixture
def printed(app):
    def drawing(people, *, sheet):
        with app.test_request_context("/", base_url="https://hoc.example.vn"):
            cards = [paper_card(f"K7M2QX94B{number % 10}", person) for number, person in enumerate(people)]
            return pypdfium2.PdfDocument(io.BytesIO(cards_as_pdf(cards, sheet=sheet)))

    return drawing


def somebody(nickname="Bà Mến", picture="trau"):
    return LearnerProfile(id=None, nickname=nickname, picture=picture)


def millimetres(page):
    return tuple(round(side / 72 * 25.4, 1) for side in page.get_size())


def words(page):
    return " ".join(page.get_textpage().get_text_range().split())


def codes(page):
    picture = page.render(scale=300 / 72).to_pil()
    return [
        code.text
        for code in zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    ]


def test_a_card_fits_a_purse_and_its_code_can_be_read(printed):
    pdf = printed([somebody()], sheet=False)

    assert len(pdf) == 1
    assert millimetres(pdf[0]) == CARD
    assert codes(pdf[0]) == ["https://hoc.example.vn/the/K7M2QX94B0"]
    for said in ("Bà Mến", "K7M-2QX-94B0", "hoc.example.vn/the", "Không ghi bốn hình lên thẻ"):
        assert said in words(pdf[0])


def test_ten_cards_fill_a_sheet(printed):
    pdf = printed([somebody(f"Người {number}") for number in range(11)], sheet=True)

    assert [millimetres(page) for page in pdf] == [(210.0, 297.0)] * 2
    assert [len(codes(page)) for page in pdf] == [10, 1]


def test_the_longest_nickname_keeps_off_the_code(printed):
    page = printed([somebody(LONG)], sheet=False)[0]

    assert LONG in words(page)
    text = page.get_textpage()
    name, code = (text.search(said).get_next()[0] for said in ("Xoan", "94B0"))
    assert text.get_charbox(name)[1] > text.get_charbox(code)[3]


def test_a_blank_card_leaves_a_line_for_the_name(printed):
    page = printed([None], sheet=False)[0]

    assert "Tên gọi:" in words(page)


def test_cards_are_tagged_for_screen_readers(app):
    with app.test_request_context("/", base_url="https://hoc.example.vn"):
        pdf = cards_as_pdf([paper_card("K7M2QX94BD", somebody())], sheet=False)

    info = subprocess.run(["pdfinfo", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    assert "Tagged:          yes" in info


def test_a_card_is_printed_by_its_own_phone_only(visitor, teach, session, make, phone_of, now):
    teach()
    visitor.open("/toi/the.pdf", expect=404)
    visitor.open("/toi/the-a4.pdf", expect=404)
    learner = make.learner()
    make_card(session, learner.id, ("trau", "ga", "ca", "non"), key="k", now=now)
    session.commit()

    for name in ("the.pdf", "the-a4.pdf"):
        answer = phone_of(learner).client.get(f"/toi/{name}")
        assert answer.mimetype == "application/pdf"
        assert answer.headers["Cache-Control"] == "no-store"
