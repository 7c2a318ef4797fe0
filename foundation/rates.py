"""Rates such as "5/15m", as settings write them. Pure."""

import re
from dataclasses import dataclass
from datetime import timedelta

_PATTERN = re.compile(r"([1-9]\d{0,5})/([1-9]\d{0,3})?([smhd])", re.ASCII)
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


@dataclass(frozen=True)
class Rate:
    """At most `most` tries at once, and as many again over each `period`."""

    most: int
    period: timedelta

    @property
    def each(self) -> timedelta:
        """The time after which one more try is allowed."""
        return self.period / self.most


def read_rate(written: str) -> Rate | None:
    """Parse a rate: "5/15m" is five in a quarter of an hour, "20/h" twenty in an hour; "off" is None.

    Raises ValueError for anything else.
    """
    if written.strip().lower() == "off":
        return None
    found = _PATTERN.fullmatch(written.strip())
    if found is None:
        raise ValueError('written as "5/15m" (number / time in s, m, h or d), or "off"')
    return Rate(int(found[1]), timedelta(seconds=int(found[2] or 1) * _UNITS[found[3]]))
