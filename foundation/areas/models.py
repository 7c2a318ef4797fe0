"""Tables of the areas and their outlines."""

from datetime import date

from sqlalchemy import Enum, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.areas.domain.kinds import AreaKind, Level
from foundation.database import Base, bytewise


def _codes(kinds: type[Level] | type[AreaKind]) -> list[str]:
    return [kind.value for kind in kinds]


class Area(Base):
    """A province, a commune or a hamlet.

    code: official for provinces (2 digits) and communes (5 digits); a hamlet's is `<commune>-NNN` unless its list
    gives another. path: the codes from the province down, each followed by "/".
    """

    __tablename__ = "area"

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("area.code"), index=True)
    level: Mapped[Level] = mapped_column(Enum(Level, native_enum=False, length=10, values_callable=_codes))
    kind: Mapped[AreaKind] = mapped_column(Enum(AreaKind, native_enum=False, length=20, values_callable=_codes))
    name: Mapped[str] = mapped_column(String(100))
    path: Mapped[str] = mapped_column(bytewise(60), unique=True)
    sort_key: Mapped[str] = mapped_column(bytewise(600))
    folded: Mapped[str] = mapped_column(String(100))
    # The middle of the area in degrees, WGS 84. A hamlet's is often not known.
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    # How many households the authorities count, where that is from, and of which day. None is "not known", never 0.
    official_households: Mapped[int | None]
    households_source: Mapped[str | None] = mapped_column(String(300))
    households_as_of: Mapped[date | None]
    is_sample: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        # Every page asks whether it shows sample figures; almost no area is a sample.
        Index(
            "ix_area_sample_path",
            "path",
            sqlite_where=text("is_sample = 1"),
            postgresql_where=text("is_sample"),
        ),
    )


class Outline(Base):
    """The border of one area, simplified for a map.

    version: changes when the outline does, and only then. geojson: a GeoJSON geometry as text, 4 decimals.
    """

    __tablename__ = "outline"

    area_code: Mapped[str] = mapped_column(ForeignKey("area.code", ondelete="CASCADE"), primary_key=True)
    version: Mapped[str] = mapped_column(String(16))
    geojson: Mapped[str] = mapped_column(Text)
    # The box around it, in degrees.
    west: Mapped[float]
    south: Mapped[float]
    east: Mapped[float]
    north: Mapped[float]
    # Put together from the outlines of its communes, because none was given for itself.
    dissolved: Mapped[bool] = mapped_column(default=False)
