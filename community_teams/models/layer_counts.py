"""Sums of the visits' answers: the columns behind the layers of the map and the indicators."""

from sqlalchemy import Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from community_teams.domain.counting import LAYERS


class LayerCounts:
    """Named as in domain/household_counts.py, where each is explained: STATES first, then EVENTS and LATER."""

    households_sized: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    adults: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    households_aged_known: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    aged_60plus: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    assessed: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    vneid_asked: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    level2: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    skills_asked: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    able: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    signal_asked: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    signal_none: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    signal_weak: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    power_asked: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    power_gap: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    phone_asked: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    no_smartphone: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    language_asked: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    language_vi_only: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    language_muong: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    language_thai: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    language_mong: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    language_dao: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    language_tho: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    language_khomu: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    language_other: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    helped_60plus: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    newborn_flagged: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    newborn_resolved: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    progress_households: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    progress_points: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    recovered: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    left_not_home: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    left_rescheduled: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    left_refused: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    left_not_found: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    left_language: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    left_unsafe: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    timed: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    minutes: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    lessons: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    dossiers: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    scam_warnings: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    trips: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    trip_km: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    feelings: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    happy: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    issues_opened: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    issues_closed: Mapped[int] = mapped_column(default=0, server_default=text("0"))


# Counters of questions that name theirs in the table (domain/visits.py).
for _name in LAYERS:
    if not hasattr(LayerCounts, _name):
        setattr(LayerCounts, _name, mapped_column(Integer, nullable=False, default=0, server_default=text("0")))
