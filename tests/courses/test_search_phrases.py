import pytest

from courses.catalogue import Catalogue


def test_what_is_asked_is_read_by_lesson(library):
    library.put("asked.toml", 'bai-mau = ["mã là gì", "có người hỏi mã"]')

    assert library.load().search_phrases == {"bai-mau": ("mã là gì", "có người hỏi mã")}
    assert library.faults() == []


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ('bai-la = ["mã là gì"]', "bai-la: there is no such lesson"),
        ("bai-mau = []", "bai-mau: at least 1, has 0"),
        ('bai-mau = "mã là gì"', "asked.toml: bai-mau"),
        ('bai-mau = [" "]', "bai-mau[1]"),
        ("bai-mau = [1]", "bai-mau[1]"),
        (f'bai-mau = ["{"mã " * 30}"]', "bai-mau"),
        ('bai-mau = ["số 038085001234 là của ai"]', "somebody's real number"),
        ("bai-mau =", "is not TOML"),
    ],
)
def test_a_slip_in_what_is_asked_is_named_and_left_out(library, source, fault):
    library.put("asked.toml", source)

    assert any(fault in found for found in library.faults())
    assert library.load().search_phrases == {}
    assert library.load().lesson("bai-mau")


def test_what_is_asked_about_a_lesson_left_out_is_no_fault(library):
    library.with_second("title = 1").put("asked.toml", 'bai-hai = ["mã là gì"]')

    catalogue = library.load()

    assert catalogue.search_phrases == {}
    assert not any("asked.toml" in str(fault) for fault in catalogue.faults)


def test_every_lesson_we_teach_can_be_asked_for_in_everyday_words():
    catalogue = Catalogue.load()

    for lesson in catalogue.lessons:
        assert len(catalogue.search_phrases.get(lesson.id, ())) >= 4, lesson.id
