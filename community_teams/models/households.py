"""Households: the doors a team knows, each under a code the team made up."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from community_teams.domain.codes import HouseholdStatus, Outcome
from community_teams.models.columns import code
from foundation.database import Base, bytewise


class Household(Base):
    """One household of a hamlet.

    short_code: the team's own, such as "M1-017"; never the number of an official paper. Unique within its hamlet.
    label: a name, only where the family agreed to have it written; else None.
    folded: code, lane and label without marks, in small letters, for searching.
    first_knocked_on, first_reached_on: days in Việt Nam; what the counters of its hamlet count.
    unnamed_knocked_on, unnamed_reached_on: the same, of those visits whose record may not name the household.
    """

    __tablename__ = "household"
    __table_args__ = (
        UniqueConstraint("hamlet_code", "short_code"),
        Index("ix_household_hamlet_code_lane_key", "hamlet_code", "lane_key", "code_key"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    short_code: Mapped[str] = mapped_column(String(30))
    hamlet_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    lane: Mapped[str] = mapped_column(String(80), default="")
    label: Mapped[str | None] = mapped_column(String(80))
    folded: Mapped[str] = mapped_column(String(200), default="")
    # Numbers inside are padded, so that lane 10 comes after lane 2 on both databases.
    lane_key: Mapped[str] = mapped_column(bytewise(200), default="")
    code_key: Mapped[str] = mapped_column(bytewise(100), default="")
    preferred_language: Mapped[str | None] = mapped_column(String(35))
    status: Mapped[HouseholdStatus] = mapped_column(code(HouseholdStatus), default=HouseholdStatus.ACTIVE)
    first_knocked_on: Mapped[date | None]
    first_reached_on: Mapped[date | None]
    unnamed_knocked_on: Mapped[date | None]
    unnamed_reached_on: Mapped[date | None]
    last_outcome: Mapped[Outcome | None] = mapped_column(code(Outcome))
    last_visited_on: Mapped[date | None]
    next_visit_on: Mapped[date | None]
    # Counts up at each change, so that a phone can ask for changes only.
    version: Mapped[int] = mapped_column(default=1)
    is_sample: Mapped[bool] = mapped_column(default=False, server_default=false())
