"""Recordings beside a lesson: what is taken in, and what is refused without taking the lesson down."""

import pytest

from courses.catalogue import Catalogue

MP3 = b"\xff\xfb\x90\x00" + bytes(60)
M4A = b"\x00\x00\x00\x18ftypM4A " + bytes(60)
OPUS = b"OggS" + bytes(60)
FOLDER = "khoa-mau/bai-mau/voices/vi"
NAMED = f"library/{FOLDER}"


def _parts(catalogue: Catalogue) -> list[str]:
    return sorted(catalogue.recordings.get("bai-mau", {}))


def test_steps_questions_reasons_screens_and_fixed_parts_can_be_recorded(library):
    for part in ("mot", "hoi-mot", "hoi-mot.vi-sao", "cuoc-goi", "bai.mo-dau", "bai.an-toan"):
        library.put(f"{FOLDER}/{part}.mp3", MP3)
    library.put(f"{FOLDER}/hai.m4a", M4A).put(f"{FOLDER}/hoi-hai.opus", OPUS)
    catalogue = library.load()

    assert catalogue.faults == ()
    assert _parts(catalogue) == sorted(
        ["mot", "hai", "hoi-mot", "hoi-mot.vi-sao", "hoi-hai", "cuoc-goi", "bai.mo-dau", "bai.an-toan"]
    )
    kinds = {part: recording.media_type for part, recording in catalogue.recordings["bai-mau"].items()}
    assert (kinds["mot"], kinds["hai"], kinds["hoi-hai"]) == ("audio/mpeg", "audio/mp4", "audio/ogg")


def test_praise_hints_options_and_the_pages_own_words_can_be_recorded(library):
    parts = ("cuoc-goi.nhac.nghe", "hoi-mot.chon.co", "bai.ten", "bai.vao-tap")
    for part in parts:
        library.put(f"{FOLDER}/{part}.mp3", MP3)
    catalogue = library.put("voices/vi/tiep-theo.opus", OPUS).load()

    assert catalogue.faults == ()
    assert _parts(catalogue) == sorted(parts)
    assert list(catalogue.interface_recordings) == ["tiep-theo"]
    assert [course.id for course in catalogue.courses] == ["khoa-mau"]  # voices/ is no course


@pytest.mark.parametrize("part", ["cuoc-goi.nhac", "cuoc-goi.khen", "cuoc-goi.nhac.tat-may", "hoi-mot.chon.khac"])
def test_a_recording_of_words_the_lesson_does_not_have_is_named(library, part):
    faults = library.put(f"{FOLDER}/{part}.mp3", MP3).faults()

    assert faults == [f"{NAMED}/{part}.mp3: there is no part {part} to read aloud"]


def test_a_recording_of_words_no_page_says_is_named(library):
    faults = library.put("voices/vi/tiep-theo-nua.mp3", MP3).faults()

    assert faults == ["library/voices/vi/tiep-theo-nua.mp3: there is no part tiep-theo-nua to read aloud"]


def test_words_of_the_pages_made_anew_change_the_librarys_version(library):
    before = library.put("voices/vi/tiep-theo.mp3", MP3).load().version

    assert library.put("voices/vi/tiep-theo.mp3", MP3 + b"1").load().version != before


def test_a_lesson_without_recordings_is_no_fault(library):
    catalogue = library.load()

    assert (catalogue.recordings, catalogue.faults) == ({}, ())


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("vi/khong-co.mp3", MP3, "there is no part khong-co to read aloud"),
        ("vi/mot.wav", MP3, "a recording is a file that ends in .mp3, .m4a, .opus"),
        ("vi/mot.mp3", b"", "is no .mp3 inside"),
        ("vi/mot.mp3", b"<html><script>", "is no .mp3 inside"),
        ("vi/mot.opus", MP3, "is no .opus inside"),
        ("vi/mot.m4a", OPUS, "is no .m4a inside"),
        ("vi/mot.mp3", MP3 + bytes(1_000_000), "is over 1000000 bytes"),
        ("en/mot.mp3", MP3, "recordings are kept for vi"),
    ],
)
def test_a_file_that_is_no_recording_is_named_and_the_lesson_still_served(library, file, content, message):
    catalogue = library.put(f"khoa-mau/bai-mau/voices/{file}", content).load()

    assert [str(fault) for fault in catalogue.faults] == [f"library/khoa-mau/bai-mau/voices/{file}: {message}"]
    assert catalogue.lesson("bai-mau") is not None
    assert _parts(catalogue) == []


def test_of_two_recordings_of_one_part_one_is_taken_and_the_other_named(library):
    catalogue = library.put(f"{FOLDER}/mot.mp3", MP3).put(f"{FOLDER}/mot.m4a", M4A).load()

    assert [str(fault) for fault in catalogue.faults] == [f"{NAMED}/mot.mp3: there is already mot.m4a"]
    assert catalogue.recordings["bai-mau"]["mot"].media_type == "audio/mp4"


def test_a_recording_made_anew_changes_its_own_version_and_the_librarys(library):
    silent = library.load()
    first = library.put(f"{FOLDER}/mot.mp3", MP3).load()
    again = library.put(f"{FOLDER}/mot.mp3", MP3).load()
    second = library.put(f"{FOLDER}/mot.mp3", MP3 + b"1").load()

    assert len({silent.version, first.version, second.version}) == 3
    assert first.version == again.version
    assert first.recordings["bai-mau"]["mot"].version != second.recordings["bai-mau"]["mot"].version
