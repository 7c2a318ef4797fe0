"""On which days a class may be held: 60 days back and 366 ahead, both included."""

from datetime import date, timedelta

import pytest

from foundation.problems import Invalid
from learning.domain.classes import read_class

TODAY = date(2026, 11, 21)


def read(days):
    return read_class(
        area_path="38/",
        areas=["38/"],
        course="khoa",
        courses={"khoa": ["mot"]},
        lessons=[],
        held_on=TODAY + timedelta(days=days),
        teacher="Người Mẫu",
        today=TODAY,
    )


@pytest.mark.parametrize("days", [-60, 0, 366])
def test_the_last_day_on_either_side_is_taken(days):
    assert read(days).held_on == TODAY + timedelta(days=days)


@pytest.mark.parametrize(("days", "code"), [(-61, "too_long_ago"), (367, "too_far_ahead")])
def test_the_day_after_that_is_not(days, code):
    with pytest.raises(Invalid) as refused:
        read(days)

    assert refused.value.fields == {"held_on": code}
