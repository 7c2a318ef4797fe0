"""Recording visits: once, whole, within reach, and counted."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from community_teams.domain.codes import HouseholdStatus, Outcome
from community_teams.domain.counting import DAYS, OUTCOMES, TOTALS
from community_teams.domain.household_lists import NewHousehold
from community_teams.domain.visits import read_visit
from community_teams.list_changes.services.household_moves import move_household
from community_teams.models import (
    AnonymousVisit,
    CommuneTotal,
    HamletDay,
    HamletTotal,
    HamletWeek,
    Household,
    HouseholdGone,
    Issue,
    MemberDay,
    Visit,
    VisitPerson,
)
from community_teams.services import counters
from community_teams.services.households import add_households
from community_teams.services.recording import Submission, record_visit, record_visits
from community_teams.services.recounting import recount
from community_teams.services.rollups import refresh_communes
from foundation.accounts.models import Person
from foundation.accounts.services import audit
from foundation.areas.domain.kinds import AreaKind, Level
from foundation.areas.domain.scope import NATION, NOWHERE, Scope
from foundation.areas.models import Area
from foundation.problems import Conflict, Invalid

NOW = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
MORNING = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 21)
AGREED = {"level": "code", "text_version": "2026-11", "how": "spoken"}


@pytest.fixture
def record(session, make):
    member = make.member()

    def keep(told, scope=NATION, **more):
        return record_visit(session, read_visit(told, now=NOW), member=member.id, scope=scope, now=NOW, **more)

    return keep


def total(session, hamlet_code):
    session.expire_all()
    return session.get_one(HamletTotal, hamlet_code)


def day(session, hamlet_code, when):
    session.expire_all()
    return session.get(HamletDay, (hamlet_code, when))


def test_a_visit_sent_twice_is_kept_and_counted_once(record, make, session):
    told = make.visit_record(people=[{"skills": {"wifi": 0}}], consent=AGREED, issues=[{"type": "signal"}])

    assert record(told) == "stored"
    assert record(told) == "already_stored"

    assert session.scalar(select(func.count()).select_from(Visit)) == 1
    assert session.scalar(select(func.count()).select_from(VisitPerson)) == 1
    assert session.scalar(select(func.count()).select_from(Issue)) == 1
    counted = total(session, session.scalars(select(Household.hamlet_code)).one())
    assert (counted.households, counted.knocked, counted.reached, counted.met_done) == (1, 1, 1, 1)


def test_another_visit_under_a_used_id_is_a_conflict(record, make, session):
    told = make.visit_record()
    record(told)

    with pytest.raises(Conflict) as problem:
        record(told | {"note": "khác"})

    assert problem.value.code == "visit_id_taken"
    assert session.scalars(select(Visit.note)).one() == ""


def test_an_id_used_in_another_hamlet_is_a_conflict_too(record, make, session):
    told = make.visit_record()
    record(told)

    with pytest.raises(Conflict):
        record(make.visit_record(make.household(), id=told["id"]))

    assert session.scalar(select(func.count()).select_from(Visit)) == 1


def test_a_household_out_of_reach_or_unknown_is_refused_alike(record, make):
    household = make.household()
    elsewhere = Scope(("38/15607/15607-999/",))

    for told, scope in [
        (make.visit_record(household), elsewhere),
        (make.visit_record(household), NOWHERE),
        (make.visit_record(household) | {"household": str(uuid4())}, NATION),
    ]:
        with pytest.raises(Invalid) as problem:
            record(told, scope=scope)
        assert problem.value.fields == {"household": "not_in_your_area"}


def test_a_visit_told_late_moves_the_first_day_back(record, make, session):
    household = make.household()
    record(make.visit_record(household))
    record(make.visit_record(household, started_at=MORNING - timedelta(days=3)))

    assert household.first_reached_on == date(2026, 11, 18)
    assert household.last_visited_on == TODAY
    assert day(session, household.hamlet_code, TODAY).first_reached == 0
    assert day(session, household.hamlet_code, date(2026, 11, 18)).first_reached == 1
    assert total(session, household.hamlet_code).reached == 1
    assert total(session, household.hamlet_code).last_visit_on == TODAY


def test_a_knock_is_not_a_meeting(record, make, session):
    household = make.household()
    record(make.visit_record(household, "not_home", next_visit_on="2026-11-25"))

    counted = total(session, household.hamlet_code)
    assert (counted.knocked, counted.reached, counted.not_home) == (1, 0, 1)
    assert (household.last_outcome, household.next_visit_on) == (Outcome.NOT_HOME, date(2026, 11, 25))


def test_half_past_six_in_the_morning_counts_on_the_day_in_viet_nam(record, make):
    household = make.household()
    record(make.visit_record(household, started_at=datetime(2026, 11, 20, 23, 30, tzinfo=UTC)))

    assert household.first_reached_on == TODAY


def test_a_phone_that_runs_ahead_counts_on_the_day_it_really_was(session, make):
    household, member = make.household(), make.member()
    told = make.visit_record(household, started_at=NOW + timedelta(days=1))
    report = read_visit(told, now=NOW, clock_offset=86_400)
    record_visit(session, report, member=member.id, scope=NATION, now=NOW, clock_offset=86_400)

    assert household.first_reached_on == TODAY


def test_a_household_that_moved_away_leaves_every_counter_it_was_in(record, make, session):
    household = make.household()
    record(make.visit_record(household, started_at=MORNING - timedelta(days=9)))
    record(make.visit_record(household, "moved"))

    counted = total(session, household.hamlet_code)
    assert household.status is HouseholdStatus.MOVED
    assert (counted.households, counted.knocked, counted.reached) == (0, 0, 0)
    assert (counted.met_done, counted.moved) == (1, 1)


def test_a_family_met_again_is_back_on_the_list(record, make, session):
    household = make.household()
    record(make.visit_record(household, "vacant", started_at=MORNING - timedelta(days=9)))
    record(make.visit_record(household, "met_partial"))

    assert household.status is HouseholdStatus.ACTIVE
    assert total(session, household.hamlet_code).households == 1


def test_a_correction_takes_the_place_of_what_it_corrects(record, make, session):
    household = make.household()
    wrong = make.visit_record(household)
    record(wrong)
    right = make.visit_record(household, "not_home", supersedes=wrong["id"])

    assert record(right) == "stored"
    assert record(wrong) == "already_stored"
    assert record(right) == "already_stored"

    counted = total(session, household.hamlet_code)
    assert (counted.met_done, counted.not_home, counted.knocked, counted.reached) == (0, 1, 1, 0)
    assert session.scalar(select(func.count()).select_from(Visit)) == 2
    with pytest.raises(Conflict) as problem:
        record(make.visit_record(household, "refused", supersedes=wrong["id"]))
    assert problem.value.code == "already_corrected"


@pytest.mark.parametrize("other_day", [None, 5, 1])
def test_a_correction_to_an_earlier_day_takes_the_last_day_back(record, make, session, other_day):
    household = make.household()
    if other_day is not None:
        neighbours = make.household(session.get_one(Area, household.hamlet_code))
        record(make.visit_record(neighbours, started_at=MORNING - timedelta(days=other_day)))
    wrong = make.visit_record(household)
    record(wrong)
    commune = session.get_one(Area, household.hamlet_code).parent_code
    assert total(session, household.hamlet_code).last_visit_on == TODAY
    assert session.get_one(CommuneTotal, commune).last_visit_on == TODAY

    record(make.visit_record(household, started_at=MORNING - timedelta(days=3), supersedes=wrong["id"]))

    last = TODAY - timedelta(days=min(3, other_day or 3))
    assert total(session, household.hamlet_code).last_visit_on == last
    assert session.get_one(CommuneTotal, commune).last_visit_on == last
    assert session.get_one(Household, household.id).last_visited_on == TODAY - timedelta(days=3)
    assert recount(session, NATION, now=NOW) == []


def test_a_correction_belongs_to_the_same_household(record, make):
    hamlet = make.hamlet()
    one, other = make.household(hamlet), make.household(hamlet)
    told = make.visit_record(one)
    record(told)

    with pytest.raises(Invalid) as problem:
        record(make.visit_record(other, supersedes=told["id"]))
    assert problem.value.fields == {"supersedes": "another_household"}
    with pytest.raises(Invalid) as problem:
        record(make.visit_record(other, supersedes=str(uuid4())))
    assert problem.value.fields == {"supersedes": "not_found"}


def test_a_family_that_is_only_to_be_counted_is_not_named(record, make, session):
    household = make.household()
    consent = AGREED | {"level": "count"}
    record(make.visit_record(household, consent=consent, size={"adults": 2}, issues=[{"type": "power"}]))

    visit = session.scalars(select(Visit)).one()
    assert (visit.household_id, visit.adults) == (None, 2)
    assert session.scalars(select(Issue.household_id)).one() is None
    # And still nobody has to knock there again.
    assert household.first_reached_on == TODAY
    assert total(session, household.hamlet_code).reached == 1
    assert session.scalars(select(AnonymousVisit.household_id)).one() == household.id


@pytest.mark.parametrize("level", ["code", "count", "none"])
def test_a_visit_that_names_nobody_is_corrected_by_whoever_made_it(record, make, session, level):
    household, other = make.household(), make.household()
    told = {"consent": AGREED | {"level": "count"}, "people": [{"skills": {"wifi": 2}}]}
    wrong = make.visit_record(household, **told, next_visit_on="2026-12-01")
    record(wrong)
    record(make.visit_record(household, "not_home", started_at=MORNING - timedelta(days=3)))

    right = make.visit_record(household, "met_partial", consent=AGREED | {"level": level}, supersedes=wrong["id"])
    with pytest.raises(Invalid):
        record(right | {"household": str(other.id)})
    member = make.member()
    with pytest.raises(Invalid):
        record_visit(session, read_visit(right, now=NOW), member=member.id, scope=NATION, now=NOW)
    assert record(right) == "stored"

    counted = total(session, household.hamlet_code)
    assert (counted.met_done, counted.met_partial, counted.not_home, counted.reached) == (0, 1, 1, 1)
    assert (household.last_outcome, household.next_visit_on) == ("met_partial", None)
    assert session.scalar(select(func.count()).select_from(AnonymousVisit)) == (0 if level == "code" else 1)
    assert recount(session, NATION, now=NOW) == []


def test_a_visit_that_names_nobody_is_corrected_in_the_same_batch_and_again(make, session):
    household, submission = make.household(), Submission(make.member().id, lambda _day: NATION)
    told = make.visit_record(household, consent=AGREED | {"level": "count"}, people=[{"skills": {"wifi": 2}}])
    second, third = ({**told, "id": str(uuid4()), "note": note} for note in "ab")
    second["supersedes"], third["supersedes"] = told["id"], second["id"]
    reports = [read_visit(each, now=NOW) for each in (told, second, third)]

    results = record_visits(session, reports, submission=submission, now=NOW)

    assert [result.status for result in results] == ["stored"] * 3
    assert session.scalar(select(func.count()).select_from(AnonymousVisit)) == 1
    assert total(session, household.hamlet_code).met_done == 1
    assert recount(session, NATION, now=NOW) == []


def test_a_refused_visit_changes_nothing(record, make, session):
    household = make.household()
    session.commit()
    with pytest.raises(Invalid):
        record(make.visit_record(household, supersedes=str(uuid4())))
    session.rollback()

    assert session.scalar(select(func.count()).select_from(Visit)) == 0
    assert total(session, household.hamlet_code).knocked == 0


def test_an_unanswered_question_is_null_in_the_database(record, make, session):
    record(make.visit_record())

    nulls = select(Visit.language_used.is_(None), Visit.network.is_(None), Visit.adults.is_(None), Visit.wifi.is_(None))
    assert session.execute(nulls).one() == (True, True, True, True)


def test_a_recount_finds_nothing_to_repair_and_repairs_what_was_broken(record, make, session):
    household = make.household()
    record(make.visit_record(household, started_at=MORNING - timedelta(days=2)))
    assert recount(session, NATION, now=NOW) == []

    session.get_one(HamletTotal, household.hamlet_code).reached = 7
    session.get_one(HamletDay, (household.hamlet_code, date(2026, 11, 19))).met_done = 0
    session.get_one(HamletWeek, (household.hamlet_code, date(2026, 11, 16), date(2026, 11, 16))).level2 = 3
    session.execute(MemberDay.__table__.delete())
    household.first_reached_on = None
    session.flush()
    found = {(each.what, each.name, each.was, each.became) for each in recount(session, NATION, now=NOW)}

    member = session.scalar(select(Visit.member_id))
    assert found == {
        (str(household.id), "first_reached_on", None, date(2026, 11, 19)),
        ("total", "reached", 7, 1),
        ("hamlet_day 2026-11-19", "met_done", 0, 1),
        ("hamlet_week 2026-11-16", "level2", 3, 0),
        (f"member_day {member} 2026-11-19", "visits", 0, 1),
    }
    assert recount(session, NATION, now=NOW) == []


def test_a_recount_stays_within_its_scope(make, session):
    here, elsewhere = make.household(), make.household()
    session.get_one(HamletTotal, here.hamlet_code).knocked = 5
    session.get_one(HamletTotal, elsewhere.hamlet_code).knocked = 5
    session.flush()

    path = session.get_one(HamletTotal, here.hamlet_code).path
    assert {each.hamlet for each in recount(session, Scope((path,)), now=NOW)} == {here.hamlet_code}


ANSWERS = [
    {},
    {"size": {"adults": 3, "aged_60plus": 1}, "language_used": ["mtq"]},
    {"size": {"adults": 2}, "people": [{"vneid_level": "level2", "skills": {"wifi": 2}}], "newborn_pending": True},
    {
        "people": [
            {"age_band": "70+", "skills": {"wifi": 0, "otp_secret": 1}, "lessons": ["otp"]},
            {"vneid_level": "level1"},
        ]
    },
    {"devices": {"smart": 0}, "newborn_pending": False, "satisfaction": 3},
]

HISTORY = st.lists(
    st.tuples(
        st.integers(0, 2),  # which household
        st.sampled_from(sorted(Outcome)),
        st.integers(0, 6),  # days ago
        st.sampled_from([None, "code", "count", "none"]),
        st.none() | st.integers(0, 9),  # which earlier visit it corrects
        st.booleans(),  # sent twice
        st.sampled_from(ANSWERS),
    ),
    max_size=10,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(history=HISTORY)
def test_after_any_history_the_counters_are_what_a_recount_gives(history, session, make, record):
    hamlet = make.hamlet()
    households = [make.household(hamlet) for _ in range(3)]
    sent = []
    for which, outcome, days_ago, level, corrects, twice, answers in history:
        if level in ("code", "count") and not outcome.reached:
            level = None
        told = make.visit_record(
            households[which],
            outcome.value,
            started_at=MORNING - timedelta(days=days_ago),
            consent=level and AGREED | {"level": level},
            supersedes=sent[corrects]["id"] if corrects is not None and corrects < len(sent) else None,
            network={"viettel": "weak"},
            issues=[{"type": "signal"}],
            **(answers if level in ("code", "count") else {}),
        )
        try:
            record(told)
            if twice:
                record(told)
            sent.append(told)
        except (Invalid, Conflict):
            pass

    assert recount(session, Scope((hamlet.path,)), now=NOW) == []
    counted = total(session, hamlet.code)
    assert 0 <= counted.reached <= counted.knocked <= counted.households <= 3
    session.execute(Visit.__table__.update().values(supersedes=None))
    for table in (AnonymousVisit, VisitPerson, Issue, Visit, Household, HamletDay, HamletWeek, MemberDay, HamletTotal):
        session.execute(table.__table__.delete())
    refresh_communes(session, [hamlet.parent_code], weeks=True)


def _as_dict(row, names):
    return {name: getattr(row, name) for name in names}


@pytest.fixture
def shared(engine):
    """A hamlet of ten households that several connections see; taken away afterwards."""
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    with Session(engine) as session:
        area = {"sort_key": "", "folded": "", "is_sample": False}
        session.add(Area(code="99", level=Level.PROVINCE, kind=AreaKind.TINH, name="Mẫu", path="99/", **area))
        session.flush()
        session.add(Area(code="99-1", level=Level.HAMLET, kind=AreaKind.BAN, name="Mẫu", path="99/99-1/", **area))
        member = Person(
            name="thread",
            display_name="T",
            password_hash="",
            is_active=True,
            is_sample=False,
            created_at=NOW,
            session_version=1,
        )
        session.add(member)
        session.flush()
        households = add_households(session, [NewHousehold(f"M{n}", "99-1") for n in range(10)], now=NOW)
        session.commit()
        yield [household.id for household in households], member.id
        counters = (HamletDay, HamletWeek, MemberDay, HamletTotal)
        rest = (HouseholdGone,)
        for table in (VisitPerson, Issue, AnonymousVisit, Visit, Household, *rest, *counters, Person, Area):
            if table is Area:
                session.execute(Area.__table__.delete().where(Area.code == "99-1"))
            session.execute(table.__table__.delete())
        session.commit()


def _send(engine, member, told):
    with Session(engine) as session:
        try:
            kept = record_visit(session, read_visit(told, now=NOW), member=member, scope=NATION, now=NOW)
        except Conflict:
            session.rollback()
            return "conflict"
        session.commit()
        return kept.value


def _told(household, **more):
    return {
        "id": str(uuid4()),
        "household": str(household),
        "outcome": "met_done",
        "started_at": MORNING.isoformat(),
        "form_version": 1,
        **more,
    }


def test_visits_sent_at_the_same_moment_are_all_counted(shared, engine):
    households, member = shared
    # Every household four times, from eight at once.
    visits = [_told(household) for household in households for _ in range(4)]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda told: _send(engine, member, told), visits))

    assert answers == ["stored"] * 40
    with Session(engine) as session:
        counted = session.get_one(HamletTotal, "99-1")
        assert (counted.met_done, counted.knocked, counted.reached) == (40, 10, 10)
        assert recount(session, NATION, now=NOW) == []


def test_one_visit_sent_eight_times_at_once_is_kept_once(shared, engine):
    households, member = shared
    told = _told(households[0])

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: _send(engine, member, told), range(8)))

    assert sorted(answers) == ["already_stored"] * 7 + ["stored"]


def test_two_corrections_at_once_leave_one(shared, engine):
    households, member = shared
    wrong = _told(households[0])
    _send(engine, member, wrong)

    with ThreadPoolExecutor(2) as pool:
        answers = list(
            pool.map(lambda note: _send(engine, member, _told(households[0], supersedes=wrong["id"], note=note)), "ab")
        )

    assert sorted(answers) == ["conflict", "stored"]
    with Session(engine) as session:
        assert recount(session, NATION, now=NOW) == []


def test_a_household_moved_just_before_the_lock_is_counted_where_it_is_now(shared, engine, monkeypatch):
    households, member = shared
    with Session(engine) as session:
        first = session.get_one(Area, "99-1")
        copied = {name: getattr(first, name) for name in ("level", "kind", "name", "sort_key", "folded", "is_sample")}
        session.add(Area(code="99-2", path="99/99-2/", **copied))
        session.commit()
    monkeypatch.setattr(audit, "record", lambda *_given, **_told: None)  # it may never be taken away again
    lock = counters.lock_hamlets

    def lock_too_late(session, paths, *, now):
        monkeypatch.setattr(counters, "lock_hamlets", lock)
        with Session(engine) as other:
            move_household(other, households[0], "99-2", by="can-bo", scope=NATION, now=now)
            other.commit()
        return lock(session, paths, now=now)

    monkeypatch.setattr(counters, "lock_hamlets", lock_too_late)

    assert _send(engine, member, _told(households[0])) == "stored"
    with Session(engine) as session:
        counted = session.get_one(HamletTotal, "99-2")
        assert (counted.households, counted.met_done, counted.knocked) == (1, 1, 1)
        assert recount(session, NATION, now=NOW) == []


def test_every_outcome_has_its_counter():
    columns = {column.name for column in HamletTotal.__table__.columns}

    assert set(TOTALS) <= columns
    assert set(DAYS) <= {column.name for column in HamletDay.__table__.columns}
    assert set(OUTCOMES) == {outcome.value for outcome in Outcome}
