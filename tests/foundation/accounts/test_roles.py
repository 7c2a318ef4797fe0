from datetime import date

import pytest

from foundation.accounts.domain.roles import DEPTHS, ROLES, Act, Holding, Role, acts_of, fits, reach
from foundation.areas.domain.scope import NATION, NOWHERE, Scope

TODAY = date(2026, 11, 21)
HAMLET = "38/15607/15607-001/"


def held(role=Role.VISITOR, path=HAMLET, since=date(2026, 1, 1), until=None):
    return Holding(role, path, since, until)


def test_every_role_allows_something_and_is_held_somewhere():
    assert all(ROLES[role] and DEPTHS[role] for role in Role)


def test_every_act_is_allowed_to_some_role():
    assert frozenset().union(*ROLES.values()) == set(Act)


def test_a_visitor_sees_the_households_of_their_hamlet_only():
    scope = reach([held()], Act.SEE_HOUSEHOLDS, TODAY)

    assert scope.covers(HAMLET)
    assert not scope.covers("38/15607/15607-002/")
    assert not scope.covers("38/15607/")


def test_a_province_sees_sums_and_no_household():
    officer = [held(Role.PROVINCE_OFFICER, "38/")]

    assert reach(officer, Act.SEE_COVERAGE, TODAY) == Scope(("38/",))
    assert reach(officer, Act.SEE_HOUSEHOLDS, TODAY) == NOWHERE


def test_whoever_looks_after_the_machine_sees_no_household():
    assert reach([held(Role.ADMIN, "")], Act.SEE_HOUSEHOLDS, TODAY) == NOWHERE
    assert reach([held(Role.ADMIN, "")], Act.MANAGE_ACCOUNTS, TODAY) == NATION


@pytest.mark.parametrize(
    ("since", "until", "in_force"),
    [
        (date(2026, 11, 21), None, True),
        (date(2026, 11, 22), None, False),
        (date(2026, 1, 1), date(2026, 11, 21), True),
        (date(2026, 1, 1), date(2026, 11, 20), False),
    ],
)
def test_a_role_counts_from_its_first_day_to_its_last(since, until, in_force):
    holdings = [held(since=since, until=until)]

    assert (reach(holdings, Act.RECORD_VISIT, TODAY) != NOWHERE) is in_force
    assert (Act.RECORD_VISIT in acts_of(holdings, TODAY)) is in_force


def test_two_hamlets_stay_two_and_what_lies_beneath_a_commune_is_part_of_it():
    other = "38/15607/15607-002/"
    assert reach([held(path=other), held()], Act.SEE_HOUSEHOLDS, TODAY) == Scope((HAMLET, other))

    leader = held(Role.TEAM_LEADER, "38/15607/")
    assert reach([held(), leader, held(path=other)], Act.SEE_HOUSEHOLDS, TODAY) == Scope(("38/15607/",))


def test_reach_is_not_lent_from_one_role_to_another():
    both = [held(), held(Role.PROVINCE_OFFICER, "38/")]

    assert reach(both, Act.SEE_HOUSEHOLDS, TODAY) == Scope((HAMLET,))


def test_a_visitor_is_held_in_a_hamlet_and_an_admin_anywhere_above():
    assert fits(Role.VISITOR, HAMLET)
    assert not fits(Role.VISITOR, "38/15607/")
    assert fits(Role.ADMIN, "")
    assert not fits(Role.COMMUNE_OFFICER, "38/")
