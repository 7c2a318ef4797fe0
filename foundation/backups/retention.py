"""The retention rule: which backups of a folder to keep. Pure: no files, no clock."""

import re
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from foundation.clock import day_in_vietnam

T = TypeVar("T", bound=Hashable)
_RULE = re.compile(r"(\d{1,4}),(\d{1,4}),(\d{1,4})")


@dataclass(frozen=True)
class RetentionRule:
    """How many daily, weekly and monthly backups to keep; each 0 or more, at least one of them above 0."""

    daily: int
    weekly: int
    monthly: int


def parse_retention_rule(text: str) -> RetentionRule:
    """Read "7,4,12": 7 daily, 4 weekly, 12 monthly. Raises ValueError."""
    found = _RULE.fullmatch(text.replace(" ", ""))
    if found is None or not any(int(number) for number in found.groups()):
        raise ValueError("not three numbers such as 7,4,12")
    return RetentionRule(*(int(number) for number in found.groups()))


def backups_to_keep(
    backups: Iterable[tuple[datetime, T]], rule: RetentionRule, is_good: Callable[[T], bool] = lambda _: True
) -> set[T]:
    """The backups to keep: the newest intact one of each of the last days, weeks and months that have one.

    backups: moments with their zone, in any order. Days, ISO weeks and months are those of Việt Nam. Days without an
    intact backup do not count, so a server that was off for a month loses none. is_good is called at most once for
    each backup, only if its answer matters; a damaged one never replaces an intact one, and is not in the result.
    """
    newest_first = sorted(backups, key=lambda backup: backup[0], reverse=True)
    answers: dict[T, bool] = {}

    def good(backup: T) -> bool:
        if backup not in answers:
            answers[backup] = is_good(backup)
        return answers[backup]

    retained: set[T] = set()
    for count, period in ((rule.daily, _day), (rule.weekly, _week), (rule.monthly, _month)):
        filled: set[Hashable] = set()
        for moment, backup in newest_first:
            if len(filled) == count:
                break
            if period(moment) not in filled and good(backup):
                filled.add(period(moment))
                retained.add(backup)
    return retained


def _day(moment: datetime) -> Hashable:
    return day_in_vietnam(moment)


def _week(moment: datetime) -> Hashable:
    return day_in_vietnam(moment).isocalendar()[:2]


def _month(moment: datetime) -> Hashable:
    day = day_in_vietnam(moment)
    return day.year, day.month
