"""Hamlets that are renamed, split or merged while a campaign goes on: what is counted stays what it was."""

from datetime import date

import pytest
from sqlalchemy import func, select

from community_teams.area_pages.queries.area_page import rest_of, weeks_reached, work_in
from community_teams.coverage.domain.layers import LAYERS, OFFICIAL
from community_teams.coverage.queries.coverage import inside_figures
from community_teams.coverage.queries.layers import layer_figures
from community_teams.indicators.queries.indicators import indicators_of
from community_teams.indicators.queries.learning_counts import sitewide
from community_teams.list_changes.domain import HamletName, SplitOff
from community_teams.list_changes.services.hamlet_changes import split_hamlet
from community_teams.list_changes.services.hamlet_moves import merge_hamlet
from community_teams.list_changes.services.household_moves import move_household
from community_teams.models import HamletTotal, HamletWeek, Household, Visit
from community_teams.services.recounting import recount
from foundation.accounts.domain.roles import Role
from foundation.areas.domain.hamlet_lists import NewHamlet
from foundation.areas.domain.kinds import AreaKind
from foundation.areas.domain.scope import NATION
from foundation.areas.models import Area
from foundation.areas.services.hamlets import add_hamlets
from foundation.problems import Conflict, Invalid, NotFound
from tests.conftest import NOON

TODAY = date(2026, 11, 21)
MONDAY = date(2026, 11, 9)
CONSENT = {"level": "code", "text_version": "2026-11", "how": "spoken"}


@pytest.fixture
def two(make):
    """Two hamlets of one commune, both with visits in two weeks, an issue and lessons."""
    made = []
    for name, size in (("Trên", 12), ("Dưới", 15)):
        hamlet = make.hamlet(
            name=name, official_households=size, households_source="UBND xã", households_as_of=date(2026, 10, size)
        )
        households = [make.household(hamlet, short_code=f"{name[0]}-{n:03}") for n in range(size)]
        for n, household in enumerate(households[:6]):
            make.visit(
                household,
                days_ago=12 - 2 * n,
                consent=CONSENT,
                size={"adults": 2, "aged_60plus": 1},
                people=[{"vneid_level": "level2", "lessons": ["an-toan-otp"], "skills": {"video_call": 2}}],
                language_used=["mtq"],
                network={"viettel": "weak"},
                issues=[{"type": "signal", "level": "carrier", "note": ""}],
            )
        make.visit(households[7], "not_home", days_ago=12)
        make.visit(households[7], "met_done", days_ago=3)
        make.visit(households[8], "not_home", days_ago=2)
        made.append(hamlet)
    return made


def everything(session, code="15607", *, lists=True):
    """Every figure of an area, now and at the end of an earlier week."""
    session.expire_all()
    figures = inside_figures(session, NATION, code)
    own, told = figures.coverage, {}
    told["coverage"] = (own.enumerated, own.reached, own.visited, own.by_outcome, *([own.households] if lists else []))
    for key, layer in LAYERS.items():
        if lists or layer.out_of != OFFICIAL:
            for week in (None, MONDAY):
                told[key, week] = layer_figures(session, NATION, figures, layer, week).own
    told["rest"] = rest_of(session, NATION, figures.place)
    work = work_in(session, NATION, figures.place, today=TODAY).values()
    told["work"] = (sum(each.visits for each in work), sum(each.minutes for each in work))
    known = sitewide(session, lessons=1, languages=1)
    if lists:
        told["trend"] = weeks_reached(session, NATION, figures.place)
        for week in (None, MONDAY):
            found = indicators_of(session, NATION, figures, known, week, today=TODAY).values
            # How many hamlets lack a list is told of hamlets, not of people.
            told["indicators", week] = [(each.measure.key, each.number, each.out_of) for each in found]
    return told


def test_a_new_name_changes_the_name_alone(session, two, visitor):
    before = everything(session), everything(session, two[0].code)

    add_hamlets(session, [NewHamlet("15607", "Trên Mới", AreaKind.BAN, code=two[0].code)])
    session.commit()

    assert (everything(session), everything(session, two[0].code)) == before
    assert "bản Trên Mới" in visitor.open(f"/do-phu/{two[0].code}").heading


def test_a_split_hamlet_keeps_its_visits_and_the_commune_its_sums(session, make, two):
    old = two[0]
    before = everything(session)
    new = make.hamlet(name="Tách")
    # The list of the old hamlet is divided by whoever makes it, on the day of the split.
    old.official_households, new.official_households = 7, 5
    new.households_source, new.households_as_of = old.households_source, old.households_as_of
    session.commit()
    households = session.scalars(select(Visit.household_id).where(Visit.hamlet_code == old.code).distinct()).all()

    for household in households[:3]:
        move_household(session, household, new.code, by="can-bo", scope=NATION, now=NOON)
    session.commit()

    assert everything(session) == before
    assert inside_figures(session, NATION, new.code).coverage.enumerated == 3
    # Its visits were made in the old hamlet, and that is where they are told.
    assert session.get(HamletTotal, new.code).met_done == 0
    assert recount(session, NATION, now=NOON) == []


def split_off(session, old, households, *, listed, name="Tách"):
    part = SplitOff(HamletName(AreaKind.BAN, name), frozenset(each.id for each in households), listed)
    new = split_hamlet(session, old.code, part, by="can-bo", scope=NATION, now=NOON)
    session.commit()
    return new


def households_of(session, hamlet):
    asked = select(Household).where(Household.hamlet_code == hamlet.code).order_by(Household.code_key)
    return session.scalars(asked).all()


def test_part_of_a_hamlet_becomes_one_of_its_own_and_the_commune_keeps_its_sums(session, make, two):
    old = two[0]
    helper = make.person("to-vien", role=Role.VISITOR, area=old)
    before = everything(session)

    new = split_off(session, old, households_of(session, old)[3:8], listed=5)

    assert everything(session) == before
    assert recount(session, NATION, now=NOON) == []
    assert (old.official_households, new.official_households) == (7, 5)
    assert inside_figures(session, NATION, new.code).coverage.reached == 4
    assert inside_figures(session, NATION, old.code).coverage.reached == 3
    session.refresh(helper)
    assert {held.area_path for held in helper.holdings if held.as_holding().in_force(TODAY)} == {old.path, new.path}


def test_a_split_said_twice_is_done_once(session, two):
    old = two[0]
    households = households_of(session, old)[:4]
    new = split_off(session, old, households, listed=4)
    hamlets, told = session.scalar(select(func.count(Area.code))), everything(session)

    assert split_off(session, old, households, listed=4).code == new.code
    assert (session.scalar(select(func.count(Area.code))), everything(session)) == (hamlets, told)


def test_a_split_taken_back_by_merging_leaves_nothing_behind(session, make, two):
    old = two[0]
    helper = make.person("to-vien", role=Role.VISITOR, area=old)
    before = everything(session), everything(session, old.code)

    new = split_off(session, old, households_of(session, old)[:4], listed=4)
    merge_hamlet(session, new.code, old.code, by="can-bo", scope=NATION, now=NOON)
    session.commit()

    assert (everything(session), everything(session, old.code)) == before
    session.refresh(helper)
    assert [held.area_path for held in helper.holdings if held.as_holding().in_force(TODAY)] == [old.path]
    assert recount(session, NATION, now=NOON) == []


def test_a_list_that_nobody_can_divide_is_known_of_neither(session, two):
    new = split_off(session, two[0], households_of(session, two[0])[:4], listed=None)

    assert (two[0].official_households, two[0].households_source, new.official_households) == (None, None, None)


def test_what_cannot_be_split_stays_as_it_is(session, two):
    old, other = two
    mine = households_of(session, old)

    def refusal(households, name="Tách"):
        with pytest.raises((Conflict, Invalid)) as refused:
            split_off(session, old, households, listed=1, name=name)
        return getattr(refused.value, "fields", refused.value.code)

    assert refusal([]) == {"households": "missing"}
    assert refusal(mine) == {"households": "nothing_left"}
    assert refusal([*mine[:2], households_of(session, other)[0]]) == "households_moved"
    assert refusal(mine[:2], name="dưới") == {"name": "name_taken"}
    assert refusal(mine[:2], name="Trên") == {"name": "name_taken"}
    assert old.official_households == 12


def test_codes_that_both_hamlets_have_get_a_mark_before_they_are_put_together(session, make, two):
    old, new = two
    for code in ("T-003", "T-004"):
        make.household(new, short_code=code)

    merge_hamlet(session, old.code, new.code, mark="TR-", by="can-bo", scope=NATION, now=NOON)
    session.commit()

    codes = [household.short_code for household in households_of(session, new)]
    assert len(codes) == len(set(codes)) == 29
    assert {"T-003", "TR-T-003", "TR-T-004", "T-005"} <= set(codes)
    assert "TR-T-005" not in codes


def test_a_mark_that_makes_another_double_is_refused(session, make, two):
    old, new = two
    for code in ("T-003", "X-T-003"):
        make.household(new, short_code=code)

    with pytest.raises(Conflict) as refused:
        merge_hamlet(session, old.code, new.code, mark="X-", by="can-bo", scope=NATION, now=NOON)
    session.rollback()

    assert (refused.value.code, refused.value.details) == ("short_codes_taken", {"short_codes": "X-T-003"})


def test_a_merged_hamlet_brings_everything_along_for_every_week(session, two, make, visitor):
    old, new = two
    before = everything(session), everything(session, "38")
    helper = make.person("to-vien", role=Role.VISITOR, area=old)

    merge_hamlet(session, old.code, new.code, by="can-bo", scope=NATION, now=NOON)
    session.commit()

    assert everything(session) == before[0]
    assert everything(session, "38") == before[1]
    assert everything(session, new.code)["coverage"] == before[0]["coverage"]
    assert (new.official_households, new.households_as_of) == (27, date(2026, 10, 12))
    of_old = select(func.sum(HamletWeek.met_done), func.sum(HamletWeek.first_reached), func.sum(HamletWeek.adults))
    assert session.execute(of_old.where(HamletWeek.hamlet_code == old.code)).one() == (0, 0, 0)
    assert recount(session, NATION, now=NOON) == []
    session.refresh(helper)
    assert [held.area_path for held in helper.holdings if held.as_holding().in_force(TODAY)] == [new.path]


def test_the_page_of_a_hamlet_that_is_no_more_says_so_and_leads_on(session, two, visitor, app):
    old, new = two
    merge_hamlet(session, old.code, new.code, by="can-bo", scope=NATION, now=NOON)
    session.commit()

    answer = app.test_client().get(f"/do-phu/{old.code}?lop=song&tuan=2026-11-09")

    assert answer.status_code == 410
    assert "Bản Trên nay đã sắp xếp lại" in answer.text
    assert 'href="/do-phu/15607"' in answer.text
    assert app.test_client().get(f"/do-phu/{old.code}/chi-so").status_code == 404
    assert app.test_client().get(f"/api/v1/open/{old.code}.csv").status_code == 404


def test_what_cannot_be_merged_stays_as_it_is(session, two, make):
    old, new = two
    far = make.hamlet(commune=make.commune("15610"))
    sample = make.hamlet(is_sample=True)
    make.household(new, short_code="T-003")

    def refusal(code, into):
        with pytest.raises((Conflict, NotFound)) as refused:
            merge_hamlet(session, code, into, by="can-bo", scope=NATION, now=NOON)
        return refused.value.code

    assert refusal(old.code, old.code) == "same_hamlet"
    assert refusal(old.code, far.code) == "another_commune"
    assert refusal(old.code, sample.code) == "sample_hamlet"
    assert refusal(old.code, "15607-999") == "no_such_hamlet"
    assert refusal("15607", new.code) == "no_such_hamlet"
    assert refusal(old.code, new.code) == "short_codes_taken"
    assert old.valid_to is None


def test_lists_are_added_up_only_where_both_are_known(session, make):
    known, unknown = make.hamlet(official_households=30), make.hamlet()

    merge_hamlet(session, unknown.code, known.code, by="can-bo", scope=NATION, now=NOON)

    assert known.official_households is None


def test_the_command_says_what_it_did_or_why_not(app, session, two, make):
    def run(*words):
        return app.test_cli_runner().invoke(args=["teams", "merge-hamlet", *words])

    old, new = two
    assert "thuộc xã khác" in run(old.code, make.hamlet(commune=make.commune("15610")).code).output
    assert "mang mã không-có" in run("không-có", new.code).output
    make.household(new, short_code="T-003")
    assert "mang mã T-003" in run(old.code, new.code).output
    assert "chỉ gồm chữ và số" in run(old.code, new.code, "--mark", "a b").output
    session.expire_all()
    assert old.valid_to is None
    assert f"{old.code} nay thuộc {new.code}." in run(old.code, new.code, "--mark", "tr").output
    session.expire_all()
    assert "TR-T-003" in {household.short_code for household in households_of(session, new)}
