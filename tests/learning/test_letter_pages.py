import io
import unicodedata

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from sqlalchemy import select

from foundation.accounts.models import ConsentRecord
from learning.domain.codes import format_code
from learning.models import Certificate

SENTENCE = "nội bộ, không thay thế xác nhận phổ cập kỹ năng số trên VNeID"


@pytest.fixture
def course(teach, make):
    return teach(make.course(lessons=(make.lesson(id="mot"), make.lesson(id="hai", title="Giữ kín mã OTP"))))


@pytest.fixture
def learner(make, course):
    return make.learner(*course.lessons)


@pytest.fixture
def phone(phone_of, learner):
    return phone_of(learner)


ASKING = "/khoa-hoc/khoa-mau/giay-xac-nhan"


def pdf_of(phone, letter):
    answer = phone.client.get(f"/xac-nhan/{letter.code}.pdf")
    assert answer.status_code == 200
    return answer.data


def text_of(pdf):
    pages = pypdfium2.PdfDocument(pdf)
    assert len(pages) == 1
    return unicodedata.normalize("NFC", " ".join(pages[0].get_textpage().get_text_range().split()))


def test_a_learner_asks_for_a_letter_takes_it_home_and_somebody_checks_it(phone, visitor):
    page = phone.open(ASKING)
    assert page.heading == "Bác muốn ghi tên gì lên giấy?"

    page = phone.send(ASKING, name="  Nguyễn Thị  Mẫu ")
    assert "Giấy này còn giá trị" in page
    assert "Nguyễn Thị Mẫu" in page
    assert phone.client.get(page.links["Tải giấy về để in"]).mimetype == "application/pdf"

    checked = visitor.open(page.response.request.path)
    for words in ("Nguyễn Thị Mẫu", "Khoá mẫu", "Giữ kín mã OTP", "6 phút", "Xã Đoàn Mẫu", "Tiếng Việt", SENTENCE):
        assert words in checked
    assert "Tải giấy về để in" not in checked.links


def test_there_is_nothing_to_ask_before_the_course_is_finished(make, course, phone_of):
    half_way = phone_of(make.learner(course.lessons[0]))

    assert half_way.open(ASKING).links["Học tiếp"] == "/bai-hoc/hai"
    assert "Học tiếp" in half_way.send(ASKING, name="Nguyễn Thị Mẫu", expect=409).links


def test_a_phone_that_learned_nothing_is_shown_the_way(visitor, course):
    assert "Học tiếp" in visitor.send(ASKING, name="Nguyễn Thị Mẫu").links


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "Bác chưa gõ tên."),
        ("038085001234", "không ghi số"),
        ("Ng\x07uyễn", "ký tự lạ"),
        ("Nguyễn " * 43, "Tên dài quá 80 chữ"),
        ("<script>", "Tên chỉ gồm chữ cái"),
        ("🌸👵🏽🌸", "Tên chỉ gồm chữ cái"),
    ],
)
def test_a_faulty_name_gets_a_clear_message_and_is_not_lost(phone, typed, message):
    page = phone.send(ASKING, name=typed, expect=422)

    assert message in page
    assert "<script>" not in page.html.partition("<form")[2].partition("</form")[0]
    if typed.startswith("Nguyễn"):
        assert f'value="{typed}"' in page.html


def test_correcting_the_name_replaces_the_letter(phone, visitor, make, learner, course):
    old = make.letter(learner.id, course, "Nguyễn Thị Mâu")

    assert "Sửa tên trên giấy xác nhận" in phone.open(ASKING)
    new = phone.send(ASKING, name="Nguyễn Thị Mẫu")

    assert old.code not in new.response.request.path
    checked = visitor.open(f"/xac-nhan/{old.code}")
    assert "Giấy này đã được thay bằng giấy khác" in checked
    assert "Giấy này còn giá trị" not in checked
    assert "ĐÃ ĐƯỢC THAY" in text_of(pdf_of(phone, old))


def test_a_revoked_letter_says_so(visitor, session, make, learner, course):
    letter = make.letter(learner.id, course)
    session.get(Certificate, letter.code).status = "revoked"
    session.commit()

    assert "Giấy này đã bị thu hồi" in visitor.open(f"/xac-nhan/{letter.code}")


def test_the_printed_letter_belongs_to_the_phone_that_learned(visitor, phone_of, make, learner, course):
    letter = make.letter(learner.id, course)

    page = visitor.open(f"/xac-nhan/{letter.code}.pdf", expect=403)
    assert page.links["Kiểm tra giấy này"] == f"/xac-nhan/{letter.code}"
    assert "Nguyễn" not in page.html
    phone_of(make.learner(*course.lessons)).open(f"/xac-nhan/{letter.code}.pdf", expect=403)


@pytest.mark.parametrize("name", ["Nguyễn Thị Ẵm Ữ Ợ Ỗ Ỹ", "Y Bhŏk Niê Kđăm Ĕ Ĭ Ŏ Ŭ ƀ", "ꪼꪕ ꪒꪱ", "H'Hen Niê"])
def test_every_name_is_printed_and_read_back_right(phone, make, learner, course, name):
    pdf = pdf_of(phone, make.letter(learner.id, course, name))

    assert name in text_of(pdf)


def test_the_letter_says_what_it_is_and_what_it_is_not(phone, make, learner, course):
    pdf = pdf_of(phone, make.letter(learner.id, course))
    text = text_of(pdf)

    for words in ("GIẤY XÁC NHẬN HOÀN THÀNH", SENTENCE, "tự học", "Khoá mẫu", "gồm 2 bài", "Xã Đoàn Mẫu"):
        assert words in text
    for words in ("chứng chỉ", "CHỨNG CHỈ", "CỘNG HÒA", "CỘNG HOÀ", "Độc lập"):
        assert words not in text
    assert len(pdf) <= 44 * 1024
    opened = pikepdf.open(io.BytesIO(pdf))
    assert opened.Root.MarkInfo.Marked
    assert str(opened.Root.Lang) == "vi"


def test_a_long_name_and_a_long_course_stay_on_one_page(phone, make, learner, course):
    letter = make.letter(learner.id, course, "Nguyễn Thị Hoàng Phương Thảo " * 2 + "Nguyễn Thị Mẫu")

    text_of(pdf_of(phone, letter))


def test_the_qr_on_the_paper_leads_to_the_check_page(phone, make, learner, course):
    letter = make.letter(learner.id, course)

    picture = pypdfium2.PdfDocument(pdf_of(phone, letter))[0].render(scale=2).to_pil()

    [found] = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    address, _, digits = found.text.partition("#")
    assert address == f"http://localhost/xac-nhan/{letter.code}"
    assert digits.isdecimal()


def test_a_code_is_accepted_the_way_people_type_it(visitor, make, learner, course):
    code = make.letter(learner.id, course).code
    typed = format_code(code).lower().replace("0", "O").replace("1", "i").replace("-", " ")

    assert "Giấy này còn giá trị" in visitor.open(f"/xac-nhan?ma={typed}")


def test_a_code_mistyped_is_told_as_such_and_a_forged_one_as_unknown(visitor, make, learner, course):
    code = make.letter(learner.id, course).code
    mistyped = code[:4] + ("2" if code[4] != "2" else "3") + code[5:]

    assert "Mã gõ nhầm" in visitor.open(f"/xac-nhan?ma={mistyped}", expect=422)
    assert "Mã gõ nhầm" in visitor.open(f"/xac-nhan/{mistyped}", expect=404)
    assert "Không có giấy nào mang mã này" in visitor.open("/xac-nhan/0000000000", expect=404)
    visitor.open("/xac-nhan/0000000000.pdf", expect=404)
    visitor.open("/xac-nhan/%00%ff.pdf", expect=404)
    assert "Bác chưa điền ô này." in visitor.open("/xac-nhan?ma=")


def test_the_safety_lessons_are_recommended_but_not_required(teach, make, phone_of):
    course = make.course(id="khoa-mau")
    safety = make.course(id="an-toan", number=6, lessons=(make.lesson(id="at-otp", title="Mã OTP"),))
    teach(course, safety)
    phone = phone_of(make.learner(*course.lessons))

    page = phone.open(ASKING)

    assert "/bai-hoc/at-otp" in page.links.values()
    assert "Giấy này còn giá trị" in phone.send(ASKING, name="Nguyễn Thị Mẫu")


def test_a_childs_name_stands_on_no_letter_without_a_guardian(visitor, teach, session, now):
    lesson = teach().lessons[0]
    for step, given in (("tap/cuoc-goi", "tat-may"), ("tap/go-ma", "123456"), ("cau-hoi/ai-hoi-otp", "khong")):
        visitor.send(f"/bai-hoc/{lesson.id}/{step}", given=given)

    assert "Bác chọn giúp một ô" in visitor.send(ASKING, expect=422, name="Lò Thị Bé")
    page = visitor.send(ASKING, expect=422, name="Lò Thị Bé", age_band="under_14")
    assert "đồng ý thì chạm vào ô giúp cháu" in page
    assert "Lò Thị Bé" in page.html
    # A faulty name keeps nothing of the consent either: everything is sent once more.
    visitor.send(ASKING, expect=422, name="Bé 2", age_band="under_14", guardian_agrees="1")
    assert session.scalars(select(ConsentRecord)).all() == []

    visitor.send(ASKING, name="Lò Thị Bé", age_band="under_14", guardian_agrees="1")
    assert [consent.purpose for consent in session.scalars(select(ConsentRecord))] == ["child_learns"]
    # Asked once is enough.
    assert "bao nhiêu tuổi" not in visitor.open(ASKING)
