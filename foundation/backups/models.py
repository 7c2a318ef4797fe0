"""The table of created and verified backups."""

from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base, UtcDateTime


class BackupRecord(Base):
    """One backup that passed every check. After a restore only those made before that backup are listed."""

    __tablename__ = "backup_record"

    id: Mapped[int] = mapped_column(primary_key=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    # The name only: the folder may be on another machine.
    file: Mapped[str] = mapped_column(String(255))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    encrypted: Mapped[bool]
    keys_included: Mapped[bool]
