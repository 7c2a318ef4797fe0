"""The table of buckets that are not empty."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base, UtcDateTime


class ThrottleBucket(Base):
    """One limit of one account, device or address. Empty, and swept away, once `full_until` has passed.

    key: a digest with the server's secret key, from which the name or address cannot be found out.
    """

    __tablename__ = "throttle_bucket"

    name: Mapped[str] = mapped_column(String(30), primary_key=True)
    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    full_until: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
