"""How many wrong passwords are allowed, and how long to wait after that."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

WINDOW = timedelta(minutes=15)
MOST_PER_ACCOUNT = 5
# A whole commune office, or everybody behind one carrier's mast, may share an address.
MOST_PER_ADDRESS = 30


def wait(failures: Sequence[datetime], most: int, now: datetime) -> timedelta:
    """How long until another attempt is allowed after these failures; zero if it is allowed now.

    failures: moments, newest first. Those that are WINDOW old or older no longer count.
    """
    counting = [at for at in failures if now - at < WINDOW]
    if len(counting) < most:
        return timedelta(0)
    return counting[most - 1] + WINDOW - now


def address_key(address: str | None) -> str:
    """What counts as one address: an IPv6 house has a whole /64 of them. "unknown" for none or something unreadable."""
    try:
        read = ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(read, IPv6Address):
        if read.ipv4_mapped:
            return str(read.ipv4_mapped)
        return f"{IPv6Address(int(read) >> 64 << 64)}/64"
    return str(read)
