from datetime import date

from courses.catalogue import Catalogue
from courses.checking import stale_warnings
from tests.making.courses import a_lesson

COURSE = """
number = {number}
title = "Khoá"
audience = "Mọi người"
about = "Khoá học."
lessons = ["{lesson}"]
"""


def test_one_broken_lesson_does_not_stop_the_others(library, good_lesson):
    catalogue = library.with_second(good_lesson.replace("minutes = 3", "minutes = 99")).load()

    assert catalogue.lesson("bai-mau") is not None
    assert catalogue.lesson("bai-hai") is None
    assert [lesson.id for lesson in catalogue.course("khoa-mau").lessons] == ["bai-mau"]
    assert len(catalogue.faults) == 1


def test_a_lesson_keeps_its_number_when_the_one_before_it_is_broken(library, good_lesson):
    library.with_second(good_lesson).put("khoa-mau/bai-mau/lesson.toml", "broken")

    assert [(lesson.id, lesson.number) for lesson in library.load().lessons] == [("bai-hai", "1.2")]


def test_one_broken_course_does_not_stop_the_others(library):
    catalogue = library.put("khoa-hong/course.toml", "number = ").load()

    assert [course.id for course in catalogue.courses] == ["khoa-mau"]
    assert str(catalogue.faults[0]).startswith("library/khoa-hong/course.toml: is not TOML")


def test_a_course_without_one_good_lesson_is_not_shown(library):
    catalogue = library.put("khoa-mau/bai-mau/lesson.toml", "").load()

    assert catalogue.courses == ()
    assert catalogue.course("khoa-mau") is None


def test_courses_come_in_the_order_of_their_numbers(library, good_lesson):
    library.put("a-muoi/course.toml", COURSE.format(number=10, lesson="muoi")).put(
        "a-muoi/muoi/lesson.toml", good_lesson
    )
    library.put("z-hai/course.toml", COURSE.format(number=2, lesson="hai")).put("z-hai/hai/lesson.toml", good_lesson)

    assert [course.id for course in library.load().courses] == ["khoa-mau", "z-hai", "a-muoi"]


def test_an_id_or_a_number_used_twice_in_the_library_is_a_fault(library, good_lesson):
    library.put("khoa-sau/course.toml", COURSE.format(number=1, lesson="bai-mau"))
    catalogue = library.put("khoa-sau/bai-mau/lesson.toml", good_lesson).load()

    assert [str(fault) for fault in catalogue.faults] == [
        "library/khoa-sau/course.toml: number: 1 is already that of khoa-mau",
        "library/khoa-sau/bai-mau/lesson.toml: the id is already used in khoa-mau",
    ]
    assert catalogue.lesson("bai-mau").course == "khoa-mau"


def test_lesson_folders_and_the_courses_list_must_agree(library, good_lesson):
    library.put("khoa-mau/quen-ghi/lesson.toml", good_lesson)

    assert library.faults() == ["library/khoa-mau/course.toml: lessons: the folder quen-ghi is not listed"]


def test_a_lesson_listed_twice_is_a_fault(library):
    library.put("khoa-mau/course.toml", COURSE.format(number=1, lesson='bai-mau", "bai-mau'))

    catalogue = library.load()
    assert [str(fault) for fault in catalogue.faults] == [
        "library/khoa-mau/course.toml: lessons: bai-mau is listed 2 times"
    ]
    assert len(catalogue.lessons) == 1


def test_a_library_that_is_not_there_is_a_fault_and_an_empty_catalogue(tmp_path):
    catalogue = Catalogue.load(tmp_path / "library")

    assert catalogue.courses == ()
    assert [str(fault) for fault in catalogue.faults] == ["library/facts.toml: is missing"]


def test_the_version_changes_with_any_file_and_only_then(library, good_lesson):
    before = library.load().version

    assert library.load().version == before
    assert library.put("khoa-mau/bai-mau/lesson.toml", good_lesson.replace("Hỏi", "Gặp")).load().version != before
    assert library.put("khoa-mau/bai-mau/lesson.toml", good_lesson).load().version == before


def test_a_folder_whose_name_is_no_address_is_a_fault(library):
    assert library.put("Khoá 2/course.toml", "").faults() == [
        "library/Khoá 2: a folder is named with a–z, 0–9 and single dashes"
    ]


def test_what_may_have_changed_is_warned_of_after_ninety_days(library):
    lesson = a_lesson(volatile=True, checked_on=date(2026, 1, 1))
    steady = a_lesson(volatile=False, checked_on=date(2020, 1, 1))

    assert stale_warnings([lesson, steady], [], date(2026, 4, 1)) == []
    assert [str(warning) for warning in stale_warnings([lesson, steady], [], date(2026, 4, 2))] == [
        "library/khoa-mau/bai-mau/lesson.toml: checked_on: may have changed: last checked 91 days ago, at most 90"
    ]
    facts = library.load().facts.values()
    assert stale_warnings([], facts, date(2026, 12, 1)) == []
    assert "TD_MAU.checked_on" in {warning.key for warning in stale_warnings([], facts, date(2027, 3, 1))}
