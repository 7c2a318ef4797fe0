from datetime import UTC, datetime, timedelta

import pytest

from foundation.accounts.domain.throttle import WINDOW, address_key, wait

NOW = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)


def ago(*minutes):
    return [NOW - timedelta(minutes=m) for m in minutes]


def test_the_wait_ends_when_the_oldest_failure_that_counts_grows_old():
    assert wait(ago(1, 2, 3, 4, 10), 5, NOW) == timedelta(minutes=5)
    assert wait(ago(1, 2, 3, 4), 5, NOW) == timedelta(0)
    assert wait(ago(1, 2, 3, 4, 15), 5, NOW) == timedelta(0)


def test_more_failures_than_allowed_wait_for_the_newest_ones():
    assert wait(ago(0, 1, 2, 13, 14), 3, NOW) == WINDOW - timedelta(minutes=2)


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::/64"),
        (None, "unknown"),
        ("not an address", "unknown"),
    ],
)
def test_an_address_is_counted_as_the_house_it_belongs_to(address, key):
    assert address_key(address) == key
