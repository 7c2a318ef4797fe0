"""The geometry of maps, stored when areas or outlines change, so that no page has to compute it."""

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from community_teams.coverage.domain.drawing import Style
from community_teams.models.columns import code
from foundation.database import Base


class AreaDrawing(Base):
    """The map of the areas right beneath one, in one style. drawing: from as_json of domain/drawing.py.

    parent_code: "" for the nation. A style that cannot be drawn has no row: tiles need the middle of every area,
    outlines an outline of at least one.
    """

    __tablename__ = "area_drawing"

    parent_code: Mapped[str] = mapped_column(String(20), primary_key=True)
    style: Mapped[Style] = mapped_column(code(Style), primary_key=True)
    drawing: Mapped[dict[str, object]] = mapped_column(JSON)
