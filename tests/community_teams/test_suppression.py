"""Tries to learn what is hidden, the way a curious reader with a pencil would, and then with linear algebra."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from community_teams.domain.coverage import Coverage, total
from community_teams.domain.suppression import (
    SMALLEST_SHOWN,
    bases,
    hidden_among,
    hidden_children,
    published_reached,
    too_small,
)


def test_a_small_cell_never_hides_alone():
    assert hidden_among({"a": (5,), "b": (40,), "c": (25,)}) == {"a", "c"}


def test_hidden_cells_that_are_few_together_take_another_one_along():
    assert hidden_among({"a": (3,), "b": (4,), "c": (25,), "d": (60,)}) == {"a", "b", "c"}


def test_hidden_cells_that_are_many_together_are_enough():
    assert hidden_among({"a": (6,), "b": (8,), "c": (25,)}) == {"a", "b"}


def test_ten_is_shown():
    assert hidden_among({"a": (10,), "b": (30,)}) == frozenset()


def test_nobody_is_nothing_to_hide_and_hides_nobody():
    assert hidden_among({"a": (0,), "b": (0,)}) == frozenset()
    assert hidden_among({"a": (0,), "b": (4,), "c": (70,)}) == {"b", "c"}


def test_each_base_needs_its_own_cover():
    # By the official lists b and c hide together; by what was written down c would stand alone.
    siblings = {"a": (100, 80), "b": (5, 0), "c": (60, 4), "d": (90, 70)}

    assert hidden_among(siblings) == {"b", "c", "d"}


def test_the_same_figures_always_hide_the_same_cells():
    siblings = {"a": (4,), "b": (20,), "c": (20,)}

    assert hidden_among(siblings) == hidden_among(dict(reversed(siblings.items()))) == {"a", "b"}


def test_beneath_a_hidden_area_everything_is_hidden():
    assert hidden_children(True, {"a": (500,), "b": (0,)}) == {"a", "b"}
    assert hidden_children(False, {"a": (500,), "b": (0,)}) == frozenset()


def test_no_areas_hide_nothing():
    assert hidden_among({}) == frozenset()


def test_two_numerators_are_not_published_where_their_difference_would_speak_of_the_unlisted():
    listed = Coverage.of_hamlet(300, "Danh sách", None, 280, 200, 210)
    unlisted = Coverage.of_hamlet(None, None, None, 4, 3, 3)

    assert published_reached(listed) == 200
    assert published_reached(unlisted) == 3
    assert published_reached(total([listed, unlisted])) is None


COUNT = st.integers(0, 14) | st.integers(0, 300)
CELL = st.tuples(st.just(0) | COUNT, st.just(0) | COUNT)
FAMILY = st.lists(CELL, min_size=1, max_size=6)
# nation > province > commune > hamlet
COUNTRY = st.lists(st.lists(FAMILY, min_size=1, max_size=4), min_size=1, max_size=3)


def added(cells):
    return tuple(map(sum, zip(*cells, strict=True)))


def published(country):
    """Everything the public pages of a country say: (all areas: path -> bases, the paths shown, families of paths)."""
    cells, families = {}, []
    for p, province in enumerate(country):
        for c, commune in enumerate(province):
            for h, cell in enumerate(commune):
                cells[(p, c, h)] = cell
            cells[(p, c)] = added(commune)
            families.append(((p, c), [(p, c, h) for h in range(len(commune))]))
        cells[(p,)] = added([cells[(p, c)] for c in range(len(province))])
        families.append(((p,), [(p, c) for c in range(len(province))]))
    cells[()] = added([cells[(p,)] for p in range(len(country))])
    families.append(((), [(p,) for p in range(len(country))]))

    hidden = {()} if too_small(cells[()]) else set()
    for parent, children in sorted(families, key=lambda family: len(family[0])):
        hidden |= hidden_children(parent in hidden, {child: cells[child] for child in children})
    return cells, set(cells) - hidden, families


@given(COUNTRY)
def test_no_small_cell_is_shown_at_any_level(country):
    cells, shown, _ = published(country)

    assert not [path for path in shown if too_small(cells[path])]


@given(COUNTRY)
def test_subtracting_the_shown_from_their_total_never_speaks_of_one_to_nine_households(country):
    cells, shown, families = published(country)
    for parent, children in families:
        if parent not in shown:
            continue
        for base in range(2):
            rest = cells[parent][base] - sum(cells[child][base] for child in children if child in shown)
            assert rest == 0 or rest >= SMALLEST_SHOWN


@settings(max_examples=60)
@given(COUNTRY)
def test_no_system_of_equations_across_levels_yields_a_small_cell(country):
    cells, shown, families = published(country)
    unknown = sorted(path for path in cells if path not in shown)
    for base in range(2):
        equations = []
        for parent, children in families:
            row = [Fraction(0)] * (len(unknown) + 1)
            for path, sign in [(parent, -1), *((child, 1) for child in children)]:
                if path in shown:
                    row[-1] -= sign * cells[path][base]
                else:
                    row[unknown.index(path)] += sign
            equations.append(row)
        for place, value in solved(equations):
            assert value == cells[unknown[place]][base]  # the attack itself is sound
            assert value == 0 or value >= SMALLEST_SHOWN


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


@given(FAMILY.filter(lambda cells: len(cells) > 1))
def test_a_hidden_cell_is_never_alone_when_anybody_can_keep_it_company(cells):
    siblings = {str(number): cell for number, cell in enumerate(cells)}
    hidden = hidden_among(siblings)
    for base in range(2):
        having = [key for key, cell in siblings.items() if cell[base]]
        behind = [key for key in having if key in hidden]
        assert len(behind) != 1 or len(having) == 1


def test_the_bases_of_an_area_are_its_two_denominators():
    assert bases(Coverage.of_hamlet(30, "Danh sách", None, 28, 3, 9)) == (30, 28)
    assert bases(Coverage.of_hamlet(None, None, None, 28, 3, 9)) == (0, 28)
