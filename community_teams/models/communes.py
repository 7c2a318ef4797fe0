"""Counters of communes and provinces. Those of a commune are written in the transaction that changes its hamlets'."""

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from community_teams.models.counters import OutcomeCounts
from community_teams.models.layer_counts import LayerCounts
from foundation.database import Base, UtcDateTime, bytewise


class CommuneTotal(LayerCounts, OutcomeCounts, Base):
    """Sums over the hamlets of a commune that are valid today. Every commune has a row.

    path: of the commune, so that a province is a range of rows.
    hamlets: how many; listed: those with an official list of households. official_households: sum of the lists, None
    where there is none. first_source, last_source: the first and the last name of a list's source in alphabetical
    order; as_of: the oldest day of a list. is_sample: whether one of the hamlets is made up.
    households, knocked, reached: as in HamletTotal. reached_listed: `reached` of listed hamlets; enumerated_unlisted:
    `households` of the others. last_visit_on: day in Việt Nam.
    updated_at: when a counter was last written; None before the first. change: counts up with every change of this row,
    of a hamlet's name or place, and of the names above it.
    """

    __tablename__ = "commune_total"

    commune_code: Mapped[str] = mapped_column(ForeignKey("area.code"), primary_key=True)
    path: Mapped[str] = mapped_column(bytewise(60), index=True)
    hamlets: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    listed: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    official_households: Mapped[int | None]
    first_source: Mapped[str | None] = mapped_column(String(300))
    last_source: Mapped[str | None] = mapped_column(String(300))
    as_of: Mapped[date | None]
    is_sample: Mapped[bool] = mapped_column(default=False, server_default=false())
    households: Mapped[int] = mapped_column(default=0)
    knocked: Mapped[int] = mapped_column(default=0)
    reached: Mapped[int] = mapped_column(default=0)
    reached_listed: Mapped[int] = mapped_column(default=0)
    enumerated_unlisted: Mapped[int] = mapped_column(default=0)
    last_visit_on: Mapped[date | None]
    updated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    change: Mapped[int] = mapped_column(BigInteger, default=1, server_default=text("1"))


class CommuneWeek(LayerCounts, OutcomeCounts, Base):
    """What one week added in the hamlets of a commune: sums of HamletWeek, by the same key.

    Hamlets that have ended are among them: what was counted there was taken away again, or added elsewhere, when they
    ended, in rows of that known_in. path: of the commune. first_reached_listed: `first_reached` of the hamlets that
    have an official list today.
    """

    __tablename__ = "commune_week"
    __table_args__ = (
        Index("ix_commune_week_path_week", "path", "week"),
        Index("ix_commune_week_known_in", "known_in"),
    )

    commune_code: Mapped[str] = mapped_column(ForeignKey("area.code"), primary_key=True)
    week: Mapped[date] = mapped_column(primary_key=True)
    known_in: Mapped[date] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(bytewise(60))
    first_knocked: Mapped[int] = mapped_column(default=0)
    first_reached: Mapped[int] = mapped_column(default=0)
    first_reached_listed: Mapped[int] = mapped_column(default=0)


class ProvinceWeek(LayerCounts, OutcomeCounts, Base):
    """Sums of CommuneWeek over a province, of weeks that are closed (services/closing.py).

    There are rows of every known_in up to the latest one, and of none after it: what became known later is only in the
    rows of the communes.
    """

    __tablename__ = "province_week"

    province_code: Mapped[str] = mapped_column(ForeignKey("area.code"), primary_key=True)
    week: Mapped[date] = mapped_column(primary_key=True)
    known_in: Mapped[date] = mapped_column(primary_key=True, index=True)
    first_knocked: Mapped[int] = mapped_column(default=0)
    first_reached: Mapped[int] = mapped_column(default=0)
    first_reached_listed: Mapped[int] = mapped_column(default=0)
