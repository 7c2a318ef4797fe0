"""The sample: whole, deterministic, counted as real visits are, and gone without a trace."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import func, select

from community_teams.coverage.domain.coverage import Coverage, Shade
from community_teams.domain.codes import Outcome
from community_teams.domain.visits import read_visit
from community_teams.models import HamletTotal, Household, Visit, WhyHeld
from community_teams.sample.hamlets import FIRST_COMMUNES, plan_hamlets
from community_teams.sample.loading import clear_sample, load_sample
from community_teams.services.held_visits import hold
from community_teams.services.recording import Submission
from community_teams.services.recounting import recount
from foundation.accounts.models import AuditEntry, Person, RoleHolding
from foundation.areas.domain.scope import NATION
from foundation.areas.models import Area
from foundation.database import Base
from foundation.problems import Conflict, Invalid
from foundation.throttling.models import ThrottleBucket

NOW = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)


@pytest.fixture
def communes(make):
    return [make.commune(code) for code in FIRST_COMMUNES]


@pytest.fixture
def load(session, communes):
    def load(households=480, communes=3, password="mat-khau-mau", now=NOW):
        return load_sample(session, households=households, communes=communes, password=password, now=now)

    return load


def contents(session):
    session.expire_all()
    return {
        table.name: session.scalar(select(func.count()).select_from(table))
        for table in Base.metadata.sorted_tables
        if table.name not in {AuditEntry.__tablename__, ThrottleBucket.__tablename__}
    }


def coverages(session):
    return {
        area.code: Coverage.of_hamlet(
            area.official_households, "x", None, total.households, total.reached, total.knocked
        )
        for area, total in session.execute(
            select(Area, HamletTotal).join(HamletTotal, HamletTotal.hamlet_code == Area.code)
        )
    }


def test_the_sample_has_exactly_the_households_asked_for_and_true_counters(load, session):
    done = load()

    assert (done.made_now, done.communes, done.hamlets, done.households) == (True, 3, 12, 480)
    assert recount(session, NATION, now=NOW) == []


def test_a_campaign_of_many_visits_is_counted_as_truly(load, session, communes):
    done = load_sample(session, households=480, communes=3, password="mat-khau-mau", now=NOW, visits_per_household=3)

    assert 3 * 480 - 60 < done.visits < 3 * 480 + 60
    assert recount(session, NATION, now=NOW) == []


def test_a_campaign_that_has_hardly_begun_has_the_same_hamlets_and_households(session, communes):
    def loaded(visits):
        done = load_sample(
            session, households=480, communes=3, password="mat-khau-mau", now=NOW, visits_per_household=visits
        )
        households = session.execute(select(Household.hamlet_code, Household.short_code)).all()
        assert recount(session, NATION, now=NOW) == []
        clear_sample(session)
        return done.visits, sorted(households)

    many, there = loaded(3)
    few, same = loaded(0.05)
    assert 10 < few < 40 < many
    assert same == there
    assert loaded(0) == (0, there)


def test_the_sample_shows_every_kind_of_hamlet(load, session):
    load()

    found = coverages(session).values()
    assert {coverage.shade for coverage in found} == {*Shade, None}
    assert any(coverage.doubtful for coverage in found)
    assert any(coverage.households is None and coverage.reached for coverage in found)
    assert any(coverage.enumerated < 10 for coverage in found)
    outcomes = set(session.scalars(select(Visit.outcome)))
    assert {Outcome.REFUSED, Outcome.NOT_HOME, Outcome.RESCHEDULED} <= outcomes


def test_everything_of_the_sample_says_so(load, session):
    load()

    assert all("Mẫu" in name for name in session.scalars(select(Area.name).where(Area.is_sample)))
    assert session.scalar(select(func.count()).select_from(Household).where(~Household.is_sample)) == 0
    assert session.scalar(select(func.max(Household.label))) is None


def test_a_second_load_changes_nothing(load, session):
    load()
    before = contents(session)
    hashes = dict(session.execute(select(Person.name, Person.password_hash)).all())
    done = load(households=99, password="", now=NOW + timedelta(days=3))

    assert (done.made_now, done.households, done.password) == (False, 480, None)
    assert contents(session) == before
    assert dict(session.execute(select(Person.name, Person.password_hash)).all()) == hashes


def test_a_password_given_later_replaces_the_first_one(load, session, visitor):
    load()
    load(password="mat-khau-khac")
    session.commit()

    assert visitor.sign_in("to-vien", "mat-khau-khac").address == "/doi-so"


def test_without_a_password_one_is_made(load):
    assert load(password="").password


def test_a_password_too_simple_loads_nothing(load, session):
    with pytest.raises(Invalid) as problem:
        load(password="12345678")

    assert problem.value.fields == {"password": "too_simple"}


def test_the_same_numbers_give_the_same_sample(load, session):
    def seen():
        return session.execute(select(Household.id, Household.last_outcome).order_by(Household.id)).all()

    load()
    first = seen()
    clear_sample(session)
    load()

    assert seen() == first


@pytest.mark.parametrize(("households", "number"), [(1, 1), (3, 3), (2, 3), (50, 2), (1003, 3)])
def test_any_size_comes_out_exact(households, number):
    planned = plan_hamlets(FIRST_COMMUNES[:number], households, Random(1))

    assert sum(hamlet.size for hamlet in planned) == households
    assert all(hamlet.size >= 1 and 0 <= hamlet.reached <= hamlet.size for hamlet in planned)


@pytest.mark.parametrize(
    ("households", "communes", "hamlets", "largest"),
    [(480, 3, 4, 55), (3 * 480, 3, 12, 60), (9_000, 3, 12, 350), (60_000, 3, 64, 430)],
)
def test_hamlets_are_small_in_a_small_sample_and_as_large_as_real_ones_in_a_large_one(
    households, communes, hamlets, largest
):
    planned = plan_hamlets(FIRST_COMMUNES[:communes], households, Random(1))

    assert Counter(hamlet.commune for hamlet in planned) == dict.fromkeys(FIRST_COMMUNES[:communes], hamlets)
    assert max(hamlet.size for hamlet in planned) <= largest


def test_clearing_leaves_the_database_as_it_was(load, make, session):
    # Real people, visits and hamlets stay, also in a commune where the sample was.
    make.visit(make.household(make.hamlet(make.commune(FIRST_COMMUNES[0]))))
    make.person()
    before = contents(session)
    load()
    clear_sample(session)

    assert contents(session) == before
    assert recount(session, NATION, now=NOW) == []
    assert set(clear_sample(session).values()) == {0}


def test_visits_somebody_real_recorded_in_the_sample_go_with_it(load, make, session):
    before = contents(session)
    load()
    household = session.scalars(select(Household).limit(1)).one()
    make.visit(household, member=session.scalars(select(Person).where(Person.name == "to-vien")).one())
    clear_sample(session)

    assert contents(session) == before


def test_the_sample_shows_organisers_a_phone_that_holds_visits_and_takes_it_away(load, visitor, session):
    before = contents(session)
    load()
    visitor.sign_in("can-bo-xa", "mat-khau-mau")

    assert "3 phiếu còn nằm trên 1 máy" in visitor.open("/quan-ly/may")
    clear_sample(session)
    assert contents(session) == before


def test_a_visit_held_for_a_person_in_the_sample_goes_with_it(load, make, session):
    before = contents(session)
    load()
    household = session.scalars(select(Household).limit(1)).one()
    member = session.scalars(select(Person).where(Person.name == "to-vien")).one()
    submission = Submission(member.id, lambda _day: NATION)
    report = read_visit(make.visit_record(household), now=NOW)
    hold(session, [(report, WhyHeld.DEVICE_CUT_OFF)], submission=submission, now=NOW)
    clear_sample(session)

    assert contents(session) == before


def test_a_sample_account_with_real_visits_stays_but_cannot_sign_in(load, make, session):
    load()
    member = session.scalars(select(Person).where(Person.name == "to-vien")).one()
    visit = make.visit(member=member)
    clear_sample(session)

    assert session.get_one(Person, visit.member_id).is_active is False
    assert session.scalar(select(func.count()).select_from(RoleHolding)) == 0


def test_a_real_account_of_that_name_is_not_taken_over(load, make):
    make.person(name="quan-tri")

    with pytest.raises(Conflict) as problem:
        load()
    assert problem.value.code == "name_taken"


def test_without_areas_there_is_no_sample(session):
    with pytest.raises(Conflict) as problem:
        load_sample(session, households=10, communes=1, password="mat-khau-mau", now=NOW)
    assert problem.value.code == "areas_not_loaded"


def test_the_commands_say_what_they_did(app, communes, session):
    run = app.test_cli_runner().invoke
    loaded = run(args=["sample", "load", "--households", "30", "--communes", "1"])

    assert loaded.exit_code == 0, loaded.output
    assert "30 hộ" in loaded.output
    assert "Mật khẩu" in loaded.output
    assert "Mật khẩu" not in run(args=["sample", "load"]).output
    assert "30 hộ" in run(args=["sample", "clear"]).output
