"""A repeat visit starts from what earlier visits told, and from nothing the family did not agree to."""

import json
from datetime import date

import pytest

from community_teams.queries.known import known_in, known_of
from foundation.areas.domain.scope import NATION, Scope

CODE = {"level": "code", "text_version": "2026-11", "how": "spoken"}
COUNT = {"level": "count", "text_version": "2026-11", "how": "spoken"}


@pytest.fixture
def hamlet(make):
    return make.hamlet()


def test_nothing_is_known_of_a_door_nobody_opened(session, make, hamlet):
    household = make.household(hamlet)
    make.visit(household, "not_home")

    assert known_in(session, NATION, hamlet.code) == {}
    assert known_of(session, NATION, household.id) is None


def test_the_latest_answer_to_each_question_is_what_is_known(session, make, hamlet):
    household = make.household(hamlet)
    older = {"size": {"adults": 3, "aged_60plus": 1}, "network": {"viettel": "weak"}, "newborn_pending": True}
    make.visit(household, days_ago=9, consent=CODE, power="grid", **older)
    make.visit(household, days_ago=2, consent=CODE, size={"adults": 4}, newborn_pending=False)
    make.visit(household, "not_home")

    known = known_of(session, NATION, household.id)
    assert known.visited_on == date(2026, 11, 19)
    assert known.answers == {
        "size": {"adults": 4, "aged_60plus": 1},
        "network": {"viettel": "weak"},
        "newborn_pending": False,
        "power": "grid",
    }


def test_people_are_those_of_the_latest_visit_that_told_of_any(session, make, hamlet):
    household = make.household(hamlet)
    make.visit(household, days_ago=9, consent=CODE, people=[{"age_band": "18-39"}, {"age_band": "70+"}])
    told = [
        {"age_band": "70+", "vneid_level": "level1", "skills": {"wifi": 0, "video_call": 2}, "helped_with": ["lesson"]}
    ]
    make.visit(household, days_ago=3, consent=CODE, people=told, note="chuyện riêng")
    make.visit(household, days_ago=1, consent=CODE)

    known = known_of(session, NATION, household.id)
    expected = {"age_band": "70+", "vneid_level": "level1", "skills": {"wifi": 0, "video_call": 2}}
    assert known.answers == {"people": [expected]}
    assert json.loads(json.dumps(known.answers)) == known.answers


def test_a_corrected_visit_tells_nothing_more(session, make, hamlet):
    household = make.household(hamlet)
    wrong = make.visit(household, days_ago=1, consent=CODE, size={"adults": 9})
    make.visit(household, days_ago=1, consent=CODE, size={"aged_60plus": 2}, supersedes=str(wrong.id))

    assert known_of(session, NATION, household.id).answers == {"size": {"aged_60plus": 2}}


def test_a_family_that_no_longer_wants_its_code_written_is_not_known(session, make, hamlet):
    household = make.household(hamlet)
    make.visit(household, days_ago=5, consent=CODE, size={"adults": 2}, people=[{"age_band": "70+"}])
    make.visit(household, days_ago=3, consent=COUNT, size={"adults": 2})
    assert known_of(session, NATION, household.id) is None

    make.visit(household, days_ago=1, consent=CODE, size={"adults": 5})
    assert known_of(session, NATION, household.id).answers == {"size": {"adults": 5}}


def test_only_what_lies_within_reach_is_told(session, make, hamlet):
    here, there = make.household(hamlet), make.household()
    for household in (here, there):
        make.visit(household, consent=CODE, size={"adults": 2})
    mine = Scope((hamlet.path,))

    assert set(known_in(session, mine, hamlet.code)) == {here.id}
    assert known_in(session, mine, there.hamlet_code) == {}
    assert known_of(session, mine, there.id) is None


def test_a_hamlet_costs_the_same_statements_as_a_household(session, make, hamlet, count_statements):
    for _ in range(12):
        make.visit(make.household(hamlet), consent=CODE, size={"adults": 2}, people=[{"age_band": "70+"}])
    session.expire_all()
    code = hamlet.code
    del count_statements[:]

    assert len(known_in(session, NATION, code)) == 12
    assert len([statement for statement in count_statements if statement.startswith("SELECT")]) <= 4
