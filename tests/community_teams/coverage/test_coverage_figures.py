"""Coverage from the counters, against a naive recount, and who may see what of them."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from community_teams.coverage.domain.coverage import Coverage
from community_teams.coverage.domain.suppression import Published
from community_teams.coverage.queries.coverage import inside_figures, public_figures
from community_teams.models import HamletTotal, Household
from foundation.areas.domain.scope import NATION, NOWHERE, Scope
from foundation.problems import NotAllowed, NotFound

NOW = datetime(2026, 11, 21, 5, tzinfo=UTC)


@pytest.fixture
def counted(make, session):
    """Makes a hamlet with its counters as given; `households` is the official list, None for none."""

    def counted(households=None, enumerated=0, reached=0, knocked=None, commune=None, **more):
        listed = {"households_source": "Danh sách của xã", "households_as_of": date(2026, 6, 1)}
        hamlet = make.hamlet(
            commune, official_households=households, **(listed if households is not None else {}), **more
        )
        session.add(
            HamletTotal(
                hamlet_code=hamlet.code,
                path=hamlet.path,
                households=enumerated,
                reached=reached,
                knocked=reached if knocked is None else knocked,
                last_visit_on=date(2026, 11, 20) if reached or knocked else None,
                updated_at=NOW,
                met_done=reached,
                not_home=(knocked or reached) - reached,
            )
        )
        session.commit()
        return hamlet

    return counted


def by_name(figures):
    return {line.place.name: line.coverage for line in figures.lines}


def test_figures_from_the_counters_equal_a_recount_of_the_households(make, session):
    first, second = make.hamlet(official_households=12), make.hamlet()
    for hamlet, outcomes in [(first, ["met_done", "not_home", None, "met_partial"]), (second, ["refused", "met_done"])]:
        for outcome in outcomes:
            household = make.household(hamlet)
            if outcome:
                make.visit(household, outcome, days_ago=2)
                make.visit(household, outcome, days_ago=1)

    figures = inside_figures(session, NATION, "38")

    households = session.scalars(select(Household)).all()
    assert figures.coverage.enumerated == len(households)
    assert figures.coverage.visited == sum(each.first_knocked_on is not None for each in households)
    assert figures.coverage.reached == sum(each.first_reached_on is not None for each in households)
    assert figures.coverage.by_outcome == {"met_done": 4, "met_partial": 2, "not_home": 2, "refused": 2}
    assert figures.coverage.households == 12
    assert figures.coverage.reached_listed == 2
    assert (figures.coverage.hamlets, figures.coverage.unlisted) == (2, 1)
    # How visits ended is told of the whole only.
    assert by_name(figures)["Bát Mọt"] == replace(figures.coverage, by_outcome={})
    assert inside_figures(session, NATION, None).coverage == figures.coverage
    assert inside_figures(session, NATION, first.code).coverage.reached == 2


def test_areas_nobody_has_begun_in_are_listed_with_nothing_known(make, counted, session):
    counted(40, 40, 20)
    make.commune("15610", name="Chưa Đi")

    figures = inside_figures(session, NATION, "38")

    assert [line.place.name for line in figures.lines] == ["Bát Mọt", "Chưa Đi"]
    assert by_name(figures)["Chưa Đi"].nothing_known
    assert inside_figures(session, NATION, "15610").coverage.nothing_known
    assert inside_figures(session, NATION, "15610").lines == ()


def test_areas_stand_in_the_order_of_their_names_and_not_of_their_figures(make, counted, session):
    for code, name, reached in [("15610", "Ảng", 1), ("15613", "An", 40), ("15616", "Đông", 20)]:
        counted(40, 40, reached, commune=make.commune(code, name=name))

    assert [line.place.name for line in inside_figures(session, NATION, "38").lines] == ["An", "Ảng", "Đông"]


def test_small_hamlets_are_hidden_from_the_public_and_shown_inside(counted, session):
    counted(100, 90, 50, name="Lớn")
    counted(6, 6, 3, name="Nhỏ")
    counted(30, 30, 10, name="Vừa")

    outside = by_name(public_figures(session, NATION, "15607"))
    inside = by_name(inside_figures(session, NATION, "15607"))

    assert outside["Nhỏ"] is None
    assert outside["Vừa"] is None
    assert isinstance(outside["Lớn"], Published)
    assert outside["Lớn"].reached == 50
    assert inside["Nhỏ"].reached == 3
    assert all(isinstance(coverage, Coverage) for coverage in inside.values())


def test_a_hidden_hamlets_own_page_tells_nothing_either(counted, session):
    counted(100, 90, 50)
    small, cover = counted(6, 6, 3), counted(30, 30, 10)

    for hamlet in (small, cover):
        assert public_figures(session, NATION, hamlet.code).coverage is None
        assert public_figures(session, NATION, hamlet.code).last_visit_on is None


def test_a_commune_hidden_to_cover_another_hides_all_its_hamlets(make, counted, session):
    counted(5, 5, 1, commune=make.commune("15610", name="Nhỏ"))
    counted(20, 20, 10, commune=make.commune("15613", name="Kế"))
    counted(25, 25, 10, commune=make.commune("15613"))
    counted(400, 400, 100, commune=make.commune("15616", name="Lớn"))

    province = by_name(public_figures(session, NATION, "38"))
    assert (province["Nhỏ"], province["Kế"]) == (None, None)
    assert province["Lớn"].reached == 100
    cover = public_figures(session, NATION, "15613")
    assert cover.coverage is None
    assert [line.coverage for line in cover.lines] == [None, None]


def test_a_province_with_few_households_is_hidden_down_to_its_hamlets(make, counted, session):
    counted(500, 500, 100)
    elsewhere = make.commune("03127", province=make.province("11", name="Điện Biên"), name="Xa")
    counted(9, 9, 9, commune=elsewhere)

    assert public_figures(session, NATION, "11").coverage is None
    assert public_figures(session, NATION, "03127").coverage is None
    # Thanh Hóa is the cover: the nation's total is public.
    assert by_name(public_figures(session, NATION, None))["Thanh Hóa"] is None
    assert public_figures(session, NATION, None).coverage.households == 509


def test_a_figure_hidden_on_one_page_is_hidden_on_every_page(make, counted, session):
    """Walks the whole country and compares what the pages say of the same area."""
    for number, sizes in enumerate([(3, 60), (40, 50, 12), (9,), (200, 100, 4, 7)]):
        commune = make.commune(f"1561{number}", name=f"Xã {number}")
        for size in sizes:
            counted(size, size, size // 2, commune=commune)
    seen: dict[str, set[object]] = {}

    def walk(code):
        figures = public_figures(session, NATION, code)
        seen.setdefault(figures.place.path, set()).add(figures.coverage and figures.coverage.enumerated)
        for line in figures.lines:
            seen.setdefault(line.place.path, set()).add(line.coverage and line.coverage.enumerated)
            walk(line.place.code)

    walk(None)

    assert len(seen) > 10
    assert [path for path, told in seen.items() if len(told) > 1] == []


def test_inside_figures_end_at_the_reach_of_whoever_asks(make, counted, session):
    hamlet = counted(40, 40, 20)
    counted(40, 40, 20, commune=make.commune("15610"))

    assert inside_figures(session, Scope((hamlet.path,)), hamlet.code).coverage.reached == 20
    for scope, code in [(Scope(("38/15610/",)), "15607"), (Scope((hamlet.path,)), "15607"), (NOWHERE, None)]:
        with pytest.raises(NotAllowed):
            inside_figures(session, scope, code)


def test_an_unknown_or_abolished_area_is_not_found(make, counted, session):
    make.commune("15999", name="Xưa", valid_to=date(2025, 6, 30))

    for code in ("99999", "15999", "", "38/", "%"):
        with pytest.raises(NotFound):
            public_figures(session, NATION, code)


def test_counters_of_a_hamlet_that_is_no_more_are_left_out(counted, session):
    counted(40, 40, 20)
    counted(40, 40, 20, valid_to=date(2026, 1, 1))

    assert inside_figures(session, NATION, "15607").coverage.hamlets == 1


def test_sample_hamlets_mark_the_figures_they_are_in(make, counted, session):
    counted(40, 40, 20, is_sample=True)
    counted(40, 40, 20, commune=make.commune("15610"))

    assert public_figures(session, NATION, "38").is_sample
    assert public_figures(session, NATION, "15607").is_sample
    assert not public_figures(session, NATION, "15610").is_sample


def test_a_page_of_figures_takes_a_handful_of_statements_however_many_areas(make, counted, session, count_statements):
    for number in range(30):
        counted(40, 40, 20, commune=make.commune(f"15{700 + number}"))
    session.expire_all()
    for code, most in [(None, 5), ("38", 9), ("15700", 10)]:
        count_statements.clear()
        public_figures(session, NATION, code)
        assert len([each for each in count_statements if each.startswith("SELECT")]) <= most, code
