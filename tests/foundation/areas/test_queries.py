import pytest

from foundation.areas import queries
from foundation.areas.domain.kinds import HOANG_SA, TRUONG_SA, AreaKind
from foundation.areas.domain.scope import NATION, NOWHERE, Scope
from foundation.areas.services.loading import load


def names(areas):
    return [area.name for area in areas]


def test_children_stand_in_vietnamese_order(session, make):
    for name in ("Mẫu 10", "Mẫu 2", "Đồi", "Da", "Ảng", "Ăng"):
        make.hamlet(name=name)

    assert names(queries.children(session, NATION, "15607")) == ["Ảng", "Ăng", "Da", "Đồi", "Mẫu 2", "Mẫu 10"]


def test_children_outside_ones_reach_are_not_shown(session, make):
    here = make.hamlet()
    make.hamlet(make.commune("15610"))

    assert names(queries.children(session, Scope(("38/15607/",)), "38")) == ["Bát Mọt"]
    assert queries.children(session, Scope((here.path,)), "15607") == [here]
    assert queries.children(session, Scope(("38/15610/",)), "15607") == []
    assert queries.children(session, NOWHERE, "38") == []


def test_areas_no_longer_valid_are_not_listed(session, make, now):
    gone = make.hamlet(valid_to=now.date())

    assert queries.children(session, NATION, "15607") == []
    assert queries.search(session, gone.folded) == []
    assert queries.area(session, gone.code) is gone


def test_an_area_knows_what_it_lies_in(session, make):
    hamlet = make.hamlet()

    assert names(queries.ancestors(session, hamlet.code)) == ["Thanh Hóa", "Bát Mọt"]
    assert queries.ancestors(session, "38") == []
    assert queries.ancestors(session, "no such code") == []
    assert queries.area(session, "no such code") is None


def test_a_sample_shows_on_everything_above_it_and_nothing_beside_it(session, make):
    sample = make.hamlet(is_sample=True)
    beside = make.hamlet()
    make.hamlet(make.commune("15610"))

    for path in (sample.path, "38/15607/", "38/", ""):
        assert queries.has_sample(session, path)
    for path in (beside.path, "38/15610/", "01/"):
        assert not queries.has_sample(session, path)


@pytest.mark.parametrize("asked", ["bat mot", "xa bat mot", "mot", "ba"])
def test_an_area_is_found_without_marks_with_or_without_its_kind(session, make, asked):
    make.commune()

    assert names(queries.search(session, asked)) == ["Bát Mọt"]


def test_what_begins_with_the_words_comes_first_then_larger_areas(session, make):
    make.hamlet(name="Thanh Hóa Mới")
    make.commune("15610", "Tân Thanh")
    make.commune("15613", "Thanh Sơn")

    assert names(queries.search(session, "thanh")) == ["Thanh Hóa", "Thanh Sơn", "Thanh Hóa Mới", "Tân Thanh"]
    assert names(queries.search(session, "thanh", limit=1)) == ["Thanh Hóa"]


@pytest.mark.parametrize("asked", ["", "%", "_", "no such place", "xa khac", "'; DROP TABLE area; --"])
def test_words_that_name_nothing_find_nothing(session, make, asked):
    make.commune()

    assert queries.search(session, asked) == []


def test_a_map_of_the_nation_shows_hoang_sa_and_truong_sa(session):
    load(session)
    shown = queries.on_map(session, None)

    assert len(shown) == 36
    assert [area.code for area in shown[-2:]] == [HOANG_SA, TRUONG_SA]
    assert HOANG_SA in {area.code for area in queries.on_map(session, "48")}
    assert TRUONG_SA in {area.code for area in queries.on_map(session, "56")}


def test_a_level_fits_its_kind():
    assert AreaKind.TINH.level == "province"
    assert AreaKind.DAC_KHU.level == "commune"
    assert AreaKind.TO_DAN_PHO.level == "hamlet"
