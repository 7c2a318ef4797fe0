"""What a page brings so that it can be read aloud, and the recordings it names. The reading itself: tests/browser."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from courses.domain.facts import Fact, FactKind
from courses.domain.lesson import Reliability
from courses.recordings import INTERFACE_PARTS, Recording
from tests.making.courses import a_catalogue

SOUND = bytes(range(32, 120))  # the reader of pages below wants text


@pytest.fixture
def record(app, monkeypatch, tmp_path):
    """Puts a catalogue into the root whose one lesson has recordings of the parts named."""

    def put(*parts: str, version: str = "a" * 10):
        recordings = {}
        for part in parts:
            file = tmp_path / f"{part}.mp3"
            file.write_bytes(SOUND)
            recordings[part] = Recording(file, "audio/mpeg", version)
        own = {part: recording for part, recording in recordings.items() if part in INTERFACE_PARTS}
        catalogue = replace(a_catalogue(), recordings={"bai-mau": recordings}, interface_recordings=own)
        monkeypatch.setitem(app.extensions, "catalogue", catalogue)
        monkeypatch.setattr("learning.views.page_cache._pages", {})

    return put


def _recorded(html: str) -> list[str]:
    return [address.rsplit("/", 1)[1] for address in re.findall(r'data-recorded="([^"]+)"', html)]


def test_a_page_names_the_recordings_of_its_own_parts_only(visitor, record):
    record("mot", "bai.mo-dau", "ai-hoi-otp", "ai-hoi-otp.vi-sao", "cuoc-goi")

    assert sorted(_recorded(visitor.open("/bai-hoc/bai-mau").html)) == ["bai.mo-dau", "mot"]
    assert _recorded(visitor.open("/bai-hoc/bai-mau/tap").html) == ["cuoc-goi"]
    assert _recorded(visitor.open("/bai-hoc/bai-mau/tap/go-ma").html) == []
    assert _recorded(visitor.open("/bai-hoc/bai-mau/cau-hoi/ai-hoi-otp").html) == ["ai-hoi-otp"]
    assert "ai-hoi-otp.vi-sao" in _recorded(visitor.open("/bai-hoc/bai-mau/cau-hoi/ai-hoi-otp?chon=khong").html)


def test_hints_praise_and_answers_name_their_recordings(visitor, record):
    record("cuoc-goi.nhac.nghe-tiep", "cuoc-goi.khen", "ai-hoi-otp.chon.khong")

    assert _recorded(visitor.open("/bai-hoc/bai-mau/tap/cuoc-goi?cham=nghe-tiep").html) == ["cuoc-goi.nhac.nghe-tiep"]
    assert _recorded(visitor.open("/bai-hoc/bai-mau/tap/go-ma?tu=cuoc-goi").html) == ["cuoc-goi.khen"]
    assert _recorded(visitor.open("/bai-hoc/bai-mau/cau-hoi/ai-hoi-otp").html) == ["ai-hoi-otp.chon.khong"]


def test_the_pages_own_words_name_theirs_in_vietnamese_only(visitor, record):
    record("tiep-theo", "nho-lay", "man-hinh-tap", "dung-roi")
    lesson = visitor.open("/bai-hoc/bai-mau").html
    shown = set(re.findall(r'<span data-read-out="/ghi-am/a{10}/([^"]+)">', lesson))

    assert shown == {"tiep-theo", "nho-lay"}
    assert "man-hinh-tap" in visitor.open("/bai-hoc/bai-mau/tap").html
    assert visitor.open("/ghi-am/aaaaaaaaaa/tiep-theo").response.data == SOUND
    visitor.open("/ghi-am/bbbbbbbbbb/tiep-theo", 404)
    visitor.open("/ghi-am/aaaaaaaaaa/mot", 404)

    visitor.client.set_cookie("tieng", "en")
    assert "data-read-out" not in visitor.open("/bai-hoc/bai-mau").html


def test_every_word_of_the_pages_that_can_be_recorded_is_on_a_page_and_in_the_guide():
    root = Path(__file__).resolve().parents[2]
    pages = "".join(page.read_text() for page in (root / "learning/templates").rglob("*.html"))
    guide = (root / "docs/authoring.md").read_text()

    assert set(re.findall(r'(?:spoken|read_out)\("([a-z-]+)"', pages)) == set(INTERFACE_PARTS)
    assert [part for part in INTERFACE_PARTS if f"`{part}`" not in guide] == []


def test_a_recording_is_kept_by_phones_for_good(visitor, record):
    record("mot")

    answer = visitor.open("/bai-hoc/bai-mau/ghi-am/aaaaaaaaaa/mot").response

    assert answer.data == SOUND
    assert answer.mimetype == "audio/mpeg"
    assert {"immutable", "max-age=31536000"} <= set(answer.headers["Cache-Control"].split(", "))


def test_a_recording_is_given_in_ranges(visitor, record):
    record("mot")
    address = "/bai-hoc/bai-mau/ghi-am/aaaaaaaaaa/mot"

    part = visitor.open(address, 206, headers={"Range": "bytes=4-9"}).response
    assert part.data == SOUND[4:10]
    assert part.headers["Content-Range"] == f"bytes 4-9/{len(SOUND)}"
    visitor.open(address, 416, headers={"Range": "bytes=9000-"})


@pytest.mark.parametrize(
    "address",
    [
        "/bai-hoc/bai-mau/ghi-am/bbbbbbbbbb/mot",  # of an older page, with other words
        "/bai-hoc/bai-mau/ghi-am/aaaaaaaaaa/hai",
        "/bai-hoc/khong-co/ghi-am/aaaaaaaaaa/mot",
        "/bai-hoc/bai-mau/ghi-am/aaaaaaaaaa/..%2Fmot",
    ],
)
def test_what_is_not_recorded_is_not_found(visitor, record, address):
    record("mot")

    visitor.open(address, 404)


def test_a_recording_gone_from_the_disk_is_not_found(visitor, record, tmp_path):
    record("mot")
    (tmp_path / "mot.mp3").unlink()

    visitor.open("/bai-hoc/bai-mau/ghi-am/aaaaaaaaaa/mot", 404)


def test_lesson_words_stay_vietnamese_in_an_english_page(visitor, teach):
    teach()
    visitor.client.set_cookie("tieng", "en")

    html = visitor.open("/bai-hoc/bai-mau").html

    assert re.search(r'<h1 id="ten-bai" lang="vi">Bài mẫu</h1>', html)
    assert not re.search(r'<h2 id="mot-h"[^>]*lang=', html)


def test_no_button_stands_on_the_page_before_there_is_something_to_hear(visitor, teach):
    teach()

    for address in ("/bai-hoc/bai-mau", "/bai-hoc/bai-mau/tap", "/bai-hoc/bai-mau/cau-hoi"):
        page = visitor.open(address)
        assert "Nghe cả bài" not in page
        places = re.findall(r'<div class="hear"[^>]*>(.*?)</div>', page.html, re.S)
        assert places
        assert set(places) == {""}


def test_everything_a_place_names_is_on_its_page(visitor, teach):
    teach()

    for address in ("", "/tap", "/tap/go-ma", "/cau-hoi/ai-hoi-otp", "/cau-hoi/ai-hoi-otp?chon=khong"):
        html = visitor.open(f"/bai-hoc/bai-mau{address}").html
        ids = re.findall(r'\sid="([^"]+)"', html)
        assert len(ids) == len(set(ids))
        for named in re.findall(r'data-hear="([^"]+)"', html):
            missing = set(named.split()) - set(ids)
            # What is only now and then on the page: the introduction, the answer to a choice.
            assert missing <= {"vao-tap", "bang", "ket-qua"}, (address, named)


def test_numbers_to_dial_are_told_to_the_phone(visitor, app, monkeypatch, now):
    facts = {
        name: Fact(name, about, value, "mẫu", "không có", Reliability.READ, now.date())
        for name, about, value in [
            ("TD", FactKind.PHONE, "1900.0368"),
            ("RAC", FactKind.PHONE, "156 hoặc 5656"),
            ("TUOI", FactKind.THRESHOLD, "14"),
        ]
    }
    monkeypatch.setitem(app.extensions, "catalogue", replace(a_catalogue(), facts=facts))
    monkeypatch.setattr("learning.views.page_cache._pages", {})

    html = visitor.open("/bai-hoc/bai-mau").html

    assert re.search(r'data-dialled="([^"]*)"', html)[1] == "19000368 156 5656"
