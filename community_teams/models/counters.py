"""Counters of each hamlet, written in the same transaction as the visits they count; upper levels are sums of these."""

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from community_teams.models.layer_counts import LayerCounts
from foundation.database import Base, UtcDateTime, bytewise


class OutcomeCounts:
    """Visits by outcome. A corrected visit counts by its correction only; every column is named as its outcome."""

    met_done: Mapped[int] = mapped_column(default=0)
    met_partial: Mapped[int] = mapped_column(default=0)
    not_home: Mapped[int] = mapped_column(default=0)
    rescheduled: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    moved: Mapped[int] = mapped_column(default=0)
    vacant: Mapped[int] = mapped_column(default=0)
    not_found: Mapped[int] = mapped_column(default=0)
    language: Mapped[int] = mapped_column(default=0)
    unsafe: Mapped[int] = mapped_column(default=0)


class HamletTotal(LayerCounts, OutcomeCounts, Base):
    """What a hamlet adds up to today. A hamlet without a row has no household on its list and no visit.

    households: active today. knocked: those of them with a visit of any outcome; reached: those where somebody was ever
    met: 0 <= reached <= knocked <= households.
    path: of the hamlet, so that any upper area is a range of rows.
    last_visit_on: day in Việt Nam. change: number of the last change to a household here; it only grows, under the lock
    of this row.
    """

    __tablename__ = "hamlet_total"

    hamlet_code: Mapped[str] = mapped_column(ForeignKey("area.code"), primary_key=True)
    path: Mapped[str] = mapped_column(bytewise(60), index=True)
    households: Mapped[int] = mapped_column(default=0)
    knocked: Mapped[int] = mapped_column(default=0)
    reached: Mapped[int] = mapped_column(default=0)
    last_visit_on: Mapped[date | None]
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    change: Mapped[int] = mapped_column(BigInteger, default=1, server_default=text("1"))


class HamletDay(OutcomeCounts, Base):
    """What one day added in a hamlet.

    day: in Việt Nam. first_knocked, first_reached: active households whose first visit, or first visit with somebody
    met, was that day; over all days they sum to HamletTotal.knocked and .reached.
    """

    __tablename__ = "hamlet_day"

    hamlet_code: Mapped[str] = mapped_column(ForeignKey("area.code"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True, index=True)
    first_knocked: Mapped[int] = mapped_column(default=0)
    first_reached: Mapped[int] = mapped_column(default=0)
