"""What visits add to the counters behind the layers: the latest answer counts, and not asked is never 0."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_teams.domain.codes import Outcome
from community_teams.domain.household_counts import EVENTS, STATES, events_of, states_alone
from community_teams.domain.household_state import states_by_day
from community_teams.domain.households import VisitEvent
from community_teams.domain.visit_summary import summarise
from community_teams.domain.visits import read_visit

NOW = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
CONSENT = {"level": "code", "text_version": "2026-11", "how": "spoken"}
SKILLS = [
    *("video_call", "wifi", "install_app", "update_vneid", "document_wallet", "submit_online"),
    *("follow_dossier", "qr_payment", "health_record", "scam_call", "otp_secret", "report_156"),
]


def summary_of(**told):
    record = {
        "id": str(uuid4()),
        "household": str(uuid4()),
        "outcome": "met_done",
        "started_at": "2026-11-20T08:30:00+07:00",
        "form_version": 1,
        "consent": CONSENT,
    }
    return summarise(read_visit(record | told, now=NOW))


def person(alone=0, asked=0, **told):
    return {"skills": {name: 2 if n < alone else 1 for n, name in enumerate(SKILLS[:asked])}} | told if asked else told


def visit_on(day, outcome=Outcome.MET_DONE, counts=None):
    return VisitEvent(day, outcome, summary_counts=counts or {})


def day(number):
    return date(2026, 11, 1) + timedelta(days=number)


def total(by_day):
    sum_ = Counter()
    for counts in by_day.values():
        sum_.update(counts)
    return {name: count for name, count in sum_.items() if count}


def test_a_visit_that_asked_nothing_says_nothing():
    assert summary_of() == {}


def test_able_alone_is_six_of_the_twelve_skills():
    assert summary_of(people=[person(alone=5, asked=12)])["skills_asked"] == 1
    assert "able" not in summary_of(people=[person(alone=5, asked=12)])
    assert summary_of(people=[person(alone=6, asked=12)])["able"] == 1
    assert summary_of(people=[person(alone=6, asked=6), person(alone=12, asked=12)])["able"] == 2


def test_a_person_asked_about_vneid_only_is_assessed_but_not_among_those_asked_about_skills():
    told = summary_of(people=[{"vneid_level": "level2"}, {"vneid_level": "level1"}, {"age_band": "70+"}])

    assert (told["assessed"], told["vneid_asked"], told["level2"]) == (2, 2, 1)
    assert "skills_asked" not in told


def test_a_pupil_is_no_adult():
    assert "assessed" not in summary_of(people=[{"age_band": "14-17", "vneid_level": "level2"}])


def test_an_elder_counts_as_helped_by_help_or_by_a_lesson():
    told = summary_of(
        people=[
            {"age_band": "60-69", "helped_with": ["lesson"]},
            {"age_band": "70+", "lessons": ["otp-la-gi"]},
            {"age_band": "70+", "vneid_level": "level1"},
            {"age_band": "18-39", "helped_with": ["lesson"]},
        ]
    )

    assert told["helped_60plus"] == 2
    assert told["lessons"] == 1


@pytest.mark.parametrize(
    ("network", "none", "weak"),
    [
        ({"viettel": "none", "vinaphone": "none"}, 1, 0),
        ({"viettel": "none", "vinaphone": "weak"}, 0, 1),
        ({"viettel": "weak", "mobifone": "calls"}, 0, 0),
        ({"viettel": "data"}, 0, 0),
    ],
)
def test_the_best_carrier_says_whether_there_is_a_signal(network, none, weak):
    told = summary_of(network=network)

    assert (told["signal_asked"], told.get("signal_none", 0), told.get("signal_weak", 0)) == (1, none, weak)


def test_languages_are_told_by_family():
    assert summary_of(language_used=["vi"]) == {"language_asked": 1, "language_vi_only": 1}
    told = summary_of(language_used=["vi", "blt-Tavt", "xyz"])
    assert {name for name, count in told.items() if count} == {"language_asked", "language_thai", "language_other"}


def test_the_latest_answer_takes_the_place_of_the_earlier_one():
    first = visit_on(day(1), counts={"households_sized": 1, "adults": 3, "assessed": 2, "vneid_asked": 2, "level2": 2})
    again = visit_on(day(8), counts={"assessed": 1, "vneid_asked": 1})

    by_day = states_by_day([first, again])

    assert total(by_day) == {"households_sized": 1, "adults": 3, "assessed": 1, "vneid_asked": 1}
    assert by_day[day(8)]["level2"] == -2


def test_a_visit_that_did_not_ask_takes_nothing_away():
    assert total(states_by_day([visit_on(day(1), counts={"power_asked": 1, "power_gap": 1}), visit_on(day(2))])) == {
        "power_asked": 1,
        "power_gap": 1,
    }


@pytest.mark.parametrize(("first", "then"), [(2, 1), (2, 0), (1, 2)])
def test_as_many_elders_were_helped_as_at_the_visit_that_helped_most(first, then):
    by_day = states_by_day(
        [
            visit_on(day(0), counts={"helped_60plus": first}),
            visit_on(day(4), counts={"helped_60plus": then}),
        ]
    )

    assert total(by_day)["helped_60plus"] == 2


def test_a_household_met_after_being_missed_is_recovered_and_no_longer_left():
    missed = visit_on(day(1), Outcome.NOT_HOME)

    assert total(states_by_day([missed])) == {"left_not_home": 1}
    assert total(states_by_day([missed, visit_on(day(2), Outcome.REFUSED)])) == {"left_refused": 1}
    assert total(states_by_day([missed, visit_on(day(2))])) == {"recovered": 1}
    assert total(states_by_day([missed, visit_on(day(2)), visit_on(day(3))])) == {"recovered": 1}
    assert total(states_by_day([visit_on(day(1)), visit_on(day(2), Outcome.NOT_HOME)])) == {}


def test_a_newborn_is_resolved_only_after_it_was_flagged():
    waiting, settled = {"newborn": 1}, {"newborn": 0}

    assert total(states_by_day([visit_on(day(1), counts=settled)])) == {}
    assert total(states_by_day([visit_on(day(1), counts=waiting)])) == {"newborn_flagged": 1}
    assert total(states_by_day([visit_on(day(1), counts=waiting), visit_on(day(2), counts=settled)])) == {
        "newborn_flagged": 1,
        "newborn_resolved": 1,
    }


def test_progress_is_from_the_first_score_to_the_latest():
    events = [visit_on(day(n), counts={"score": score}) for n, score in enumerate((40, 20, 70))]

    assert total(states_by_day(events[:1])) == {}
    assert total(states_by_day(events)) == {"progress_households": 1, "progress_points": 30}


def test_a_visit_without_its_household_stands_for_itself():
    told = summary_of(size={"adults": 2}, people=[{"vneid_level": "level2"}], satisfaction=3)

    assert total(states_alone(day(1), told)) == {
        "households_sized": 1,
        "adults": 2,
        "assessed": 1,
        "vneid_asked": 1,
        "level2": 1,
    }
    assert events_of(told) == {"feelings": 1, "happy": 1}


def test_events_are_those_of_one_visit():
    told = summary_of(
        ended_at="2026-11-20T08:48:10+07:00",
        trip_saved_km=18,
        satisfaction=2,
        support_given=["scam_warning", "submit_dossier"],
        issues=[{"type": "signal"}],
        people=[{"helped_with": ["submit_dossier"]}],
    )

    assert events_of(told) == {
        "timed": 1,
        "minutes": 18,
        "trips": 1,
        "trip_km": 18,
        "feelings": 1,
        "dossiers": 2,
        "scam_warnings": 1,
        "issues_opened": 1,
    }


COUNTS = st.dictionaries(st.sampled_from([*STATES[:24], "newborn", "score"]), st.integers(0, 5), max_size=8)
EVENTS_OF_A_HOUSEHOLD = st.lists(
    st.builds(VisitEvent, day=st.integers(0, 9).map(day), outcome=st.sampled_from(Outcome), summary_counts=COUNTS)
)


@given(EVENTS_OF_A_HOUSEHOLD)
def test_what_is_added_day_by_day_sums_to_what_the_days_before_say(events):
    events = sorted(events, key=lambda event: event.day)
    whole = states_by_day(events)

    for cut in {event.day for event in events}:
        until = [event for event in events if event.day <= cut]
        assert total({d: counts for d, counts in whole.items() if d <= cut}) == total(states_by_day(until))


@given(EVENTS_OF_A_HOUSEHOLD)
def test_only_known_names_are_counted(events):
    assert set(total(states_by_day(sorted(events, key=lambda event: event.day)))) <= set(STATES)
    assert not set(STATES) & set(EVENTS)
