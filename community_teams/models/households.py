"""Households that a team visits, each under a code the team made up."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from community_teams.domain.codes import HouseholdStatus, Outcome
from community_teams.models.columns import code
from foundation.database import Base, bytewise


class Household(Base):
    """One household of a hamlet.

    short_code: the team's own, such as "M1-017"; never the number of an official paper. Unique within its hamlet.
    label: a name, only where the family agreed to have it recorded; else None.
    folded: code, lane and label in lower case without diacritics, for searching.
    first_knocked_on, first_reached_on: days in Việt Nam; what the counters of its hamlet count.
    status, first_…, last_… and state follow from the visits by domain/household_state.py alone.
    merged_into: the household this one turned out to be, which may have been merged itself; set as long as status is
    MERGED. Its visits count there (docs/decisions/a-merged-household-keeps-its-visits.md).
    """

    __tablename__ = "household"
    __table_args__ = (
        UniqueConstraint("hamlet_code", "short_code"),
        Index("ix_household_hamlet_code_lane_key", "hamlet_code", "lane_key", "code_key"),
        Index("ix_household_hamlet_code_change", "hamlet_code", "change", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    short_code: Mapped[str] = mapped_column(String(30))
    hamlet_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    lane: Mapped[str] = mapped_column(String(80), default="")
    label: Mapped[str | None] = mapped_column(String(80))
    folded: Mapped[str] = mapped_column(String(200), default="")
    # As foundation.areas.domain.naming.sort_key gives them: lane 10 comes after lane 2 on both databases.
    lane_key: Mapped[str] = mapped_column(bytewise(480), default="")
    code_key: Mapped[str] = mapped_column(bytewise(180), default="")
    preferred_language: Mapped[str | None] = mapped_column(String(35))
    status: Mapped[HouseholdStatus] = mapped_column(code(HouseholdStatus), default=HouseholdStatus.ACTIVE)
    first_knocked_on: Mapped[date | None]
    first_reached_on: Mapped[date | None]
    last_outcome: Mapped[Outcome | None] = mapped_column(code(Outcome))
    last_visited_on: Mapped[date | None]
    next_visit_on: Mapped[date | None]
    merged_into: Mapped[UUID | None] = mapped_column(ForeignKey("household.id"), index=True)
    # Counts up at each change of this household.
    version: Mapped[int] = mapped_column(default=1)
    # The number its hamlet gave to its last change, so that a phone can ask for changes only.
    change: Mapped[int] = mapped_column(BigInteger, default=1, server_default=text("1"))
    # The rest of the state of domain/household_state.py, and the version of this row it was stored with. Code that
    # changes the row without it, such as the previous release, makes it outdated: the next visit reads the history.
    state: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    state_version: Mapped[int | None] = mapped_column(deferred=True)
    is_sample: Mapped[bool] = mapped_column(default=False)


class HouseholdGone(Base):
    """A household that left this hamlet's list. Phones that have it learn from this row that it is gone.

    household_id: no foreign key, since the household may be removed. change: as in Household, of this hamlet.
    """

    __tablename__ = "household_gone"
    __table_args__ = (Index("ix_household_gone_hamlet_code_change", "hamlet_code", "change", "household_id"),)

    hamlet_code: Mapped[str] = mapped_column(ForeignKey("area.code"), primary_key=True)
    household_id: Mapped[UUID] = mapped_column(primary_key=True)
    change: Mapped[int] = mapped_column(BigInteger)


class AnonymousVisit(Base):
    """That a household was visited, for a visit that may not name the household. Holds none of the answers.

    Written together with a Visit without household_id. The two rows are not linked.
    """

    __tablename__ = "anonymous_visit"

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[UUID] = mapped_column(ForeignKey("household.id"), index=True)
    day: Mapped[date]
    outcome: Mapped[Outcome] = mapped_column(code(Outcome))
    next_visit_on: Mapped[date | None]
