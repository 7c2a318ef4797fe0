"""Tries to learn what is hidden, the way a curious reader with a pencil would, and then with linear algebra."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from community_teams.coverage.domain.coverage import Coverage, total
from community_teams.coverage.domain.suppression import (
    NOBODY,
    Cell,
    Suppression,
    cell,
    hidden_among,
    hidden_at_the_top,
    hidden_children,
    publish,
    too_small,
)


def test_a_small_cell_never_hides_alone():
    assert hidden_among({"a": (5,), "b": (40,), "c": (25,)}) == {"a", "c"}


def test_hidden_cells_that_are_few_together_take_another_one_along():
    assert hidden_among({"a": (3,), "b": (4,), "c": (25,), "d": (60,)}) == {"a", "b", "c"}


def test_hidden_cells_that_are_many_together_are_enough():
    assert hidden_among({"a": (6,), "b": (8,), "c": (25,)}) == {"a", "b"}


@pytest.mark.parametrize(("households", "hidden"), [(0, False), (1, True), (9, True), (10, False), (11, False)])
def test_one_to_nine_households_are_too_few_and_ten_are_not(households, hidden):
    assert too_small((households,)) is hidden
    assert too_small((500, households)) is hidden
    assert hidden_at_the_top(Cell(households, 0, 0)) == Suppression(hidden, hidden)
    assert hidden_at_the_top(Cell(0, households, 0)) == Suppression(hidden, hidden)
    assert hidden_at_the_top(Cell(500, 500, households)) == Suppression(area=False, second=hidden)


@pytest.mark.parametrize(
    ("together", "hidden"),
    [((4, 5), {"a", "b", "cover"}), ((5, 5), {"a", "b"}), ((1, 9), {"a", "b"}), ((5, 6), {"a", "b"})],
)
def test_hidden_cells_of_nine_together_need_cover_and_those_of_ten_do_not(together, hidden):
    small, other = together

    assert hidden_among({"a": (small,), "b": (other,), "cover": (25,), "shown": (60,)}) == hidden


def test_what_is_hidden_for_another_reason_covers_at_ten_and_not_at_nine():
    assert hidden_among({"closed": (10,), "cover": (25,), "shown": (60,)}, {"closed"}) == {"closed"}
    assert hidden_among({"a": (0, 9), "closed": (9, 1), "cover": (25, 25)}, {"closed"}) == {"a", "closed", "cover"}


def test_ten_is_shown():
    assert hidden_among({"a": (10,), "b": (30,)}) == frozenset()


def test_nobody_is_nothing_to_hide_and_hides_nobody():
    assert hidden_among({"a": (0,), "b": (0,)}) == frozenset()
    assert hidden_among({"a": (0,), "b": (4,), "c": (70,)}) == {"b", "c"}


def test_each_base_needs_its_own_cover():
    # By the official lists b and c are many together; by what was written down c would stand alone.
    siblings = {"a": (100, 80), "b": (5, 0), "c": (60, 4), "d": (90, 70)}

    assert hidden_among(siblings) == {"b", "c", "d"}


def test_the_same_figures_always_hide_the_same_cells():
    siblings = {"a": (4,), "b": (20,), "c": (20,)}

    assert hidden_among(siblings) == hidden_among(dict(reversed(siblings.items()))) == {"a", "b"}


def test_beneath_a_hidden_area_everything_is_hidden():
    children = {"a": Cell(500, 500, 0), "b": Cell(0, 0, 0)}

    assert hidden_children(Suppression(area=True, second=True), children).areas == {"a", "b"}
    assert hidden_children(Suppression(), children).areas == frozenset()


def test_no_areas_hide_nothing():
    assert hidden_among({}) == frozenset()


def test_the_second_numerator_is_left_out_where_it_would_speak_of_few_households_without_a_list():
    listed = Coverage.of_hamlet(300, "Danh sách", None, 280, 200, 210)
    few = Coverage.of_hamlet(None, None, None, 4, 3, 3)
    many = Coverage.of_hamlet(None, None, None, 40, 30, 30)

    def published(*hamlets):
        own = total(hamlets)
        return publish(own, hidden_at_the_top(cell(own)))

    assert published(listed).reached == 200
    assert published(listed, many).reached == 230
    assert published(listed, few).reached is None
    assert published(listed, few).share_of_enumerated is None
    assert published(listed, few).reached_listed == 200


def test_where_every_hamlet_has_a_list_there_is_nothing_to_learn_from_the_second_numerator():
    listed = Coverage.of_hamlet(300, "Danh sách", None, 280, 200, 210)

    assert publish(listed, Suppression(area=False, second=True)).reached == 200
    assert publish(listed, Suppression(area=False, second=True)).share_of_enumerated == 200 / 280


def test_a_hamlet_without_a_list_that_covers_for_another_keeps_its_numerator_to_itself():
    hamlets = {
        "few": Coverage.of_hamlet(None, None, None, 4, 3, 3),
        "cover": Coverage.of_hamlet(None, None, None, 50, 20, 30),
        "small": Coverage.of_hamlet(12, "Danh sách", None, 12, 9, 9),
        "large": Coverage.of_hamlet(90, "Danh sách", None, 90, 60, 60),
    }
    hidden = hidden_children(Suppression(), {key: cell(hamlet) for key, hamlet in hamlets.items()})
    told = {key: publish(hamlet, hidden.of(key)) for key, hamlet in hamlets.items()}

    assert told["few"] is None
    assert told["cover"].enumerated == 50
    assert told["cover"].reached is None
    assert told["large"].reached == 60


def test_a_hidden_area_publishes_nothing():
    assert publish(Coverage.of_hamlet(5, "Danh sách", None, 5, 5, 5), Suppression(area=True, second=True)) is None


COUNT = st.just(0) | st.integers(0, 14) | st.integers(0, 300)
HAMLET = st.builds(
    lambda listed, households, written: Cell(households, written, 0) if listed else Cell(0, written, written),
    st.booleans(),
    COUNT,
    COUNT,
)
FAMILY = st.lists(HAMLET, min_size=1, max_size=6)
# nation > province > commune > hamlet
COUNTRY = st.lists(st.lists(FAMILY, min_size=1, max_size=4), min_size=1, max_size=3)

# What a reader can add and subtract: the count, and where it is told.
TABLES = [
    ("official households", lambda cell: cell.households, "areas"),
    ("households written down", lambda cell: cell.enumerated, "areas"),
    ("households written down where there is no list", lambda cell: cell.unlisted, "second"),
]


def added(cells):
    return sum(cells, NOBODY)


def published(country):
    """Everything the public pages of a country say: (all areas: path -> bases, the paths shown, families of paths)."""
    cells, families = {}, []
    for p, province in enumerate(country):
        for c, commune in enumerate(province):
            for h, hamlet in enumerate(commune):
                cells[(p, c, h)] = hamlet
            cells[(p, c)] = added(commune)
            families.append(((p, c), [(p, c, h) for h in range(len(commune))]))
        cells[(p,)] = added([cells[(p, c)] for c in range(len(province))])
        families.append(((p,), [(p, c) for c in range(len(province))]))
    cells[()] = added([cells[(p,)] for p in range(len(country))])
    families.append(((), [(p,) for p in range(len(country))]))

    suppressions = {(): hidden_at_the_top(cells[()])}
    for parent, children in sorted(families, key=lambda family: len(family[0])):
        hidden = hidden_children(suppressions[parent], {child: cells[child] for child in children})
        suppressions |= {child: hidden.of(child) for child in children}
    shown = {
        "areas": {path for path in cells if not suppressions[path].area},
        "second": {path for path in cells if not suppressions[path].second},
    }
    return cells, shown, families


@given(COUNTRY)
def test_no_small_cell_is_shown_at_any_level(country):
    cells, shown, _ = published(country)

    few = range(1, 10)
    assert not [path for path in shown["areas"] if any(base in few for base in cells[path].bases)]
    assert not [path for path in shown["second"] if cells[path].unlisted in few]
    assert shown["second"] <= shown["areas"]


@given(COUNTRY)
def test_subtracting_the_shown_from_their_total_never_speaks_of_one_to_nine_households(country):
    cells, shown, families = published(country)
    for _, count, table in TABLES:
        for parent, children in families:
            if parent not in shown[table]:
                continue
            rest = count(cells[parent]) - sum(count(cells[child]) for child in children if child in shown[table])
            assert rest == 0 or rest >= 10


@settings(max_examples=60, deadline=None)
@given(COUNTRY)
def test_no_system_of_equations_across_levels_yields_a_small_cell(country):
    cells, shown, families = published(country)
    for _, count, table in TABLES:
        unknown = sorted(path for path in cells if path not in shown[table])
        equations = []
        for parent, children in families:
            row = [Fraction(0)] * (len(unknown) + 1)
            for path, sign in [(parent, -1), *((child, 1) for child in children)]:
                if path in shown[table]:
                    row[-1] -= sign * count(cells[path])
                else:
                    row[unknown.index(path)] += sign
            equations.append(row)
        for place, value in solved(equations):
            assert value == count(cells[unknown[place]])  # the attack itself is sound
            assert value == 0 or value >= 10


def solved(equations):
    """Gauss and Jordan: the unknowns the equations pin down, as (place, value)."""
    rows = [list(row) for row in equations]
    width = len(rows[0]) - 1
    pivot = 0
    for column in range(width):
        found = next((r for r in range(pivot, len(rows)) if rows[r][column]), None)
        if found is None:
            continue
        rows[pivot], rows[found] = rows[found], rows[pivot]
        rows[pivot] = [value / rows[pivot][column] for value in rows[pivot]]
        for r, row in enumerate(rows):
            if r != pivot and row[column]:
                rows[r] = [a - row[column] * b for a, b in zip(row, rows[pivot], strict=True)]
        pivot += 1
    for row in rows[:pivot]:
        places = [place for place in range(width) if row[place]]
        if len(places) == 1:
            yield places[0], row[-1]


@given(FAMILY)
def test_a_small_cell_hides_alone_only_where_nobody_can_keep_it_company(cells):
    siblings = {str(number): cell.bases for number, cell in enumerate(cells)}
    hidden = hidden_among(siblings)
    if len(hidden) == 1:
        (alone,) = hidden
        for base, count in enumerate(siblings[alone]):
            if 1 <= count <= 9:
                assert sum(bases[base] for bases in siblings.values()) == count


def test_the_bases_of_an_area_are_its_two_denominators():
    assert cell(Coverage.of_hamlet(30, "Danh sách", None, 28, 3, 9)) == Cell(30, 28, 0)
    assert cell(Coverage.of_hamlet(None, None, None, 28, 3, 9)) == Cell(0, 28, 28)
