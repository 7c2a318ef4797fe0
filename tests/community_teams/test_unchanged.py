"""Only what has changed is made anew."""

from community_teams.domain.unchanged import Unchanged


def test_the_same_parts_give_the_same_thing_and_other_parts_another():
    kept: Unchanged[list[int]] = Unchanged(most=10)
    first = kept.of("a", (1, [2]), lambda one, more: [one, *more])

    assert kept.of("a", (1, [2]), lambda *_: []) is first
    assert kept.of("b", (1, [2]), lambda one, _more: [one]) == [1]
    assert kept.of("a", (1, [3]), lambda one, more: [one, *more]) == [1, 3]
    assert kept.of("a", (1, [2]), lambda one, more: [one, *more]) is not first


def test_beyond_the_most_it_begins_anew_and_goes_on_being_right():
    kept: Unchanged[int] = Unchanged(most=3)
    made = []

    def double(number: int) -> int:
        made.append(number)
        return 2 * number

    for _ in range(2):
        assert [kept.of(number, (number,), double) for number in range(5)] == [0, 2, 4, 6, 8]
    assert len(made) > 5
