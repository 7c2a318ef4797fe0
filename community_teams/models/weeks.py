"""Counters of each hamlet by week and of each member by day, written in the transaction of the visits they count."""

from datetime import date

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from community_teams.models.counters import OutcomeCounts
from community_teams.models.layer_counts import LayerCounts
from foundation.database import Base, bytewise


class HamletWeek(LayerCounts, OutcomeCounts, Base):
    """What one week added in a hamlet; the sum up to a week gives the figures at its end.

    week: its Monday, in Việt Nam. known_in: Monday of the week in which it was received, by the server's clock: a late
    visit or a correction adds to the row of its own week and of today's known_in. Rows of an earlier known_in are never
    changed, so those up to a week give what was known at its end; all of them, what is known today.
    path: of the hamlet. first_knocked, first_reached: as in HamletDay. States may be negative, where an answer replaced
    an earlier one.
    """

    __tablename__ = "hamlet_week"
    __table_args__ = (Index("ix_hamlet_week_path_week", "path", "week"),)

    hamlet_code: Mapped[str] = mapped_column(ForeignKey("area.code"), primary_key=True)
    week: Mapped[date] = mapped_column(primary_key=True)
    known_in: Mapped[date] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(bytewise(60))
    first_knocked: Mapped[int] = mapped_column(default=0)
    first_reached: Mapped[int] = mapped_column(default=0)


class HamletBase(LayerCounts, OutcomeCounts, Base):
    """What visits whose rows were erased added in one week and hamlet: only counts, which name nobody.

    recounting.recount adds them to what it counts from the answers that are left. last_visit_on: the latest day of the
    erased visits, in Việt Nam.
    """

    __tablename__ = "hamlet_base"

    hamlet_code: Mapped[str] = mapped_column(ForeignKey("area.code"), primary_key=True)
    week: Mapped[date] = mapped_column(primary_key=True)
    first_knocked: Mapped[int] = mapped_column(default=0)
    first_reached: Mapped[int] = mapped_column(default=0)
    last_visit_on: Mapped[date | None]


class MemberDay(Base):
    """What one member did in one hamlet on one day in Việt Nam: for planning who can go where, never for ranking.

    timed: visits with a recorded end; minutes: their duration together.
    """

    __tablename__ = "member_day"
    __table_args__ = (Index("ix_member_day_hamlet_code_day", "hamlet_code", "day"),)

    member_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    hamlet_code: Mapped[str] = mapped_column(ForeignKey("area.code"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    visits: Mapped[int] = mapped_column(default=0)
    timed: Mapped[int] = mapped_column(default=0)
    minutes: Mapped[int] = mapped_column(default=0)
