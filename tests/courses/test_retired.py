from datetime import date

import pytest

from courses.checking import future_date_warnings
from tests.making.courses import a_lesson


@pytest.mark.parametrize("part", ["hai", "hoi-mot", "cuoc-goi"])
def test_an_id_that_stood_for_something_else_is_not_taken_again(library, part):
    catalogue = library.put("retired_ids.toml", f'[parts]\nbai-mau = ["cu", "{part}"]\n').load()

    assert [str(fault) for fault in catalogue.faults] == [
        f"library/khoa-mau/bai-mau/lesson.toml: id: the id {part} stood for something else once: take a new one"
    ]
    assert catalogue.lesson("bai-mau") is None


def test_the_id_of_a_lesson_that_is_gone_is_not_taken_again(library, good_lesson):
    catalogue = library.with_second(good_lesson).put("retired_ids.toml", 'lessons = ["bai-hai"]').load()

    assert [fault.message for fault in catalogue.faults] == [
        "the id bai-hai was that of another lesson, which is gone: take a new one"
    ]
    assert [lesson.id for lesson in catalogue.lessons] == ["bai-mau"]


def test_what_one_lesson_retired_another_may_use(library):
    assert library.put("retired_ids.toml", '[parts]\nbai-khac = ["hai"]').faults() == []


@pytest.mark.parametrize("content", ["lessons = 3", "lessons = [", "others = []", '[parts]\nbai-mau = ["Hai Ba"]'])
def test_a_faulty_list_of_retired_ids_is_named_and_hides_no_lesson(library, content):
    catalogue = library.put("retired_ids.toml", content).load()

    assert [fault.file for fault in catalogue.faults] == ["library/retired_ids.toml"]
    assert catalogue.lesson("bai-mau") is not None


def test_a_day_that_has_not_come_is_warned_of(library):
    lesson = a_lesson(checked_on=date(2026, 11, 22))
    facts = library.load().facts.values()

    assert future_date_warnings([lesson], facts, date(2026, 11, 22)) == []
    warned = future_date_warnings([lesson], facts, date(2026, 11, 20))
    assert str(warned[0]) == "library/khoa-mau/bai-mau/lesson.toml: checked_on: 2026-11-22 has not come yet"
    assert "TD_MAU.checked_on" in {warning.key for warning in warned}
