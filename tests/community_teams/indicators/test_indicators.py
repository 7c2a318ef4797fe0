"""The nineteen indicators: what each counts, what it does not know, and what plans promise beside them."""

import re
from datetime import date, timedelta

import pytest

from community_teams.coverage.domain.layers import Key
from community_teams.coverage.queries.coverage import inside_figures, public_figures
from community_teams.indicators.bar_chart import bars_svg
from community_teams.indicators.domain.indicators import CODES, MEASURES, Part, Unknown, median_of
from community_teams.indicators.domain.targets import UnreadableTargets, read_table_of_targets, read_toml_of_targets
from community_teams.indicators.models import Target
from community_teams.indicators.queries.indicators import indicators_of
from community_teams.indicators.queries.records import Sitewide
from community_teams.indicators.services import FaultyTargets, import_targets, load_our_targets
from community_teams.models import Issue
from foundation.accounts.domain.roles import Role
from foundation.areas.domain.scope import NATION

TODAY = date(2026, 11, 21)
CONSENT = {"level": "code", "text_version": "2026-11", "how": "spoken"}
SITE = Sitewide(letters=37, safety_letters=4, lessons=52, languages=1)


def values_of(session, code, figures=inside_figures, week=None):
    found = indicators_of(session, NATION, figures(session, NATION, code), SITE, week, today=TODAY)
    return {each.measure.key: each for each in found.values}


@pytest.fixture
def visited(make, session):
    """Twelve households: five met (one of them twice), one long waited for, one knocked at yesterday."""
    hamlet = make.hamlet(name="Lớn", official_households=12)
    households = [make.household(hamlet) for _ in range(12)]
    people = [{"vneid_level": "level2", "skills": {"wifi": 1}}, {"vneid_level": "level1"}]
    for household in households[:5]:
        make.visit(
            household, days_ago=12, consent=CONSENT, people=people, trip_saved_km=18, satisfaction=3, size={"adults": 3}
        )
    make.visit(households[0], days_ago=2, consent=CONSENT, people=[{"skills": {"wifi": 2}}], satisfaction=1)
    make.visit(households[5], "not_home", days_ago=100)
    make.visit(households[6], "not_home", days_ago=1)
    return hamlet


def test_every_indicator_has_a_figure_or_says_why_not(session, visited):
    found = indicators_of(session, NATION, inside_figures(session, NATION, "15607"), SITE, None, today=TODAY)

    assert [measure.code for measure in MEASURES] == sorted(measure.code for measure in MEASURES)
    assert {each.measure.code for each in found.values} == set(CODES)
    assert all((each.number is None) == (each.unknown is not None) for each in found.values)


def test_shares_stand_with_what_they_are_made_of_and_what_is_missing(session, visited):
    found = values_of(session, "15607")

    def parts(key):
        each = found[key]
        return each.number, each.out_of, each.missing, each.of_all

    assert parts(Key.REACHED) == (5, 12, 0, 1)
    assert parts(Key.VISITED)[:2] == (7, 12)
    # The second visit to one household asked one person again: its answers took the place of the first ones.
    assert parts(Key.LEVEL2) == (4, 8, 1, 9)
    assert parts(Key.ASSESSED) == (9, 15, 0, 5)
    assert parts(Part.LATE) == (1, 2, 5, 7)
    assert parts(Part.PROGRESS) == (50, 1, 4, 5)
    assert parts(Part.KILOMETRES) == (90, 5, 1, 6)
    assert parts(Part.HAPPY) == (5, 6, 0, 6)
    assert found[Part.MEMBERS].number == 7
    assert found[Part.VISITS].number == 7


def test_what_cannot_be_known_says_so_and_is_never_nothing(session, visited):
    found = values_of(session, "15607")

    assert found[Part.RIGHT].unknown is Unknown.NOT_RECORDED
    assert found[Part.OWN_DOSSIERS].unknown is Unknown.NOT_RECORDED
    assert found[Part.LETTERS].unknown is Unknown.NOT_BY_AREA
    assert found[Part.DAYS].unknown is Unknown.NOBODY_ASKED
    assert found[Key.POWER].unknown is Unknown.NOBODY_ASKED
    nation = values_of(session, None)
    assert (nation[Part.LETTERS].number, nation[Part.SAFETY_LETTERS].unknown) == (40, Unknown.HIDDEN)


def test_an_earlier_week_is_told_as_it_stood_or_not_at_all(session, visited):
    then = values_of(session, "15607", week=date(2026, 11, 9))

    assert then[Part.HAPPY].number == 5
    assert then[Part.LATE].out_of == 1
    assert then[Part.ALIVE].unknown is Unknown.ONLY_TODAY
    nobody = values_of(session, "15607", week=date(2025, 1, 6))
    assert nobody[Key.LEVEL2].unknown is Unknown.NOBODY_ASKED
    assert nobody[Key.REACHED].number == 0


def test_issues_are_told_by_what_became_of_them(session, make, visited):
    visit = make.visit(make.household(visited), issues=[{"type": "scam"}, {"type": "other"}, {"type": "other"}])
    for issue, days, due in zip(visit.issues, (2, 6, None), (3, 3, None), strict=True):
        issue.opened_on = TODAY - timedelta(days=10)
        issue.due = due and issue.opened_on + timedelta(days=due)
        issue.closed_on = issue.opened_on + timedelta(days=days) if days else None
    session.commit()

    found = values_of(session, "15607")

    assert (found[Part.ON_TIME].number, found[Part.ON_TIME].out_of) == (1, 2)
    assert found[Part.DAYS].value == 4
    assert found[Part.SCAMS].number == 1
    assert session.query(Issue).count() == 3


def test_a_hamlet_without_a_list_with_more_met_than_listed_and_with_nothing_at_all(session, make):
    without = make.hamlet(name="Không danh sách")
    make.visit(make.household(without))
    short = make.hamlet(name="Danh sách cũ", official_households=1)
    for _ in range(2):
        make.visit(make.household(short))
    empty = make.hamlet(name="Trống")

    assert values_of(session, without.code)[Key.REACHED].unknown is Unknown.NO_LIST
    assert values_of(session, short.code)[Key.REACHED].value == 2
    found = values_of(session, empty.code)
    assert found[Key.REACHED].unknown is Unknown.NO_LIST
    assert found[Key.VISITED].unknown is Unknown.NOBODY_ASKED
    # Of all three together: the one list there is, and two hamlets missing.
    whole = values_of(session, "15607")[Key.REACHED]
    assert (whole.number, whole.out_of, whole.missing, whole.of_all) == (2, 1, 2, 3)


def test_a_hamlet_merged_into_another_leaves_the_figures_of_today(session, make, visited):
    old = make.hamlet(name="Cũ", official_households=30)
    make.visit(make.household(old), consent=CONSENT, people=[{"vneid_level": "level2"}])
    old.valid_to = TODAY - timedelta(days=3)
    session.commit()

    assert values_of(session, "15607")[Key.REACHED].out_of == 12
    assert values_of(session, "15607")[Key.LEVEL2].number == 4


def test_the_public_reads_tens_and_no_small_bases(session, make, visited):
    found = values_of(session, "15607", figures=public_figures)

    assert found[Key.REACHED].number == 5
    assert found[Key.LEVEL2].unknown is Unknown.HIDDEN
    assert found[Part.HAPPY].unknown is Unknown.HIDDEN
    assert found[Part.NEWBORNS].unknown is Unknown.INSIDE_ONLY
    assert found[Part.KILOMETRES].unknown is Unknown.HIDDEN


def test_medians_of_nothing_are_nothing():
    assert median_of({}) is None
    assert median_of({1: 2, 10: 1}) == 1


HEADS = ["địa bàn", "năm", "mã", "chỉ số", "phần trăm", "cùng cách đo", "nguyên văn", "nguồn"]


def target(**more):
    line = {"năm": "2026", "mã": "ho-da-den", "chỉ số": "K01", "phần trăm": "95", "cùng cách đo": "có"}
    line |= {"nguyên văn": "95 % hộ được đến", "nguồn": "Kế hoạch của xã"} | more
    return [line.get(head, "") for head in HEADS]


def test_targets_of_the_package_are_loaded_once_and_measure_something_else(session, make):
    make.province()

    first, again = load_our_targets(session), load_our_targets(session)

    assert first.added == 12
    assert (again.added, again.changed, again.unchanged) == (0, 0, 12)
    assert not session.query(Target).filter(Target.same).count()


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"phần trăm": "chín mươi"}, "not_a_percentage"),
        ({"phần trăm": "101"}, "not_a_percentage"),
        ({"phần trăm": "-5"}, "not_a_percentage"),
        ({"phần trăm": "nan"}, "not_a_percentage"),
        ({"phần trăm": ""}, "same_without_number"),
        ({"chỉ số": "K20"}, "not_an_indicator"),
        ({"năm": "hai nghìn"}, "not_a_year"),
        ({"cùng cách đo": "có lẽ"}, "not_yes_or_no"),
        ({"nguồn": ""}, "no_source"),
        ({"địa bàn": "99"}, "unknown_area"),
    ],
)
def test_a_target_that_is_none_is_refused_with_its_row(session, wrong, code):
    listed = read_table_of_targets([HEADS, target(), target(**{"mã": "khac"} | wrong)])

    with pytest.raises(FaultyTargets) as refused:
        import_targets(session, listed)

    assert [(fault.row, fault.code) for fault in refused.value.faults] == [(3, code)]
    assert not session.query(Target).count()


def test_a_file_that_is_no_list_of_targets_is_refused():
    assert [fault.code for fault in read_table_of_targets([["năm"]]).faults] == ["missing_heading"] * 5
    for content in (b"\xff", b"target = 3", b"[[target", b""):
        with pytest.raises(UnreadableTargets):
            read_toml_of_targets(content)


def test_a_target_stands_beside_its_indicator_only_where_both_measure_the_same(visitor, session, visited):
    load_our_targets(session)
    import_targets(session, read_table_of_targets([HEADS, target(**{"địa bàn": "38"})]))
    session.commit()

    page = visitor.open("/do-phu/15607/chi-so")

    assert "Chỉ tiêu năm 2026" in page
    assert "không đếm cùng một thứ" in page
    assert "265-KH/TU" in page
    assert "Kế hoạch Trung ương đặt ra" in visitor.open("/do-phu/chi-so")


def test_anybody_reads_the_indicators_and_their_explanations(visitor, make, visited, now, app):
    page = visitor.open("/do-phu/15607/chi-so")
    assert page.heading == "Chỉ số: xã Bát Mọt"
    assert "5 trên 12" in page
    assert "Chỉ người phụ trách địa bàn được xem" in page
    assert "không phải số liệu chính thức" in page
    explained = visitor.open("/do-phu/chi-so")
    assert all(f'id="{code}"' in explained.html for code in CODES)

    make.person("can-bo", role=Role.COMMUNE_OFFICER, area=make.commune())
    visitor.sign_in("can-bo")
    assert "Hộ chờ quá 90 ngày" in visitor.open("/do-phu/15607/chi-so")
    chart = visitor.client.get("/do-phu/15607/chi-so.svg?co=rong")
    assert chart.mimetype == "image/svg+xml"
    assert "<script" not in chart.text


def test_no_bar_says_that_a_goal_is_reached_which_is_not():
    told = bars_svg([("K01", 99.9), ("K03", 94.6), ("K05", 100 * 0.29), ("K12a", 102.0)], "hep")

    assert set(re.findall(r">(\d+) %<", told)) >= {"99", "94", "29", "102"}
    assert ">95 %<" not in told


@pytest.mark.parametrize("asked", ["", "?tuan=hom-qua", "?tuan=0001-01-01", "?tuan=9999-12-31", "?tuan=2026-11-09"])
def test_whatever_week_is_asked_for_there_is_a_page(visitor, visited, now, asked):
    assert visitor.open(f"/do-phu/15607/chi-so{asked}").heading == "Chỉ số: xã Bát Mọt"


def test_open_data_is_what_the_pages_show_whoever_asks(visitor, make, session, visited, now):
    small = make.hamlet(name="=Nhỏ", official_households=4)
    make.visit(make.household(small))
    make.person("can-bo", role=Role.COMMUNE_OFFICER, area=make.commune())
    visitor.sign_in("can-bo")

    lines = visitor.client.get("/api/v1/open/15607.csv").text.splitlines()

    assert lines[0].lstrip("\ufeff").startswith("area_code,area_name,area_level,figure,until,status,number")
    assert f"{small.code},'=Nhỏ,hamlet,da-gap,2026-11-21,hidden,,,,0,household,lists,0" in lines
    answer = visitor.client.get("/api/v1/open/15607.geojson?lop=da-gap&tuan=2026-11-09").json
    assert answer["about"]["official"] is False
    assert answer["features"][0]["properties"]["until"] == "2026-11-15"
    dictionary = visitor.open("/do-phu/du-lieu")
    assert "không phải số liệu chính thức" in dictionary
    assert all(f"<code>{column}</code>" in dictionary.html for column in lines[0].lstrip("\ufeff").split(","))


@pytest.mark.parametrize(
    ("address", "field", "code"),
    [
        ("15607.csv?lop=go-cua", "lop", "not_a_choice"),
        ("15607.geojson?lop=gi-do", "lop", "not_a_choice"),
        ("15607.csv?tuan=hom-qua", "tuan", "not_a_date"),
        ("15607/indicators.csv?tuan=2030-01-01", "tuan", "in_the_future"),
    ],
)
def test_open_data_says_what_it_cannot_give(visitor, visited, now, address, field, code):
    answer = visitor.client.get(f"/api/v1/open/{address}")

    assert (answer.status_code, answer.json["fields"]) == (422, {field: code})
    assert visitor.client.get("/api/v1/open/99999.csv").status_code == 404
