from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_teams.coverage.domain.coverage import NOTHING, Coverage, Shade, roll_up, rounded_down, total

LIST = "Danh sách của xã"


def hamlet(households, reached, *, enumerated=None, knocked=None, source=LIST, as_of=date(2026, 6, 1), outcomes=None):
    written = enumerated if enumerated is not None else max(households or 0, reached)
    return Coverage.of_hamlet(
        households, source, as_of, written, reached, knocked if knocked is not None else reached, outcomes
    )


def test_hamlets_add_up_to_communes_provinces_and_the_nation():
    coverage = roll_up(
        [
            ("38/15607/15607-001/", hamlet(40, 10)),
            ("38/15607/15607-002/", hamlet(60, 30)),
            ("38/15610/15610-001/", hamlet(100, 0)),
        ]
    )

    assert (coverage["38/15607/"].households, coverage["38/15607/"].reached) == (100, 40)
    assert coverage["38/15607/"].share == pytest.approx(0.4)
    assert (coverage["38/"].households, coverage["38/"].reached) == (200, 40)
    assert coverage[""] == coverage["38/"]
    assert coverage["38/15607/15607-002/"].share == pytest.approx(0.5)


def test_an_unknown_denominator_is_unknown_and_never_0():
    unknown = hamlet(None, 7, enumerated=20)

    assert unknown.share is None
    assert unknown.shade is None
    assert unknown.left_to_goal is None
    assert unknown.share_of_enumerated == pytest.approx(0.35)
    assert total([unknown, hamlet(None, 1)]).households is None


def test_a_list_of_no_households_has_no_share_either():
    assert hamlet(0, 0).share is None
    assert hamlet(0, 0).shade is None
    assert hamlet(0, 0).left_to_goal == 0


def test_hamlets_without_a_list_are_told_and_kept_out_of_the_share():
    both = total([hamlet(50, 20), hamlet(None, 30, enumerated=30)])

    assert both.share == pytest.approx(20 / 50)
    assert (both.reached, both.reached_listed) == (50, 20)
    assert (both.hamlets, both.unlisted) == (2, 1)


def test_more_than_all_is_shown_as_it_is_and_marked():
    over = hamlet(20, 25)

    assert over.share == pytest.approx(1.25)
    assert over.doubtful
    assert over.shade is Shade.FROM_95
    assert over.left_to_goal == 0
    assert not hamlet(20, 20).doubtful


@pytest.mark.parametrize(
    ("reached", "shade"),
    [
        (0, Shade.FROM_0),
        (199, Shade.FROM_0),
        (200, Shade.FROM_20),
        (499, Shade.FROM_20),
        (500, Shade.FROM_50),
        (799, Shade.FROM_50),
        (800, Shade.FROM_80),
        (949, Shade.FROM_80),
        (950, Shade.FROM_95),
        (1000, Shade.FROM_95),
    ],
)
def test_the_five_classes_begin_at_their_own_number(reached, shade):
    assert hamlet(1000, reached).shade is shade


@given(st.integers(1, 5000), st.integers(0, 6000))
def test_visiting_as_many_as_are_left_reaches_the_goal_and_one_fewer_does_not(households, reached):
    left = hamlet(households, reached).left_to_goal

    assert hamlet(households, reached + left).shade is Shade.FROM_95
    if left:
        assert hamlet(households, reached + left - 1).shade is not Shade.FROM_95


def test_a_sum_is_as_fresh_as_its_oldest_list_and_names_its_sources():
    old = hamlet(10, 1, source="Sổ của thôn", as_of=date(2025, 1, 15))
    new = hamlet(10, 1, source="Danh sách xã", as_of=date(2026, 6, 1))
    unlisted = hamlet(None, 3, source="không dùng", as_of=date(2020, 1, 1))

    assert total([new, unlisted]).sources == ("Danh sách xã",)
    assert total([new, unlisted]).as_of == date(2026, 6, 1)
    assert total([new, old]).sources == ("Danh sách xã", "Sổ của thôn")
    assert total([new, old]).as_of == date(2025, 1, 15)


def test_outcomes_add_up():
    both = total([hamlet(9, 1, outcomes={"not_home": 2, "refused": 1}), hamlet(9, 1, outcomes={"not_home": 3})])

    assert both.by_outcome == {"not_home": 5, "refused": 1}


def test_nothing_adds_up_to_nothing():
    assert total([]) == NOTHING
    assert NOTHING.share is None
    assert NOTHING.nothing_known
    assert roll_up([]) == {}


COUNTS = st.integers(0, 400)
HAMLETS = st.builds(hamlet, st.none() | COUNTS, COUNTS, enumerated=COUNTS)


@given(st.lists(HAMLETS), st.lists(HAMLETS))
def test_it_does_not_matter_in_which_order_or_groups_hamlets_are_added(some, others):
    assert total([total(some), total(others)]) == total([*others, *some])


@pytest.mark.parametrize(
    ("share", "told"), [(0.9999, 0.999), (1.0, 1.0), (0.29, 0.29), (0.9496, 0.949), (1.2345, 1.234), (0.0, 0.0)]
)
def test_a_share_is_never_rounded_up(share, told):
    assert rounded_down(share) == pytest.approx(told)


@given(st.integers(0, 3000), st.integers(1, 3000))
def test_a_share_of_whole_counts_is_cut_at_the_right_tenth_of_a_percent(part, whole):
    assert round(rounded_down(part / whole) * 1000) == 1000 * part // whole
