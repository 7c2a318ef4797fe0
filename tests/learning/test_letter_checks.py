"""Checking a letter by what its square code carries."""

import json
import re
from dataclasses import replace
from urllib.parse import urljoin

import pytest

from learning import queries
from learning.domain.awards import award_for, signed_token
from learning.models import AwardKey, Certificate
from learning.services.award_keys import new_key, retire_key, usable_key
from learning.services.erasing import erase_learner
from learning.views.letter_checking import letter_check_files
from tests.learning.letters import scanned


@pytest.fixture
def course(teach, make):
    return teach(make.course(lessons=(make.lesson(id="mot"),)))


@pytest.fixture
def learner(make, course):
    return make.learner(*course.lessons)


@pytest.fixture
def letter(make, learner, course):
    return make.letter(learner.id, course)


@pytest.fixture
def phone(phone_of, learner):
    return phone_of(learner)


@pytest.fixture
def square(phone, letter):
    """All that the square code on the printed letter holds."""
    answer = phone.client.get(f"/xac-nhan/{letter.code}.pdf")
    assert answer.status_code == 200
    return scanned(answer.data)


@pytest.fixture
def secret(app):
    return app.extensions["settings"].signing_key()


def asked(visitor, typed, expect=200):
    return visitor.open("/xac-nhan", query_string={"ma": typed}, expect=expect)


def test_what_a_camera_reads_leads_to_the_letter(visitor, letter, square):
    for typed in (square, square.partition("#")[2], f" {square[:60]}\n{square[60:]} "):
        page = asked(visitor, typed)
        assert page.address == f"/xac-nhan/{letter.code}"
        assert "Giấy này còn giá trị" in page


def test_a_cut_code_a_forged_one_and_a_replayed_one_are_told_apart(visitor, square, make, phone_of, course):
    address, _, digits = square.partition("#")
    other = make.learner(*course.lessons)
    other_code = make.letter(other.id, course, "Lò Văn Thử").code

    assert "Ô vuông đọc không đủ" in asked(visitor, square[:-40], 422)
    assert "Giấy giả" in asked(visitor, f"{address}#{int(digits) ^ 1}", 422)
    page = asked(visitor, f"http://localhost/xac-nhan/{other_code}#{digits}", 422)
    assert "của một tờ giấy khác" in page
    assert "Lò Văn" not in page


def test_an_award_signed_with_our_key_but_never_kept_is_no_letter_of_ours(visitor, letter, square, session, secret):
    key = usable_key(session, secret=secret)
    other_name = replace(letter, facts=replace(letter.facts, name="Người Khác"))
    unheard_of = replace(letter, code="0000000000")

    assert "của một tờ giấy khác" in asked(visitor, signed_token(award_for(other_name, key.id), key.sign), 422)
    assert "người học đã xoá" in asked(visitor, signed_token(award_for(unheard_of, key.id), key.sign), 422)


def test_an_unknown_key_and_one_that_is_not_trusted_any_more_are_told_as_such(visitor, square, session, now):
    [key] = queries.award_keys(session)
    retire_key(session, key.id, distrust=False, now=now)
    session.commit()
    assert "Giấy này còn giá trị" in asked(visitor, square)

    retire_key(session, key.id, distrust=True, now=now)
    session.commit()
    assert "Khoá ký giấy này đã bị huỷ" in asked(visitor, square, 422)

    session.delete(session.get(AwardKey, key.id))
    session.commit()
    assert "Máy chưa có khoá" in asked(visitor, square, 422)


def test_a_letter_signed_with_an_older_key_still_stands(visitor, square, session, secret, now):
    new_key(session, secret=secret, now=now)
    session.commit()

    assert "Giấy này còn giá trị" in asked(visitor, square)


def test_the_code_of_an_erased_letter_is_told_as_erased(visitor, square, session, learner):
    erase_learner(session, learner.id)
    session.commit()

    assert "người học đã xoá" in asked(visitor, square, 422)


def test_the_check_page_is_small(visitor, make, teach, phone_of):
    course = teach(make.course(lessons=tuple(make.lesson(id=f"bai-{number}") for number in range(8))))
    letter = make.letter(make.learner(*course.lessons).id, course)

    answer = visitor.client.get(f"/xac-nhan/{letter.code}", headers={"Accept-Encoding": "br, gzip"})

    assert answer.headers["Content-Encoding"] == "br"
    assert len(answer.data) <= 10 * 1024


def test_keys_and_status_are_for_everybody(visitor, letter, square, session):
    published = json.loads(visitor.client.get("/xac-nhan/khoa.json").data)
    status = json.loads(visitor.client.get("/xac-nhan/tinh-trang.json").data)

    [key] = queries.award_keys(session)
    assert published["keys"][0] | {"from": ""} == {
        "id": key.id,
        "public": key.public.hex(),
        "from": "",
        "until": None,
        "distrusted": False,
    }
    assert published["courses"] == {"khoa-mau": "Khoá mẫu"}
    assert status["as_of"].endswith("+07:00")
    assert len(status["lists"]) == 1
    assert "no-store" in visitor.client.get("/xac-nhan/khoa.json").headers["Cache-Control"]


def test_before_the_first_letter_there_is_an_empty_list_and_no_did(visitor):
    assert json.loads(visitor.client.get("/xac-nhan/khoa.json").data)["keys"] == []
    visitor.open("/.well-known/did.json", expect=404)
    assert len(json.loads(visitor.client.get("/xac-nhan/tinh-trang.json").data)["lists"]) == 1
    assert visitor.client.get("/xac-nhan/tinh-trang/7").status_code == 404


def test_the_scanning_page_carries_every_word_it_may_need(visitor, app):
    page = visitor.open("/xac-nhan/quet").html

    for finding in ("genuine", "void", "forged", "replayed", "damaged", "unknown_key", "nothing_cached", "no_camera"):
        assert f'data-finding="{finding}"' in page
    assert 'action="/xac-nhan"' in page


def test_everything_the_scanning_page_needs_can_be_kept(visitor, app):
    with app.test_request_context():
        addresses = letter_check_files()

    for address in addresses:
        answer = visitor.client.get(address)
        assert answer.status_code == 200, address
        # A module that is kept without its neighbours is no use where there is no network.
        for neighbour in re.findall(r"""from ['"](\.[^'"]+)['"]""", answer.text if address.endswith(".js") else ""):
            assert urljoin(address, neighbour) in addresses, f"{address} needs {neighbour}"


def test_learners_take_back_their_letter_themselves(phone, visitor, letter):
    page = phone.open(f"/xac-nhan/{letter.code}")
    page = phone.follow(page, "Xin thu hồi giấy này")
    assert "Bác muốn thu hồi giấy này?" in page

    page = phone.send(page.address)

    assert "Giấy này đã bị thu hồi" in page
    checked = visitor.open(f"/xac-nhan/{letter.code}")
    assert "Lý do: Người học xin thu hồi" in checked
    visitor.open(f"/xac-nhan/{letter.code}/thu-hoi", expect=403)
    visitor.send(f"/xac-nhan/{letter.code}/thu-hoi", expect=403)


def test_an_administrator_revokes_a_letter_with_a_reason(visitor, make, letter, session):
    make.person("quan-tri", "admin", "")
    visitor.sign_in("quan-tri")

    page = visitor.open(f"/quan-ly/giay-xac-nhan?ma={letter.code.lower()}")
    assert "Nguyễn Thị Mẫu" in page
    assert "Bác chọn giúp một mục" in visitor.send(page.address, expect=422, note="chưa chọn")
    assert "viết vài chữ" in visitor.send(page.address, expect=422, reason="other")
    page = visitor.send(page.address, reason="wrong_person", note="trùng tên")

    assert "Lý do: Cấp nhầm người" in page
    assert session.get(Certificate, letter.code).status == "revoked"
    assert "trùng tên" not in visitor.open(f"/xac-nhan/{letter.code}")
    visitor.open("/quan-ly/giay-xac-nhan?ma=khong-phai", expect=404)
    visitor.open("/quan-ly/giay-xac-nhan/0000000000", expect=404)


def test_who_does_not_answer_for_letters_cannot_revoke_one(visitor, make, letter):
    visitor.send(f"/quan-ly/giay-xac-nhan/{letter.code}", reason="misused")  # led to the sign-in page
    make.person("bien-tap", "content_editor", make.province())
    visitor.sign_in("bien-tap")

    visitor.send(f"/quan-ly/giay-xac-nhan/{letter.code}", expect=403, reason="misused")
    assert "Giấy này còn giá trị" in visitor.open(f"/xac-nhan/{letter.code}")
