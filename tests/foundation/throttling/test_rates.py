"""A bucket drains steadily: so many tries at once, then one after another."""

from datetime import UTC, datetime, timedelta

import pytest

from foundation.rates import Rate, read_rate
from foundation.throttling.domain import address_keys, spend

NOW = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
FIVE = Rate(5, timedelta(minutes=15))


def tries(moments, rate=FIVE):
    full_until, waits = None, []
    for moment in moments:
        after, wait = spend(full_until, rate, moment)
        waits.append(wait)
        if not wait:
            full_until = after
    return waits


def test_so_many_at_once_and_then_one_after_another():
    waits = tries([NOW] * 6)

    assert waits == [timedelta(0)] * 5 + [timedelta(minutes=3)]
    assert tries([NOW] * 6 + [NOW + timedelta(minutes=3)] * 2)[-2:] == [timedelta(0), timedelta(minutes=3)]


def test_what_was_refused_costs_nothing():
    assert tries([NOW] * 50 + [NOW + timedelta(minutes=3)])[-1] == timedelta(0)


@pytest.mark.parametrize(
    ("written", "rate"),
    [("5/15m", FIVE), ("20/h", Rate(20, timedelta(hours=1))), (" 3/1d ", Rate(3, timedelta(days=1))), ("off", None)],
)
def test_a_rate_is_read_as_settings_write_it(written, rate):
    assert read_rate(written) == rate


@pytest.mark.parametrize("written", ["", "5", "0/15m", "5/15", "5/0m", "-5/15m", "5/15m5", "x"])
def test_anything_else_is_no_rate(written):
    with pytest.raises(ValueError, match="15m"):
        read_rate(written)


@pytest.mark.parametrize(
    ("address", "keys"),
    [
        ("203.0.113.9", ("203.0.113.9",)),
        ("::ffff:203.0.113.9", ("203.0.113.9",)),
        ("2001:db8:1:2:aaaa::1", ("2001:db8:1:2::/64", "2001:db8:1::/48")),
        ("127.0.0.1", ()),
        ("::1", ()),
        (None, ()),
        ("not an address", ()),
    ],
)
def test_an_address_is_counted_as_the_house_it_belongs_to(address, keys):
    assert address_keys(address) == keys
