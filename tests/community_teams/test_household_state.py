"""The stored state of a household: the same as folding all its visits anew, whatever order they arrive in."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from community_teams.domain.codes import HouseholdStatus, Outcome
from community_teams.domain.household_counts import STATES
from community_teams.domain.household_state import HouseholdState, needs_history, state_after, stored_state
from community_teams.domain.households import HouseholdSummary, VisitEvent
from community_teams.domain.visits import read_visit
from community_teams.list_changes.services.household_merges import merge_household, take_out_household
from community_teams.models import HamletDay, HamletTotal, HamletWeek, Household
from community_teams.services import recording
from community_teams.services.recording import Submission, record_visits
from community_teams.services.recounting import recount
from foundation import migrating
from foundation.areas.domain.scope import NATION, Scope
from foundation.database import make_engine
from foundation.problems import Conflict
from tests.making import Make

NOW = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
FIRST = datetime(2026, 9, 7, 2, 0, tzinfo=UTC)
CODE = {"level": "code", "text_version": "2026-11", "how": "spoken"}

WHO_LIVES_THERE = {
    Outcome.MET_DONE: HouseholdStatus.ACTIVE,
    Outcome.MET_PARTIAL: HouseholdStatus.ACTIVE,
    Outcome.MOVED: HouseholdStatus.MOVED,
    Outcome.VACANT: HouseholdStatus.VACANT,
}

SAID = st.dictionaries(st.sampled_from([*STATES[:24], "newborn", "score"]), st.integers(0, 5), max_size=8)


@st.composite
def visits(draw):
    """Visits to one household, in any order; some may not name it."""
    made = []
    for place in range(draw(st.integers(0, 8))):
        at = FIRST + timedelta(days=draw(st.integers(0, 30)), hours=draw(st.integers(0, 2)))
        outcome, again = draw(st.sampled_from(Outcome)), draw(st.none() | st.just(at.date()))
        if draw(st.booleans()):
            made.append(VisitEvent(at.date(), outcome, at, again, draw(SAID), UUID(int=place + 1)))
        else:
            made.append(VisitEvent(at.date(), outcome, None, again))
    return made


def _summed(*changes):
    total = Counter()
    for change in changes:
        for day, counts in change.items():
            total.update({(day, name): count for name, count in counts.items()})
    return {key: count for key, count in total.items() if count}


@given(visits(), st.data())
def test_going_on_from_a_stored_state_is_folding_everything_anew(made, data):
    made.sort(key=lambda visit: (visit.day, visit.at or datetime.max.replace(tzinfo=UTC)))
    cut = data.draw(st.integers(0, len(made)))
    before, first = state_after(made[:cut])
    stored = json.loads(json.dumps(before.to_json()))
    again = stored_state(before.summary, stored, valid=True)
    assert again == before
    later = data.draw(st.permutations(made[cut:]))
    if not all(map(before.precedes, later)):
        return  # two of a moment

    new, added = state_after(later, again)

    whole, by_day = state_after(made)
    assert new == whole
    assert _summed(first, added) == _summed(by_day)


@pytest.mark.parametrize("gone", [Outcome.MOVED, Outcome.VACANT])
@pytest.mark.parametrize("outcome", [each for each in Outcome if each not in WHO_LIVES_THERE])
def test_a_door_that_nobody_opens_says_nothing_about_who_lives_there(gone, outcome):
    days = [FIRST.date() + timedelta(days=day) for day in range(3)]
    status = WHO_LIVES_THERE[gone]

    left, _ = state_after([VisitEvent(days[0], gone)])
    again, _ = state_after([VisitEvent(days[1], outcome)], left)
    whole, _ = state_after([VisitEvent(days[1], outcome), VisitEvent(days[0], gone)])

    assert left.summary.status is status
    assert again.summary.status is whole.summary.status is status
    assert again.summary.last_outcome is outcome
    assert not needs_history(left, [VisitEvent(days[1], outcome)])


@pytest.mark.parametrize("first", Outcome)
@pytest.mark.parametrize("then", WHO_LIVES_THERE)
def test_the_latest_visit_that_says_who_lives_there_is_believed(first, then):
    days = [FIRST.date() + timedelta(days=day) for day in range(2)]

    state, _ = state_after([VisitEvent(days[0], first), VisitEvent(days[1], then)])

    assert state.summary.status is WHO_LIVES_THERE[then]


@given(visits())
def test_a_visit_made_before_the_latest_needs_the_history(made):
    for place, late in enumerate(made):
        state, _ = state_after([*made[:place], *made[place + 1 :]])
        goes_on = not needs_history(state, [late])
        if goes_on:
            assert state_after([late], state)[0] == state_after(made)[0]
        else:
            assert any(other.day >= late.day for other in made if other is not late) or state.summary.status != (
                state_after([late], state)[0].summary.status
            )


def test_one_that_moves_away_needs_the_history_unless_it_was_never_visited():
    met, moved = VisitEvent(FIRST.date(), Outcome.MET_DONE), VisitEvent(NOW.date(), Outcome.MOVED)
    state, _ = state_after([met])

    assert needs_history(state, [moved])
    assert not needs_history(state, [VisitEvent(NOW.date(), Outcome.MET_DONE)])
    assert not needs_history(HouseholdState(), [moved])
    assert needs_history(None, [moved])


@pytest.mark.parametrize("stored", [None, {}, {"counts": {}}, [], {"counts": 3, "last_at": 1, "last_id": 2}])
def test_what_cannot_be_read_is_no_state(stored):
    summary = HouseholdSummary(first_knocked_on=FIRST.date())

    assert stored_state(summary, stored, valid=True) is None
    assert stored_state(summary, state_after([])[0].to_json(), valid=False) is None
    assert stored_state(HouseholdSummary(), stored, valid=False) == HouseholdState()


@pytest.fixture
def send(session, make):
    member = make.member()

    def send(*records):
        reports = [read_visit(record, now=NOW) for record in records]
        results = record_visits(session, reports, submission=Submission(member.id, lambda _day: NATION), now=NOW)
        session.commit()
        return [result.status.value for result in results]

    return send


@pytest.fixture
def history_reads(monkeypatch):
    """Of how many households the history was read, one entry each time."""
    reads = []

    def watched(session, households):
        if households:
            reads.append(len(households))
        return unwatched(session, households)

    unwatched = recording.histories_of
    monkeypatch.setattr(recording, "histories_of", watched)
    return reads


def _told(make, household, days, outcome="met_done", **more):
    return make.visit_record(household, outcome, started_at=FIRST + timedelta(days=days), **more)


def test_a_visit_in_order_reads_no_earlier_visit(make, send, session, connection, history_reads):
    household = make.household()
    for day in range(5):
        assert send(_told(make, household, day, consent=CODE, size={"adults": day})) == ["stored"]
    statements = []
    event.listen(connection, "before_cursor_execute", lambda *call: statements.append((call[2], call[3])))

    assert send(*(_told(make, household, day, "not_home") for day in (7, 6, 6))) == ["stored"] * 3

    assert history_reads == []
    assert not [told for told, _ in statements if "visit.household_id" in told.split("WHERE")[-1]]
    assert recount(session, NATION, now=NOW) == []


def test_a_visit_sent_again_reads_no_history_either(make, send, history_reads):
    household = make.household()
    first, second = (_told(make, household, day) for day in (1, 2))
    send(first, second)

    assert send(first, second) == ["already_stored"] * 2
    assert history_reads == []


@pytest.mark.parametrize(
    "more",
    [
        {"days": -1},
        {"days": 9, "supersedes": "first"},
        {"days": 9, "outcome": "moved"},
    ],
)
def test_what_reaches_into_the_past_reads_the_history(make, send, session, history_reads, more):
    household = make.household()
    first = _told(make, household, 1, consent=CODE, newborn_pending=True)
    send(first, _told(make, household, 3, consent=CODE, newborn_pending=False))
    if "supersedes" in more:
        more |= {"supersedes": first["id"]}

    assert send(_told(make, household, **more)) == ["stored"]

    assert history_reads == [1]
    assert recount(session, NATION, now=NOW) == []


def test_a_row_that_something_else_changed_is_folded_anew_once(make, send, session, history_reads):
    """As code of the version before does, which knows nothing of the state."""
    household = make.household()
    send(_told(make, household, 1, consent=CODE, size={"adults": 2}))
    row = session.get_one(Household, household.id)
    row.state, row.version = {"counts": {"adults": 99}, "first_score": None, "last_at": None, "last_id": None}, 9
    session.commit()

    send(_told(make, household, 2))
    send(_told(make, household, 3))

    assert history_reads == [1]
    assert recount(session, NATION, now=NOW) == []


def test_a_recount_repairs_a_state_that_is_wrong(make, send, session):
    household = make.household()
    send(_told(make, household, 1, consent=CODE, size={"adults": 2}))
    row = session.get_one(Household, household.id)
    right, version = row.state, row.version
    row.state = right | {"counts": {"adults": 99}}
    session.commit()

    (found,) = recount(session, NATION, now=NOW)

    assert (found.what, found.name, found.became) == (str(household.id), "state", right)
    session.expire_all()
    assert (row.state, row.version, row.state_version) == (right, version, version)
    assert recount(session, NATION, now=NOW) == []


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["visit", "visit", "visit", "correct", "merge", "take_out"]),
        st.integers(0, 2),  # household
        st.integers(0, 12),  # day
        st.sampled_from(["met_done", "met_partial", "not_home", "refused", "moved", "vacant"]),
        st.sampled_from(["code", "count"]),
        st.integers(0, 3),  # answers
        st.booleans(),  # in one batch with the next
    ),
    max_size=14,
)
ANSWERS = [
    {},
    {"size": {"adults": 2}, "newborn_pending": True, "power": "own"},
    {"newborn_pending": False, "people": [{"age_band": "70+", "skills": {"wifi": 2}, "lessons": ["otp"]}]},
    {"size": {"adults": 4}, "people": [{"vneid_level": "level2", "skills": {"wifi": 0}}], "language_used": ["mtq"]},
]


def _walk(steps, session, make, send):
    """Do the steps in a hamlet of its own; returns what is stored in the end."""
    hamlet = make.hamlet()
    doors = [make.household(hamlet, f"M1-{place}") for place in range(3)]
    who = {"by": "can-bo", "scope": NATION, "now": NOW}
    sent, waiting, chance = [], [], Random(len(steps))
    for act, which, days, outcome, level, answers, together in steps:
        if act in {"merge", "take_out"}:
            send(*waiting)
            waiting = []
            try:
                if act == "merge":
                    merge_household(session, doors[which].id, doors[days % 3].id, **who)
                else:
                    take_out_household(session, doors[which].id, **who)
                session.commit()
            except Conflict:
                session.rollback()
            continue
        met = outcome.startswith("met")
        more = {"consent": CODE | {"level": level}} | ANSWERS[answers] if met else {}
        if act == "correct" and sent:
            wrong = chance.choice(sent)
            more["supersedes"] = wrong["id"]
            which = next(place for place, door in enumerate(doors) if str(door.id) == wrong["household"])
        told = _told(make, doors[which], days, outcome, **more)
        sent.append(told)
        waiting.append(told)
        if not together:
            send(*waiting)
            waiting = []
    send(*waiting)
    session.expire_all()
    rows = session.scalars(select(Household).where(Household.hamlet_code == hamlet.code)).all()
    for row in rows:
        # Stored with every visit, and never left behind.
        assert row.state_version in {None, row.version}
        assert (row.first_knocked_on is None) or row.state_version == row.version
        assert row.status is not HouseholdStatus.MERGED or row.merged_into is not None
    states = sorted(
        (row.short_code, row.status, {**(row.state or {}), "last_id": None, "last_at": None}) for row in rows
    )
    return hamlet, states, _counters(session, hamlet.code)


def _counters(session, code):
    found = {}
    for table in (HamletTotal, HamletDay, HamletWeek):
        rows = session.scalars(select(table).where(table.hamlet_code == code)).all()
        names = {column.name for column in table.__table__.columns} - {"hamlet_code", "path", "change"}
        found[table.__tablename__] = sorted(
            str({name: value for name in sorted(names) if (value := getattr(row, name))}) for row in rows
        )
    return found


# To make a failing walk over a database smaller takes minutes; the one that is found is short enough.
@settings(
    max_examples=20,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_any_sequence_gives_the_same_by_stored_states_and_by_folding_anew(steps, session, make, send):
    hamlet, *stored = _walk(steps, session, make, send)
    assert recount(session, Scope((hamlet.path,)), now=NOW) == []

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("community_teams.domain.visit_batch.needs_history", lambda _state, _visits: True)
        _, *anew = _walk(steps, session, make, send)

    assert stored == anew


def test_the_migration_fills_in_what_recording_would_have_stored(empty_database):
    engine = make_engine(empty_database)
    migrating.upgrade(engine)
    chance = Random(25)
    with Session(engine) as session:
        session.connection(execution_options={"writing": True})
        make = Make(session)
        hamlet = make.hamlet()
        doors = [make.household(hamlet, f"M1-{place}") for place in range(6)]
        member, sent = make.member(), []
        for _ in range(60):
            outcome = chance.choice(["met_done", "met_done", "not_home", "moved"])
            more = {"consent": CODE | {"level": chance.choice(["code", "code", "count"])}} | chance.choice(ANSWERS)
            wrong = sent.pop() if sent and chance.random() < 0.2 else None
            door = wrong[1] if wrong else chance.choice(doors)
            more = (more if outcome == "met_done" else {}) | ({"supersedes": wrong[0]} if wrong else {})
            record = make.visit_record(door, outcome, FIRST + timedelta(days=chance.randrange(60)), **more)
            reports = [read_visit(record, now=NOW)]
            record_visits(session, reports, submission=Submission(member.id, lambda _day: NATION), now=NOW)
            sent.append((record["id"], door))
        for one, into in ((0, 1), (1, 2), (3, 4)):
            who = {"by": "can-bo", "scope": NATION, "now": NOW}
            merge_household(session, doors[one].id, doors[into].id, **who)
        session.commit()

    def states():
        with Session(engine) as session:
            rows = session.scalars(select(Household).where(Household.merged_into.is_(None))).all()
            return {row.short_code: (row.state, row.state_version, row.version) for row in rows}

    stored = states()
    assert len(stored) == 3
    assert all(state["counts"] for state, *_ in stored.values())
    migrating.downgrade(engine, "0024")
    migrating.upgrade(engine)

    assert states() == stored
    engine.dispose()
