"""Backups of the first format: a ZIP with `copy.json`, the tables, and the data folder's files under `folder/`."""

import json
import shutil
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from foundation.backups.archives import owner_only
from foundation.backups.manifest import DATABASE_PARTS, SECRET_KEY
from foundation.problems import Invalid

MARK = b"PK\x03\x04"
_DESCRIPTION = "copy.json"
_SECRET = "folder/secret_key"  # noqa: S105
_DAMAGE = (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, NotImplementedError)
# A secret key has some dozen characters.
_SECRET_BYTES = 64 * 1024


@dataclass(frozen=True)
class OldBackup:
    """The description in a backup of the first format. made_at: with its time zone."""

    database: str
    revision: str | None
    made_at: datetime
    keys_included: bool


def read_old_archive(file: Path, sink: Callable[[str], Path | None]) -> OldBackup:
    """Read a whole backup of the first format, its checksums compared; sink as for read_archive.

    Of the data folder's files only the secret key is read; the others are recreated. Raises Invalid {"file":
    "not_a_backup" | "damaged" | "newer_than_us"}.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            description = json.loads(archive.read(_DESCRIPTION))
            if description["format"] != 1 or description["database"] not in DATABASE_PARTS:
                raise Invalid({"file": "newer_than_us"})
            names = archive.namelist()
            database_part = DATABASE_PARTS[description["database"]]
            if archive.testzip() is not None or database_part not in names:
                raise Invalid({"file": "damaged"})
            _copy(archive, database_part, sink(database_part))
            if _SECRET in names:
                if archive.getinfo(_SECRET).file_size > _SECRET_BYTES:
                    raise Invalid({"file": "damaged"})
                _copy(archive, _SECRET, sink(SECRET_KEY))
            return OldBackup(
                description["database"],
                description["revision"],
                datetime.fromisoformat(description["made_at"]),
                _SECRET in names,
            )
    except (KeyError, TypeError, json.JSONDecodeError):
        raise Invalid({"file": "not_a_backup"}) from None
    except _DAMAGE:
        raise Invalid({"file": "damaged"}) from None


def _copy(archive: zipfile.ZipFile, name: str, target: Path | None) -> None:
    if target is not None:
        with archive.open(name) as packed, open(target, "wb", opener=owner_only) as opened:
            shutil.copyfileobj(packed, opened)
