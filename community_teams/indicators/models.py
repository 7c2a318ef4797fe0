"""Targets of plans, in the plans' own words and years."""

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base


class Target(Base):
    """One target of one plan for one area and year.

    area_code: None for the nation. key: unique within its area and year, such as "nguoi-lon-ky-nang". indicator: the
    nearest one, "K06"; same: whether that indicator measures exactly the same, so that both may be shown together.
    percent: the target, 0 to 100; None where the plan gives no number. words: quoted from the plan. source: the plan
    and where it was read. reliability: how sure that is, in words.
    """

    __tablename__ = "target"
    __table_args__ = (UniqueConstraint("area_code", "year", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    area_code: Mapped[str | None] = mapped_column(ForeignKey("area.code"))
    year: Mapped[int]
    key: Mapped[str] = mapped_column(String(40))
    indicator: Mapped[str] = mapped_column(String(3))
    same: Mapped[bool] = mapped_column(default=False)
    percent: Mapped[float | None]
    words: Mapped[str] = mapped_column(String(300))
    source: Mapped[str] = mapped_column(String(300))
    reliability: Mapped[str] = mapped_column(String(300), default="")
    note: Mapped[str] = mapped_column(String(300), default="")
