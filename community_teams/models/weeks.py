"""Counters of each hamlet by week, and of each member by day; kept in the same transaction as the visits they count."""

from datetime import date

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from community_teams.models.counters import OutcomeCounts
from community_teams.models.layer_counts import LayerCounts
from foundation.database import Base, bytewise


class HamletWeek(LayerCounts, OutcomeCounts, Base):
    """What one week added in a hamlet; added up to a week they say how things stood then.

    week: its Monday, in Việt Nam. path: of the hamlet. first_knocked, first_reached: as in HamletDay. States may be
    negative: an answer that took another's place.
    """

    __tablename__ = "hamlet_week"
    __table_args__ = (Index("ix_hamlet_week_path_week", "path", "week"),)

    hamlet_code: Mapped[str] = mapped_column(ForeignKey("area.code"), primary_key=True)
    week: Mapped[date] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(bytewise(60))
    first_knocked: Mapped[int] = mapped_column(default=0)
    first_reached: Mapped[int] = mapped_column(default=0)


class MemberDay(Base):
    """What one member did in one hamlet on one day in Việt Nam: for planning who can go where, never for ranking.

    timed: visits whose end was told; minutes: how long these took together.
    """

    __tablename__ = "member_day"
    __table_args__ = (Index("ix_member_day_hamlet_code_day", "hamlet_code", "day"),)

    member_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    hamlet_code: Mapped[str] = mapped_column(ForeignKey("area.code"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    visits: Mapped[int] = mapped_column(default=0)
    timed: Mapped[int] = mapped_column(default=0)
    minutes: Mapped[int] = mapped_column(default=0)
