import pytest

from courses.catalogue import Catalogue

PATH = """
[loi-mau]
title = "Lộ trình mẫu"
audience = "Mọi người"
about = "Học dần từng bài."
lessons = ["bai-mau"]
"""
ELDERS = ["6.1", "6.2", "1.1", "1.2", "1.4", "1.5", "2.1", "2.4", "3.1", "8.1"]  # curriculum, under the course table


def test_a_library_without_paths_is_whole(library):
    assert library.load().paths == ()
    assert library.faults() == []


def test_a_path_leads_through_its_lessons_in_its_own_order(library, good_lesson):
    library.with_second(good_lesson).put("paths.toml", PATH.replace('["bai-mau"]', '["bai-hai", "bai-mau"]'))

    catalogue = library.load()

    assert [lesson.id for lesson in catalogue.path("loi-mau").lessons] == ["bai-hai", "bai-mau"]
    assert catalogue.path("loi-mau").minutes == 6
    assert not catalogue.path("loi-mau").urgent
    assert catalogue.path("khong-co") is None
    assert catalogue.faults == ()


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        (PATH.replace('"bai-mau"', '"bai-la"'), "paths.toml: loi-mau.lessons: there is no lesson bai-la"),
        (PATH.replace('["bai-mau"]', '["bai-mau", "bai-mau"]'), "bai-mau is listed 2 times"),
        (PATH.replace('["bai-mau"]', "[]"), "loi-mau.lessons: at least 1, has 0"),
        (PATH.replace("about", "abuot"), "loi-mau.abuot: there is no such key"),
        (PATH.replace("Mọi người", "Ai có số {TD_LA}"), "no such fact: {TD_LA}"),
        (PATH.replace("loi-mau", "Loi_Mau"), "Loi_Mau: an id is made of"),
        ('loi-mau = "bai-mau"', "loi-mau"),
        ("[loi-mau", "is not TOML"),
    ],
)
def test_a_slip_in_the_paths_is_named_and_takes_nothing_else_down(library, changed, fault):
    library.put("paths.toml", changed + "\n")

    assert any(fault in found for found in library.faults())
    assert library.load().lesson("bai-mau")


def test_a_path_is_served_without_a_lesson_it_should_not_name(library):
    library.put("paths.toml", PATH.replace('["bai-mau"]', '["bai-la", "bai-mau"]'))

    assert [lesson.id for lesson in library.load().path("loi-mau").lessons] == ["bai-mau"]


def test_a_path_through_a_faulty_lesson_is_served_without_it_and_is_not_blamed(library):
    library.with_second("title = 1").put("paths.toml", PATH.replace('["bai-mau"]', '["bai-hai", "bai-mau"]'))

    catalogue = library.load()

    assert [lesson.id for lesson in catalogue.path("loi-mau").lessons] == ["bai-mau"]
    assert not any("paths.toml" in str(fault) for fault in catalogue.faults)


def test_a_path_of_which_no_lesson_is_left_is_not_served(library):
    library.with_second("title = 1").put("paths.toml", PATH.replace('["bai-mau"]', '["bai-hai"]'))

    assert library.load().paths == ()


def test_a_fact_is_told_in_a_path(library):
    library.put("paths.toml", PATH.replace("Mọi người", "Từ {TUOI_MAU} tuổi"))

    assert library.load().path("loi-mau").audience == "Từ 14 tuổi"


def test_a_changed_path_is_another_version_of_the_library(library):
    before = library.load().version

    assert library.put("paths.toml", PATH).load().version != before


def test_elders_learn_in_the_order_the_curriculum_gives():
    suggested = Catalogue.load().paths[0]

    assert [lesson.number for lesson in suggested.lessons] == ELDERS


def test_whoever_was_cheated_meets_what_must_be_done_at_once_first():
    path = Catalogue.load().path("bi-lua-roi")

    assert path.urgent
    assert path.lessons[0].number == "6.6"
