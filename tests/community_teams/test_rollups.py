"""Rows of communes and provinces: always the sums of their hamlets, whatever happened; and what was known when."""

from datetime import date, timedelta
from random import Random

import pytest
from sqlalchemy import func, select, update

from community_teams.coverage.queries.coverage import THE_NATION, inside_figures, place_of
from community_teams.domain.codes import Outcome
from community_teams.domain.counting import Sum
from community_teams.domain.household_counts import states_alone
from community_teams.list_changes.services.hamlet_moves import merge_hamlet
from community_teams.list_changes.services.household_moves import move_household
from community_teams.models import (
    CommuneTotal,
    CommuneWeek,
    HamletBase,
    HamletDay,
    HamletTotal,
    HamletWeek,
    ProvinceWeek,
    Visit,
    VisitPerson,
)
from community_teams.queries.counts import counts_beneath, first_week, reached_by_week, totals_of
from community_teams.queries.rollups import totals_of_hamlets
from community_teams.services import base_counts, closing, counters
from community_teams.services.closing import close_weeks
from community_teams.services.differences import compare_communes, compare_provinces
from community_teams.services.recounting import recount
from foundation.areas.domain.hamlet_lists import NewHamlet
from foundation.areas.domain.kinds import AreaKind
from foundation.areas.domain.scope import NATION, Scope
from foundation.areas.models import Area
from foundation.areas.services.hamlets import add_hamlets
from tests.conftest import NOON
from tests.making.community_teams import MORNING

THIS_WEEK = date(2026, 11, 16)
LAST_WEEK = THIS_WEEK - timedelta(weeks=1)
COMMUNES = ("14956", "15061", "16792")
CONSENT = {"level": "code", "text_version": "2026-11", "how": "spoken"}
COUNTED_ALONE = CONSENT | {"level": "count"}


@pytest.fixture
def hamlets(make):
    """Two hamlets in each of two communes of one province, and one in another; one has no list."""
    communes = [make.commune("14956"), make.commune("15061"), make.commune("16792", province=make.province("40"))]
    lists = ((40, None), (30, 50), (20,))
    return [
        make.hamlet(commune, official_households=size)
        for commune, sizes in zip(communes, lists, strict=True)
        for size in sizes
    ]


@pytest.fixture
def met(make):
    def met(hamlet, days_ago=0, **more):
        return make.visit(make.household(hamlet), days_ago=days_ago, consent=CONSENT, **more)

    return met


def nothing_differs(session):
    session.expire_all()
    return [*compare_communes(session, COMMUNES), *compare_provinces(session, ["38", "40"])] == []


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_communes_and_provinces_are_the_sums_of_their_hamlets(seed, hamlets, make, met, session):
    chance = Random(seed)
    visits = []

    def visit():
        people = [{"vneid_level": chance.choice(["level1", "level2"])} for _ in range(chance.randint(1, 3))]
        visits.append(met(chance.choice(hamlets), chance.choice([0, 3, 9, 16]), people=people))

    def correct():
        if visits:
            told = visits.pop()
            household = type("Of", (), {"id": told.household_id})
            make.visit(household, "not_home", days_ago=chance.choice([0, 9]), supersedes=str(told.id))

    def relist():
        hamlet = chance.choice(hamlets)
        size = chance.choice([None, 3, 60])
        if size is None:
            hamlet.official_households = hamlet.households_source = None
            session.commit()
        else:
            of = {"households": size, "source": f"UBND {size}", "as_of": LAST_WEEK}
            add_hamlets(session, [NewHamlet(hamlet.parent_code, hamlet.name, AreaKind.BAN, hamlet.code, **of)])

    def move():
        household = make.household(chance.choice(hamlets))
        make.visit(household, days_ago=9)
        move_household(session, household.id, chance.choice(hamlets).code, by="test", scope=NATION, now=NOON)

    def merge():
        here = [hamlet for hamlet in hamlets if hamlet.parent_code == "15061"]
        if len(here) > 1:
            hamlets.remove(here[0])
            merge_hamlet(session, here[0].code, here[1].code, mark="X-", by="test", scope=NATION, now=NOON)

    def close():
        close_weeks(session, now=NOON)

    for _ in range(25):
        chance.choice([visit, visit, visit, visit, correct, relist, move, merge, close])()
        session.commit()
        assert nothing_differs(session)
    assert recount(session, NATION, now=NOON) == []
    close()
    assert session.scalar(select(func.max(ProvinceWeek.known_in))) in {LAST_WEEK, None}
    assert nothing_differs(session)


def test_a_late_visit_is_known_in_the_week_it_arrives(hamlets, met, session):
    met(hamlets[0], days_ago=9)

    for table, code in ((HamletWeek, hamlets[0].code), (CommuneWeek, "14956")):
        (row,) = session.scalars(select(table))
        assert (row.week, row.known_in, row.met_done) == (LAST_WEEK, THIS_WEEK, 1), code
    place, _ = place_of(session, "38")
    for week, known_by, seen in ((LAST_WEEK, None, 1), (LAST_WEEK, LAST_WEEK, 0), (LAST_WEEK, THIS_WEEK, 1)):
        for where in (THE_NATION, place, place_of(session, "14956")[0], place_of(session, hamlets[0].code)[0]):
            found = counts_beneath(session, NATION, where, ["reached"], week, known_by=known_by)
            assert sum(row["reached"] for row in found.values()) == seen, (where.code, week, known_by)


def test_rows_of_an_earlier_week_of_knowledge_are_never_written_again(hamlets, make, met, session):
    """Neither by a correction, nor by a recount, nor by a merge of hamlets."""
    first, second = hamlets[2:4]
    told = met(first, days_ago=9)
    # As it was when that week closed.
    for table in (HamletWeek, CommuneWeek):
        session.execute(update(table).values(known_in=LAST_WEEK, met_done=5))
    session.commit()
    household = type("Of", (), {"id": told.household_id})
    make.visit(household, "not_home", days_ago=9, supersedes=str(told.id))
    assert {each.name for each in recount(session, NATION, now=NOON)} == {"met_done"}
    merge_hamlet(session, first.code, second.code, by="test", scope=NATION, now=NOON)
    session.commit()

    session.expire_all()
    then = session.scalars(select(HamletWeek).where(HamletWeek.known_in == LAST_WEEK)).all()
    assert [(row.hamlet_code, row.met_done, row.not_home, row.first_reached) for row in then] == [(first.code, 5, 0, 1)]
    commune = session.get_one(CommuneWeek, ("15061", LAST_WEEK, LAST_WEEK))
    assert (commune.met_done, commune.first_reached, commune.first_reached_listed) == (5, 1, 1)
    today = counts_beneath(session, NATION, place_of(session, "38")[0], ["met_done", "not_home", "reached"], LAST_WEEK)
    assert today["15061"] == {"met_done": 0, "not_home": 1, "reached": 0}
    assert recount(session, NATION, now=NOON) == []


def test_closed_weeks_of_provinces_and_open_ones_of_communes_are_read_together(hamlets, met, session, monkeypatch):
    monkeypatch.setattr(closing, "_looked_on", {})
    for days_ago in (0, 3, 9, 16):
        met(hamlets[0], days_ago=days_ago)
    met(hamlets[4], days_ago=16)
    # As if each had arrived in its own week.
    for table in (HamletWeek, CommuneWeek):
        session.execute(update(table).values(known_in=table.week))

    def read():
        weeks = [THIS_WEEK, LAST_WEEK, LAST_WEEK - timedelta(weeks=1)]
        return (
            reached_by_week(session, NATION, THE_NATION),
            first_week(session, NATION, THE_NATION),
            [counts_beneath(session, NATION, THE_NATION, ["reached", "met_done"], week) for week in weeks],
            [counts_beneath(session, NATION, THE_NATION, ["reached"], week, listed=True) for week in weeks],
        )

    before = read()
    close_weeks(session, now=NOON)

    assert session.scalar(select(func.count()).select_from(ProvinceWeek)) == 3
    assert read() == before
    assert before[1] == LAST_WEEK - timedelta(weeks=1)
    assert before[2][0]["38"]["reached"] == 4
    # They stand for the rows of communes, which nobody reads any more.
    session.execute(update(CommuneWeek).where(CommuneWeek.known_in < THIS_WEEK).values(first_reached=99))
    assert read() == before


def test_a_week_is_closed_a_day_after_its_end(hamlets, met, session, monkeypatch):
    monkeypatch.setattr(closing, "_looked_on", {})
    met(hamlets[0])
    session.execute(update(CommuneWeek).values(known_in=LAST_WEEK))
    for hours, closed in ((23, 0), (25, 1)):
        close_weeks(session, now=MORNING.replace(day=16, hour=0) + timedelta(hours=hours - 7))
        assert session.scalar(select(func.count()).select_from(ProvinceWeek)) == closed


def test_a_new_list_counts_in_every_week_closed_or_not(hamlets, met, session):
    unlisted = hamlets[1]
    met(unlisted, days_ago=9)
    met(unlisted)
    for table in (HamletWeek, CommuneWeek):
        session.execute(update(table).values(known_in=table.week))
    close_weeks(session, now=NOON)
    assert reached_by_week(session, NATION, THE_NATION) == {LAST_WEEK: 0, THIS_WEEK: 0}

    unlisted.official_households = 12
    session.commit()

    for where in (THE_NATION, place_of(session, "38")[0], place_of(session, "14956")[0]):
        assert reached_by_week(session, NATION, where) == {LAST_WEEK: 1, THIS_WEEK: 1}
    assert nothing_differs(session)


def test_a_recount_finds_what_is_wrong_of_communes_and_provinces_and_repairs_it(hamlets, met, session):
    met(hamlets[0], days_ago=9)
    session.execute(update(CommuneWeek).values(known_in=LAST_WEEK))
    session.execute(update(HamletWeek).values(known_in=LAST_WEEK))
    close_weeks(session, now=NOON)
    session.execute(update(CommuneTotal).where(CommuneTotal.commune_code == "14956").values(reached=7, hamlets=5))
    session.execute(update(CommuneWeek).values(adults=3))
    session.execute(update(ProvinceWeek).values(adults=3, met_done=9))
    session.flush()

    found = {(each.hamlet, each.what, each.name, each.was, each.became) for each in recount(session, NATION, now=NOON)}

    week = f"{LAST_WEEK} {LAST_WEEK}"
    assert found == {
        ("14956", "commune_total", "reached", 7, 1),
        ("14956", "commune_total", "hamlets", 5, 2),
        ("14956", f"commune_week {week}", "adults", 3, 0),
        ("38", f"province_week {week}", "met_done", 9, 1),
    }
    assert nothing_differs(session)
    assert recount(session, NATION, now=NOON) == []


def test_a_recount_counts_from_the_answers_and_not_from_what_was_summed_up_of_them(hamlets, met, session):
    visit = met(hamlets[0], size={"adults": 3}, people=[{"vneid_level": "level2", "skills": {"wifi": 2}}])
    wrong = dict(visit.summary_counts) | {"adults": 9}
    session.execute(update(Visit).values(summary_counts=wrong))
    session.execute(update(VisitPerson).values(vneid_level="level1"))
    session.commit()

    found = {(each.what, each.name) for each in recount(session, NATION, now=NOON)}

    # Adults were counted as they were told; who reached level 2 is no longer what the people's rows say.
    assert (str(visit.id), "summary_counts") in found
    assert {("total", "level2"), (f"hamlet_week {THIS_WEEK}", "level2")} <= found
    assert not [name for _, name in found if name == "adults"]
    session.expire_all()
    assert session.get_one(Visit, visit.id).summary_counts["adults"] == 3
    assert recount(session, NATION, now=NOON) == []


def test_what_is_erased_stays_counted_in_a_base_that_names_nobody(hamlets, make, session):
    """A visit that may not name its household is erased; no figure changes, and a recount finds nothing."""
    hamlet = hamlets[0]
    make.visit(make.household(hamlet), days_ago=2)
    gone = make.visit(make.household(hamlet), consent=COUNTED_ALONE, size={"adults": 3}, satisfaction=3)
    before = totals_of(session, NATION, place_of(session, "38")[0], ["met_done", "adults", "happy", "households"])
    counters.lock_hamlets(session, {hamlet.code: hamlet.path}, now=NOON)
    erased = Sum()
    erased.add_visit(gone.visited_on, Outcome.MET_DONE, gone.summary_counts, member=gone.member_id)
    erased.add_states(states_alone(gone.visited_on, gone.summary_counts))

    base_counts.fold_into_base(session, hamlet.code, erased, last_visit_on=gone.visited_on)
    session.delete(gone)
    session.commit()

    assert recount(session, NATION, now=NOON) == []
    place, _ = place_of(session, "38")
    assert totals_of(session, NATION, place, ["met_done", "adults", "happy", "households"]) == before
    assert before == {"met_done": 2, "adults": 3, "happy": 1, "households": 2}
    base = session.scalars(select(HamletBase)).one()
    assert (base.met_done, base.adults, base.last_visit_on) == (1, 3, gone.visited_on)
    assert session.get_one(HamletTotal, hamlet.code).last_visit_on == gone.visited_on
    assert session.get_one(HamletDay, (hamlet.code, gone.visited_on)).met_done == 0
    # It goes along where the hamlet goes.
    merge_hamlet(session, hamlets[2].code, hamlets[3].code, by="test", scope=NATION, now=NOON)
    base_counts.move_base(session, hamlet.code, hamlets[1].code)
    assert session.scalars(select(HamletBase.hamlet_code)).all() == [hamlets[1].code]


def test_a_name_a_list_and_a_place_are_seen_at_once_whoever_writes_them(hamlets, met, session, visitor):
    met(hamlets[0])
    change = session.scalar(select(CommuneTotal.change).where(CommuneTotal.commune_code == "15061"))
    session.get_one(Area, "14956").name = "Tân Lập"
    hamlets[0].official_households = 50
    session.commit()

    assert totals_of_hamlets(session, ["14956"])["14956"]["official_households"] == 50
    assert inside_figures(session, NATION, "38").lines[0].coverage.households in {50, 80}
    # The page of a sibling names the province, and that of the province this commune.
    after = session.scalar(select(CommuneTotal.change).where(CommuneTotal.commune_code == "15061"))
    assert after > change
    assert "Tân Lập" in visitor.open("/do-phu/38").html


def test_every_commune_has_a_row_from_the_beginning(make, session):
    make.commune("15700")
    row = session.get_one(CommuneTotal, "15700")
    assert (row.path, row.hamlets, row.official_households, row.reached) == ("38/15700/", 0, None, 0)


def test_figures_within_a_part_of_a_place_come_from_its_hamlets(hamlets, met, session):
    for hamlet in hamlets:
        met(hamlet, days_ago=9)
    here = Scope((hamlets[0].path,))
    place, _ = place_of(session, "38")
    for week in (None, LAST_WEEK):
        assert counts_beneath(session, here, place, ["reached"], week) == {"14956": {"reached": 1}}
        assert counts_beneath(session, NATION, place, ["reached"], week) == {
            "14956": {"reached": 2},
            "15061": {"reached": 2},
        }
