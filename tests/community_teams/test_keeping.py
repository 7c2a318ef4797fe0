"""Answers kept in memory: read once, and anew as soon as anything beneath the area has changed."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from community_teams.domain.codes import Outcome
from community_teams.domain.counting import Sum
from community_teams.domain.households import Standing
from community_teams.domain.layers import LAYERS, Key
from community_teams.queries import area_versions, keeping
from community_teams.queries.coverage import inside_figures, public_figures
from community_teams.queries.layers import layer_figures
from community_teams.queries.places import THE_NATION, children_of, place_of
from community_teams.services import counters
from foundation.areas.domain.scope import NATION, Scope
from foundation.areas.models import Area, CommuneVersion
from foundation.areas.services.versions import renew_versions

NOW = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
MONDAY = date(2026, 11, 16)


@pytest.fixture
def hamlets(session, make):
    communes = [make.commune("14956"), make.commune("15061")]
    made = [make.hamlet(commune=commune, official_households=400) for commune in communes]
    renew_versions(session, [commune.code for commune in communes])
    return made


@pytest.fixture
def meet(session, make, hamlets):
    member = make.person(area=hamlets[0]).id

    def meet(hamlet, households):
        counters.lock_hamlets(session, {hamlet.code: hamlet.path}, now=NOW)
        change = Sum()
        for _ in range(households):
            change.add_household(Standing(first_knocked_on=MONDAY, first_reached_on=MONDAY), {})
            change.add_visit(MONDAY, Outcome.MET_DONE, {"lessons": 2}, member=member)
        counters.add(session, hamlet.code, change, now=NOW, last_visit_on=MONDAY)
        session.commit()

    return meet


def test_a_page_asked_for_twice_reads_nothing_but_versions_the_second_time(hamlets, meet, session, count_statements):
    meet(hamlets[0], 30)
    for code in (None, "38", "14956", hamlets[0].code):
        public_figures(session, NATION, code)  # tells where the area lies
        first = public_figures(session, NATION, code)
        del count_statements[:]

        assert public_figures(session, NATION, code) is first
        assert [each for each in count_statements if each.startswith("SELECT") and "commune_version" not in each] == []


def test_each_page_shows_a_visit_as_soon_as_it_is_recorded(hamlets, meet, visitor):
    for met in (30, 60):
        meet(hamlets[0], 30)
        for address in ("/do-phu", "/do-phu/38", "/do-phu/14956", f"/do-phu/{hamlets[0].code}"):
            assert f"{met} trên " in visitor.open(address), address
        assert f"{2 * met}</td>" in visitor.open("/do-phu/38?lop=bai-hoc").html


def test_a_visit_elsewhere_in_the_commune_leaves_no_old_map_behind(hamlets, meet, visitor):
    meet(hamlets[0], 200)
    assert "đã gặp 200 trên 400 hộ" in visitor.open("/do-phu/14956").html
    meet(hamlets[1], 100)
    province = visitor.open("/do-phu/38").html
    assert "đã gặp 200 trên 400 hộ" in province
    assert "đã gặp 100 trên 400 hộ" in province


def test_layers_are_those_of_the_hamlets_now_and_at_the_end_of_a_week(hamlets, meet, session):
    lessons = LAYERS[Key.LESSONS]
    for met in (30, 60):
        meet(hamlets[0], 30)
        for code, line in ((None, "38"), ("38", "14956"), ("14956", hamlets[0].code)):
            figures = inside_figures(session, NATION, code)
            for week in (None, MONDAY):
                assert layer_figures(session, NATION, figures, lessons, week).lines[line].number == 2 * met


def test_one_hamlet_given_another_name_or_list_is_seen_at_once(hamlets, meet, session, visitor):
    meet(hamlets[0], 30)
    visitor.open("/do-phu/14956")
    hamlets[0].name = "Tân Lập"
    hamlets[0].official_households = 50
    session.commit()

    page = visitor.open("/do-phu/14956")

    assert "đã gặp 30 trên 50 hộ" in page.html
    assert "Tân Lập" in page.html
    assert "30 trên 50 hộ" in visitor.open(f"/do-phu/{hamlets[0].code}")


def test_a_province_given_another_name_is_seen_at_once(hamlets, meet, session, visitor):
    meet(hamlets[0], 30)
    visitor.open("/do-phu/14956")
    session.get(Area, "38").name = "Thanh"
    session.commit()

    assert "Tỉnh Thanh" in visitor.open("/do-phu/14956").links
    assert visitor.open("/do-phu/38").heading == "Độ phủ: tỉnh Thanh"


def test_nothing_is_kept_where_a_commune_has_no_version(hamlets, make, session):
    public_figures(session, NATION, "38")
    make.commune("15700")

    assert area_versions.token_of(session, "38/") is None
    assert area_versions.token_of(session, "") is None
    assert area_versions.token_of(session, "38/14956/") is not None


def test_a_commune_on_the_list_of_a_province_is_there_at_once(hamlets, make, session):
    assert len(public_figures(session, NATION, "38").lines) == 2
    make.commune("15700")
    renew_versions(session, ["15700"])
    assert len(public_figures(session, NATION, "38").lines) == 3


def test_a_visit_has_nothing_read_again_that_it_does_not_change(hamlets, meet, session, count_statements):
    meet(hamlets[0], 30)
    place_of(session, "14956")  # tells where it lies
    place, children = place_of(session, "14956"), children_of(session, NATION, THE_NATION)
    meet(hamlets[0], 30)
    del count_statements[:]

    assert place_of(session, "14956") is place
    assert children_of(session, NATION, THE_NATION) is children
    assert [each for each in count_statements if each.startswith("SELECT") and "commune_version" not in each] == []


def test_what_somebody_sees_of_a_part_is_not_kept_for_the_whole(hamlets, session):
    scope = Scope((hamlets[0].path,))
    assert keeping.kept(session, scope, "38/", "what", lambda: 1) == 1
    assert keeping.kept(session, NATION, "38/", "what", lambda: 2) == 2
    assert keeping.kept(session, NATION, "38/", "what", lambda: 3) == 2
    assert keeping.kept(session, scope, "38/", "what", lambda: 4) == 4


def test_what_is_kept_has_an_end(hamlets, session, monkeypatch):
    monkeypatch.setattr(keeping, "MOST_LINES", 100)
    asked = []
    for number in range(50):
        keeping.kept(session, NATION, "38/", number, lambda: list(range(9)))
    keeping.kept(session, NATION, "38/", 49, lambda: asked.append("newest"))
    keeping.kept(session, NATION, "38/", 0, lambda: asked.append("oldest"))

    assert asked == ["oldest"]


def test_within_one_page_versions_are_asked_once(hamlets, session, count_statements):
    with area_versions.versions_asked_once(session):
        area_versions.token_of(session, "38/")
        del count_statements[:]
        area_versions.token_of(session, "38/")
        area_versions.token_of(session, "38/14956/")
        area_versions.token_of(session, "38/14956/14956-001/")
        assert len(count_statements) == 1
    before = area_versions.token_of(session, "38/")
    renew_versions(session, ["14956"])
    assert area_versions.token_of(session, "38/") != before


def test_a_page_of_one_province_knows_of_visits_in_all_others(hamlets, meet, make, session, count_statements):
    """Its own versions it asks for one by one; whether those of the others are still known, a sum says."""
    elsewhere = make.hamlet(commune=make.commune("16792", province=make.province("40")), official_households=400)
    renew_versions(session, ["16792"])

    def tokens():
        del count_statements[:]
        with area_versions.versions_asked_once(session):
            return {path: area_versions.token_of(session, path) for path in ("38/", "38/14956/", "40/", "")}

    def selects():
        return sum("SELECT" in each for each in count_statements)

    tokens()
    before = tokens()
    assert selects() == 1
    meet(hamlets[0], 30)
    here = tokens()
    assert selects() == 1
    meet(elsewhere, 30)
    there = tokens()

    def changed(old, new):
        return [path for path in old if old[path] != new[path]]

    assert changed(before, here) == ["38/", "38/14956/", ""]
    assert changed(here, there) == ["40/", ""]
    with area_versions.versions_asked_once(session):
        assert area_versions.token_of(session, "") == there[""], "the same, whichever way it was asked for"
    for code in (None, "40"):
        assert inside_figures(session, NATION, code).coverage.reached == (60 if code is None else 30)


def test_an_edited_hamlet_renews_its_commune_only(hamlets, session):
    def versions():
        return dict(session.execute(select(CommuneVersion.commune_code, CommuneVersion.version)).all())

    before = versions()
    hamlets[0].name = "Tân Lập"
    session.flush()
    after = versions()

    assert after["14956"] != before["14956"]
    assert after["15061"] == before["15061"]
