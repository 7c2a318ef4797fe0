"""The layers of the map: what each counts, at which week, and what of it the public sees."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from community_teams.coverage.domain.layers import LAYERS, Key, LayerCell, cell_of, in_tens, shade_of
from community_teams.coverage.queries.coverage import inside_figures, public_figures
from community_teams.coverage.queries.layers import layer_figures, stale_areas, weeks_of
from community_teams.models import Device, HamletTotal, HamletWeek
from foundation.accounts.domain.roles import Role
from foundation.areas.domain.scope import NATION
from tests.conftest import NOON
from tests.visitor import Visitor

CONSENT = {"level": "code", "text_version": "2026-11", "how": "spoken"}
MONDAY = date(2026, 11, 9)


def adults(level2, others):
    return [{"vneid_level": "level2"}] * level2 + [{"vneid_level": "level1"}] * others


@pytest.fixture
def visited(make):
    """A hamlet of twelve households: three met a fortnight ago, two more this week, one not at home."""
    hamlet = make.hamlet(name="Lớn", official_households=12)
    households = [make.household(hamlet) for _ in range(12)]
    for household in households[:3]:
        make.visit(household, days_ago=12, consent=CONSENT, people=adults(2, 2), network={"viettel": "none"})
    for household in households[3:5]:
        make.visit(household, days_ago=1, consent=CONSENT, people=adults(1, 0), language_used=["mtq"])
    make.visit(households[5], "not_home", days_ago=1)
    return hamlet


def figures_of(session, key, code="15607", week=None, figures=inside_figures):
    return layer_figures(session, NATION, figures(session, NATION, code), LAYERS[key], week)


def test_every_layer_says_what_it_counts_out_of_what(session, visited):
    def own(key):
        cell = figures_of(session, key).own
        return cell.number, cell.out_of, cell.missing

    assert own(Key.REACHED) == (5, 12, None)
    assert own(Key.VISITED) == (6, 12, None)
    assert own(Key.LEVEL2) == (8, 14, 0)
    assert own(Key.SIGNAL) == (3, 3, 2)
    assert own(Key.LANGUAGES) == (2, 2, 3)
    assert own(Key.PROBLEMS) == (0, None, None)
    assert figures_of(session, Key.LANGUAGES).families["language_muong"] == 2


def test_a_week_shows_how_things_stood_at_its_end_on_every_level(session, visited):
    for code in (None, "38", "15607", visited.code):
        then = figures_of(session, Key.LEVEL2, code, MONDAY).own

        assert (then.number, then.out_of) == (6, 12), code
        assert figures_of(session, Key.REACHED, code, MONDAY).own == LayerCell(3, 12), code
        # Who was there to knock at is always today's list.
        assert figures_of(session, Key.VISITED, code, MONDAY).own == LayerCell(3, 12), code
        assert figures_of(session, Key.REACHED, code, MONDAY - timedelta(weeks=9)).own == LayerCell(0, 12), code


def test_a_line_of_each_child_adds_up_to_the_whole(session, make, visited):
    other = make.hamlet(name="Khác")
    make.visit(make.household(other), consent=CONSENT, people=adults(1, 1))
    found = figures_of(session, Key.LEVEL2)

    assert found.lines[other.code] == LayerCell(1, 2, 0)
    assert sum(cell.number for cell in found.lines.values()) == found.own.number == 9
    assert figures_of(session, Key.LEVEL2, code=other.code).own == LayerCell(1, 2, 0)
    assert figures_of(session, Key.LEVEL2, code="38").own == found.own


def test_only_hamlets_with_a_list_are_set_against_the_lists(session, make, visited):
    make.visit(make.household(make.hamlet(name="Chưa có danh sách")))

    assert figures_of(session, Key.REACHED).own == LayerCell(5, 12)


def test_the_weeks_begin_with_the_first_visit_and_leave_this_week_out(session, visited):
    place = inside_figures(session, NATION, "15607").place

    assert weeks_of(session, NATION, place, today=date(2026, 11, 22)) == [MONDAY]
    assert weeks_of(session, NATION, place, today=date(2026, 11, 23)) == [MONDAY, MONDAY + timedelta(weeks=1)]
    assert len(weeks_of(session, NATION, place, today=date(2029, 1, 1))) == 53


def test_more_than_everybody_is_left_as_it_is():
    cell = LayerCell(12, 10)

    assert cell.share == 1.2
    assert shade_of(LAYERS[Key.LEVEL2], cell).value == 95
    assert shade_of(LAYERS[Key.LEVEL2], LayerCell(0, 0)) is None
    assert [shade_of(LAYERS[Key.PROBLEMS], LayerCell(n, None)).value for n in (0, 1, 10, 50, 500)] == [
        0,
        20,
        50,
        80,
        95,
    ]


def test_counts_of_no_denominator_are_no_share():
    cell = cell_of(LAYERS[Key.PROBLEMS], {"issues_opened": 7, "issues_closed": 3}, None)

    assert (cell.number, cell.out_of, cell.share) == (4, None, None)


@pytest.mark.parametrize(
    ("number", "out_of", "told"), [(8, 14, (10, 10)), (4, 14, (0, 10)), (12, 15, (10, 20)), (25, 10, (30, 10))]
)
def test_the_public_reads_tens(number, out_of, told):
    cell = in_tens(LayerCell(number, out_of))

    assert (cell.number, cell.out_of, cell.rounded) == (*told, True)


def count(session, hamlet, households, **layers):
    values = {"households": households, "reached": households, "knocked": households} | layers
    moment = datetime(2026, 11, 20, 5, tzinfo=UTC)
    session.add(HamletTotal(hamlet_code=hamlet.code, path=hamlet.path, updated_at=moment, **values))
    weekly = {"first_reached": households, "first_knocked": households, **layers}
    session.add(HamletWeek(hamlet_code=hamlet.code, path=hamlet.path, week=MONDAY, known_in=MONDAY, **weekly))
    session.commit()


def test_the_public_sees_no_layer_of_a_small_hamlet_nor_of_few_people_asked(session, make):
    for name, households, asked in [("Lớn", 200, 180), ("Vừa", 90, 120), ("Nhỏ", 6, 40), ("Ít hỏi", 150, 4)]:
        hamlet = make.hamlet(name=name, official_households=households)
        count(session, hamlet, households, assessed=asked, vneid_asked=asked, level2=asked // 2)

    found = figures_of(session, Key.LEVEL2, figures=public_figures)
    names = {line.place.code: line.place.name for line in public_figures(session, NATION, "15607").lines}
    shown = {names[code]: cell for code, cell in found.lines.items()}

    assert shown["Nhỏ"] is None
    assert shown["Ít hỏi"] is None
    visible = [cell for cell in shown.values() if cell is not None]
    assert all(cell.rounded and cell.number % 10 == 0 and cell.out_of % 10 == 0 for cell in visible)
    # Whoever takes the shown from the whole is left with at least ten people, give or take the rounding.
    assert found.own.out_of - sum(cell.out_of for cell in visible) >= 10
    assert figures_of(session, Key.LEVEL2, figures=public_figures, week=MONDAY).lines.keys() == found.lines.keys()
    assert figures_of(session, Key.LEVEL2, figures=inside_figures).lines != found.lines


def test_a_hamlet_hidden_for_its_few_households_has_no_layer_of_its_own(session, make):
    hamlet = make.hamlet(name="Nhỏ", official_households=6)
    count(session, hamlet, 6, assessed=40, vneid_asked=40, level2=20)

    assert figures_of(session, Key.LEVEL2, code=hamlet.code, figures=public_figures).own is None


def test_an_area_whose_phones_are_silent_for_three_days_is_told(session, make, visited):
    member = make.person(role=Role.VISITOR, area=visited)
    phone = Device(
        id=uuid4(),
        person_id=member.id,
        first_seen=NOON - timedelta(days=9),
        last_seen=NOON - timedelta(days=3, hours=1),
    )
    session.add(phone)
    session.commit()

    def silent(code):
        return stale_areas(session, NATION, inside_figures(session, NATION, code).place, now=NOON)

    assert silent("15607") == {visited.code}
    assert silent("38") == {"15607"}
    assert silent(None) == {"38"}
    phone.last_seen = NOON - timedelta(days=2)
    session.commit()
    assert silent("15607") == set()


def test_one_chooses_a_layer_and_a_week_and_walks_on_in_it(visitor, visited, make, now):
    make.person("can-bo", role=Role.COMMUNE_OFFICER, area=make.commune())
    visitor.sign_in("can-bo")

    page = visitor.open("/do-phu/15607?lop=vneid-muc-2&tuan=2026-11-11")

    assert page.heading == "VNeID mức 2 (bà con tự khai): xã Bát Mọt"
    assert "50 %" in page
    assert "6 người trên 12." in page
    assert "hết ngày 15/11/2026" in page
    assert f'href="/do-phu/{visited.code}?lop=vneid-muc-2&amp;tuan=2026-11-09"' in page.html
    assert "Bản đồ cho biết" in visitor.open("/do-phu/15607")


@pytest.mark.parametrize(
    "asked", ["?lop=khong-co", "?lop=go-cua", "?tuan=hom-qua", "?tuan=9999-12-31", "?tuan=0001-01-01&lop="]
)
def test_what_cannot_be_read_or_may_not_be_seen_gives_a_page_all_the_same(visitor, visited, asked):
    page = visitor.open(f"/do-phu/15607{asked}")

    assert "Hộ đã gõ cửa:" not in page.heading
    assert "xã Bát Mọt" in page.heading


def test_an_officer_reads_what_is_left_who_needs_a_visit_and_who_did_how_much(visitor, visited, make, now, app):
    far = make.household(visited)
    make.visit(far, "not_home", days_ago=3)
    make.visit(far, "met_done", days_ago=2, consent=CONSENT, size={"adults": 2, "aged_60plus": 2}, devices={"smart": 0})
    make.person("can-bo", role=Role.COMMUNE_OFFICER, area=make.commune())
    visitor.sign_in("can-bo")

    page = visitor.open("/do-phu/15607")

    assert "Đến lại mà gặp được: 1 hộ" in page
    assert "Chưa ai đến" in page
    assert "Trên 2 người đã biết, ở 1 trong 6 hộ đã gặp." in page
    assert "Trên 1 hộ được hỏi, trong 6 hộ đã gặp." in page
    assert "lượt không ghi giờ về" in page
    assert "Qua từng tuần" in page
    stranger = Visitor(app)
    assert "Chưa ai đến" not in stranger.open("/do-phu/15607")


def test_the_trend_is_a_picture_that_says_what_its_table_says(visitor, visited, app):
    answer = app.test_client().get("/do-phu/15607/xu-huong.svg?co=rong")

    assert answer.mimetype == "image/svg+xml"
    # Two weeks, two points.
    assert answer.text.count("<circle") == 2
    assert "<script" not in answer.text
    assert app.test_client().get("/do-phu/99999/xu-huong.svg").status_code == 404
    page = visitor.open("/do-phu/15607")
    assert "41,6 %" in page
    assert "22/11/2026" in page


def test_a_week_before_the_first_visit_has_no_figures_and_no_0(visitor, visited, app, now):
    page = visitor.open("/do-phu/15607?lop=da-gap&tuan=2025-01-08")

    assert "Lúc ấy chưa có số liệu" in page
    assert "0 %" not in page
    assert '<option value="2025-01-06" selected>' in page.html
    assert '<svg class="map' not in page.html
    for address in ("15607.csv?tuan=2025-01-08", "15607/indicators.csv?tuan=2025-01-08"):
        rows = list(csv.DictReader(io.StringIO(app.test_client().get(f"/api/v1/open/{address}").text)))
        assert rows
        assert {row["status"] for row in rows} <= {"unknown", "hidden"}
        assert {row["number"] for row in rows} == {""}
    indicators = visitor.open("/do-phu/15607/chi-so?tuan=2025-01-08")
    assert "dưới 5" not in indicators
    assert "0 %" not in indicators
