"""The arithmetic of rate limits. Pure.

A limit is a leaky bucket (the generic cell rate algorithm, ITU-T I.371): so many tries at once, then one more each time
a part of the period has passed. Nobody is locked out for the whole period, and a bucket is stored as one timestamp.
"""

from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from foundation.rates import Rate


def spend(full_until: datetime | None, rate: Rate, now: datetime, times: int = 1) -> tuple[datetime, timedelta]:
    """When the bucket is empty again after `times` more tries, and how long to wait first; zero if allowed now.

    full_until: when it would be empty without them; None or past for an empty one. If there is a wait, do not
    store the time: a refused try does not count.
    """
    begins = max(full_until or now, now)
    after = begins + times * rate.each
    return after, max(after - now - rate.period, timedelta(0))


def address_keys(address: str | None) -> tuple[str, ...]:
    """The networks that count as one address, the narrowest first: a home has an IPv6 /64, an organisation a /48.

    () for no address, an invalid one, and this machine.
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
    """Whether an address is in a private network, as a proxy usually is."""
    try:
        return ip_address(address or "").is_private
    except ValueError:
        return False
