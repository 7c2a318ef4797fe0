"""Sums kept in memory: the same figures as the hamlets', also right after something has changed."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import update

from community_teams.domain.codes import Outcome
from community_teams.domain.counting import Sum
from community_teams.domain.households import Standing
from community_teams.models import HamletTotal
from community_teams.queries.area_page import rest_of, weeks_reached, work_in
from community_teams.queries.coverage import THE_NATION, inside_figures, place_of
from community_teams.queries.kept_counters import ENDED, LEVEL, TODAY, counted_ever
from community_teams.queries.kept_layers import kept_counts
from community_teams.queries.kept_weeks import BY_WEEK
from community_teams.queries.layers import weeks_of
from community_teams.services import counters
from foundation.areas.domain.scope import NATION
from foundation.areas.models import Area
from foundation.areas.services.versions import renew_versions

NOW = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
MONDAY = date(2026, 11, 16)


@pytest.fixture
def hamlets(session, make):
    communes = [make.commune("14956"), make.commune("15061")]
    made = [make.hamlet(commune=commune, official_households=40) for commune in communes]
    renew_versions(session, [commune.code for commune in communes])
    return made


@pytest.fixture
def meet(session, make, hamlets):
    member = make.person(area=hamlets[0]).id

    def meet(hamlet, households=1):
        counters.lock_hamlets(session, {hamlet.code: hamlet.path}, now=NOW)
        change = Sum()
        for _ in range(households):
            change.add_household(Standing(first_knocked_on=MONDAY, first_reached_on=MONDAY), {})
            change.add_visit(MONDAY, Outcome.MET_DONE, {"timed": 1, "minutes": 20}, member=member)
        counters.add(session, hamlet.code, change, now=NOW, last_visit_on=MONDAY)

    return meet


def test_each_change_is_seen_at_once_on_every_level(hamlets, meet, session):
    first, second = hamlets
    for met in (1, 2, 3):
        meet(first)
        for code in (None, "38", "14956", first.code):
            assert inside_figures(session, NATION, code).coverage.reached == met, code
    meet(second, 5)

    province = inside_figures(session, NATION, "38")
    assert [line.coverage.reached for line in province.lines] == [3, 5]
    assert province.coverage.by_outcome == {"met_done": 8}
    assert province.last_visit_on == MONDAY


def test_weeks_and_work_and_what_is_left_are_those_of_the_hamlets(hamlets, meet, session):
    province, _ = place_of(session, "38")
    for hamlet, number in zip(hamlets, (3, 5), strict=True):
        meet(hamlet, number)

    for place, codes in ((THE_NATION, ["38"]), (province, ["14956", "15061"])):
        assert [(week.monday, week.reached) for week in weeks_reached(session, NATION, place)] == [(MONDAY, 8)]
        assert weeks_of(session, NATION, place, today=date(2026, 11, 24)) == [MONDAY]
        assert rest_of(session, NATION, place).reached == 8
        work = work_in(session, NATION, place, today=MONDAY)
        assert sorted(work) == codes
        assert sum(each.minutes for each in work.values()) == 160


def test_what_has_not_changed_is_not_read_again(hamlets, meet, session, count_statements):
    first, _ = hamlets
    meet(first)
    LEVEL.beneath(session, "")
    del count_statements[:]

    LEVEL.beneath(session, "")

    assert not [each for each in count_statements if "hamlet_total" in each]


def test_a_commune_without_a_version_is_read_each_time(make, session):
    hamlet = make.hamlet(commune=make.commune("15700"), official_households=40)
    counters.lock_hamlets(session, {hamlet.code: hamlet.path}, now=NOW)
    for reached in (4, 9):  # behind the back of all versions, as only a test does
        session.execute(update(HamletTotal).values(households=40, knocked=reached, reached=reached))
        assert inside_figures(session, NATION, "38").coverage.reached == reached


def test_what_was_taken_back_is_forgotten(hamlets, meet, session):
    first, _ = hamlets
    with session.begin_nested() as tried:
        meet(first, 7)
        assert inside_figures(session, NATION, None).coverage.reached == 7
        tried.rollback()

    meet(first, 2)

    assert inside_figures(session, NATION, None).coverage.reached == 2


def test_a_commune_read_hamlet_by_hamlet_is_what_it_is_when_read_with_all_others(hamlets, meet, make, session):
    """Also with a hamlet that is no more, one without a list, and one where nobody ever was."""
    first, _ = hamlets
    commune = session.get_one(Area, first.parent_code)
    unlisted, ended = (make.hamlet(commune=commune) for _ in range(2))
    make.hamlet(commune=commune, official_households=9)
    for hamlet, met in ((first, 3), (unlisted, 4), (ended, 5)):
        meet(hamlet, met)
    ended.valid_to = MONDAY
    session.flush()
    codes = [hamlet.parent_code for hamlet in hamlets]

    def read(renewed):
        renew_versions(session, renewed)
        parts = [dict(part.beneath(session, path)) for part in (LEVEL, TODAY, ENDED) for path in ("38/", "")]
        weeks = [kept_counts(session, path, MONDAY) for path in ("38/", "")]
        return [*parts, *weeks, *(BY_WEEK.beneath(session, path) for path in ("38/", ""))]

    together = read(codes)
    one_by_one = read(codes[:1])

    assert one_by_one == together
    level, _, today, _, gone, _, then, _, weeks, _ = together
    assert (level[codes[0]]["households"], level[codes[0]]["reached"], level[codes[0]]["reached_listed"]) == (49, 7, 3)
    assert (today[codes[0]]["reached"], gone[codes[0]]["reached"]) == (7, 5)
    assert (then[codes[0]]["reached"], then[codes[0]]["reached_listed"]) == (7, 3)
    assert weeks[codes[0]] == {MONDAY: (2, 3, 7, 7, 140)}
    assert [counted_ever(session, path)["reached"] for path in ("", "38/", commune.path)] == [12, 12, 12]
    beneath = LEVEL.beneath(session, commune.path)
    assert ended.code not in beneath
    assert beneath[unlisted.code]["households"] is None
    assert counted_ever(session, ended.path)["reached"] == 5
