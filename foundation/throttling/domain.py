"""How often is too often. Pure.

A limit is a bucket that drains steadily (the generic cell rate algorithm, ITU-T I.371): so many tries at once, then one
more each time a part of the period has passed. Nothing is closed for the whole period, and a bucket is one moment.
"""

from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from foundation.rates import Rate


def spend(full_until: datetime | None, rate: Rate, now: datetime, times: int = 1) -> tuple[datetime, timedelta]:
    """When the bucket is empty again after `times` more tries, and how long to wait first; zero if allowed now.

    full_until: when it would be empty without them; None or past for an empty one. While there is a wait, the moment
    is not to be stored: a try that was refused costs nothing.
    """
    begins = max(full_until or now, now)
    after = begins + times * rate.each
    return after, max(after - now - rate.period, timedelta(0))


def address_keys(address: str | None) -> tuple[str, ...]:
    """What counts as one address, the narrowest first: an IPv6 house has a /64, whoever rents many has a /48.

    () for none, for something unreadable, and for the machine itself.
    """
    try:
        read = ip_address(address or "")
    except ValueError:
        return ()
    if isinstance(read, IPv6Address):
        if read.ipv4_mapped:
            read = read.ipv4_mapped
        else:
            wide = (str(ip_network((read, length), strict=False)) for length in (64, 48))
            return () if read.is_loopback else tuple(wide)
    return () if read.is_loopback else (str(read),)


def is_private(address: str | None) -> bool:
    """Whether an address belongs to no public network, as that of a proxy in front does."""
    try:
        return ip_address(address or "").is_private
    except ValueError:
        return False
