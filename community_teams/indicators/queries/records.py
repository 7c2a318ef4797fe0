"""Indicators computed from issues, households and visits, not from counters; for those responsible for an area."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import Session

from community_teams.coverage.domain.layers import tens
from community_teams.domain.codes import HouseholdStatus, IssueStatus, IssueType
from community_teams.domain.counting import OUTCOMES, week_of
from community_teams.domain.issues import CLOSED
from community_teams.indicators.domain.indicators import MEASURES, QUESTIONS, IndicatorValue, Part, Unknown, median_of
from community_teams.models import HeldVisit, Household, Issue, MemberDay
from community_teams.queries.counts import counts_beneath, totals_of
from community_teams.queries.places import Place, of_today, within_reach
from foundation.areas.domain.scope import Scope
from foundation.areas.models import Area

# How long a household may wait before it counts as left behind (K04), and how fresh its last visit must be (K16).
LONGEST_WAIT = timedelta(days=90)
WORK_WEEKS = 4
_MEASURE = {measure.key: measure for measure in MEASURES}
_SMALLEST = 10


@dataclass(frozen=True)
class Sitewide:
    """What is known of the whole site only, for learners have no hamlet. letters: valid ones; safety_letters: those of
    the course on safety. lessons: in the library; languages: in how many languages they can be read."""

    letters: int
    safety_letters: int
    lessons: int
    languages: int

    def values(self) -> dict[object, IndicatorValue]:
        """The figures by key, in tens and hidden under ten, because the nation's page is public."""
        return {
            Part.LETTERS: _letters(Part.LETTERS, self.letters),
            Part.SAFETY_LETTERS: _letters(Part.SAFETY_LETTERS, self.safety_letters),
            Part.LESSON_LANGUAGES: IndicatorValue(
                _MEASURE[Part.LESSON_LANGUAGES], self.lessons * self.languages, self.languages
            ),
        }


def _letters(part: Part, count: int) -> IndicatorValue:
    if 0 < count < _SMALLEST:
        return IndicatorValue(_MEASURE[part], unknown=Unknown.HIDDEN)
    return IndicatorValue(_MEASURE[part], tens(count), rounded=count > 0)


def recorded(
    session: Session, scope: Scope, place: Place, week: date | None, *, until: date, today: date
) -> dict[object, IndicatorValue]:
    """The figures by key of the measure. until: the last day counted; if that is before today, figures of the present
    state are unknown."""
    hamlets = select(Area.code).where(*of_today(within_reach(scope, place)))
    values = [
        _late(session, hamlets, until),
        *_issues(session, hamlets, until, today),
        _full(session, scope, place, week),
        *_work(session, hamlets, until),
    ]
    if until == today:
        values += [_alive(session, hamlets, today), _clean(session, scope, place, hamlets)]
    else:
        values += [IndicatorValue(_MEASURE[part], unknown=Unknown.ONLY_TODAY) for part in (Part.ALIVE, Part.CLEAN)]
    return {each.measure.key: each for each in values}


def _late(session: Session, hamlets: Select[str], until: date) -> IndicatorValue:
    """Households not met whose first visit was LONGEST_WAIT ago or earlier, of all not met.

    The day a household was listed is not stored, so for those never visited the waiting time is unknown: they are
    counted as missing.
    """
    waiting = or_(Household.first_reached_on.is_(None), Household.first_reached_on > until)
    visited = Household.first_knocked_on <= until
    late, known, all_waiting = session.execute(
        select(_times(Household.first_knocked_on <= until - LONGEST_WAIT), _times(visited), func.count()).where(
            Household.hamlet_code.in_(hamlets), Household.status == HouseholdStatus.ACTIVE, waiting
        )
    ).one()
    measure = _MEASURE[Part.LATE]
    missing = all_waiting - known
    if not known:
        return IndicatorValue(measure, None, None, missing, all_waiting, unknown=Unknown.NOBODY_ASKED)
    return IndicatorValue(measure, late, known, missing, all_waiting)


def _issues(session: Session, hamlets: Select[str], until: date, today: date) -> Iterator[IndicatorValue]:
    found = session.execute(
        select(Issue.opened_on, Issue.closed_on, Issue.due, func.count())
        .where(Issue.hamlet_code.in_(hamlets), Issue.closed_on <= until)
        .group_by(Issue.opened_on, Issue.closed_on, Issue.due)
    )
    rows = [(opened, shut, day, count) for opened, shut, day, count in found if shut is not None]
    closed = sum(count for *_, count in rows)
    due = sum(count for *_, day, count in rows if day is not None)
    timely = sum(count for _, closed_on, day, count in rows if day is not None and closed_on <= day)
    on_time = _MEASURE[Part.ON_TIME]
    if due:
        yield IndicatorValue(on_time, timely, due, closed - due, closed)
    else:
        yield IndicatorValue(on_time, None, None, closed, closed, unknown=Unknown.NOBODY_ASKED)
    days: Counter[int] = Counter()
    for opened_on, closed_on, _, count in rows:
        days[max(0, (closed_on - opened_on).days)] += count
    middle = median_of(days)
    yield IndicatorValue(
        _MEASURE[Part.DAYS], middle, closed or None, unknown=None if middle is not None else Unknown.NOBODY_ASKED
    )
    of_hamlets = Issue.hamlet_code.in_(hamlets)
    beyond = _MEASURE[Part.BEYOND]
    if until == today:
        still = select(func.count()).where(
            of_hamlets,
            or_(Issue.beyond_authority, Issue.status == IssueStatus.BEYOND_AUTHORITY),
            Issue.status.not_in(CLOSED),
        )
        yield IndicatorValue(beyond, session.scalar(still) or 0)
    else:
        yield IndicatorValue(beyond, unknown=Unknown.ONLY_TODAY)
    scams = select(func.count()).where(of_hamlets, Issue.type == IssueType.SCAM, Issue.opened_on <= until)
    yield IndicatorValue(_MEASURE[Part.SCAMS], session.scalar(scams) or 0)


def _full(session: Session, scope: Scope, place: Place, week: date | None) -> IndicatorValue:
    """Answers to QUESTIONS, of one for each question and household met."""
    names = ["reached", *QUESTIONS]
    counts = _summed(counts_beneath(session, scope, place, names, week), names)
    wanted = len(QUESTIONS) * counts["reached"]
    measure = _MEASURE[Part.FULL]
    if not wanted:
        return IndicatorValue(measure, unknown=Unknown.NOBODY_ASKED)
    return IndicatorValue(measure, sum(counts[name] for name in QUESTIONS), wanted)


def _alive(session: Session, hamlets: Select[str], today: date) -> IndicatorValue:
    fresh, met = session.execute(
        select(_times(Household.last_visited_on >= today - LONGEST_WAIT), func.count()).where(
            Household.hamlet_code.in_(hamlets),
            Household.status == HouseholdStatus.ACTIVE,
            Household.first_reached_on.is_not(None),
        )
    ).one()
    measure = _MEASURE[Part.ALIVE]
    return IndicatorValue(measure, fresh, met) if met else IndicatorValue(measure, unknown=Unknown.NOBODY_ASKED)


def _clean(session: Session, scope: Scope, place: Place, hamlets: Select[str]) -> IndicatorValue:
    """Visits that count, of all that count or are held for a person."""
    waiting = (
        session.scalar(select(func.count()).where(HeldVisit.hamlet_code.in_(hamlets), HeldVisit.settled_at.is_(None)))
        or 0
    )
    visits = sum(totals_of(session, scope, place, OUTCOMES).values())
    measure = _MEASURE[Part.CLEAN]
    if not visits + waiting:
        return IndicatorValue(measure, unknown=Unknown.NOBODY_ASKED)
    return IndicatorValue(measure, visits, visits + waiting)


def _work(session: Session, hamlets: Select[str], until: date) -> Iterator[IndicatorValue]:
    """The teams' work in the WORK_WEEKS up to a day. Hours are of visits whose end was recorded."""
    since = week_of(until) - timedelta(weeks=WORK_WEEKS - 1)
    visits, timed, minutes, members = session.execute(
        select(
            func.coalesce(func.sum(MemberDay.visits), 0),
            func.coalesce(func.sum(MemberDay.timed), 0),
            func.coalesce(func.sum(MemberDay.minutes), 0),
            func.count(case((MemberDay.visits > 0, MemberDay.member_id)).distinct()),
        ).where(MemberDay.hamlet_code.in_(hamlets), MemberDay.day >= since, MemberDay.day <= until)
    ).one()
    yield IndicatorValue(_MEASURE[Part.VISITS], int(visits))
    hours = _MEASURE[Part.HOURS]
    if timed:
        yield IndicatorValue(hours, int(minutes) / 60, int(timed), int(visits) - int(timed), int(visits))
    else:
        yield IndicatorValue(hours, None, None, int(visits), int(visits), unknown=Unknown.NOBODY_ASKED)
    yield IndicatorValue(_MEASURE[Part.MEMBERS], members)


def _times(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((condition, 1)))


def _summed(rows: Mapping[str, Mapping[str, int]], names: list[str]) -> dict[str, int]:
    return {name: sum(row[name] for row in rows.values()) for name in names}
