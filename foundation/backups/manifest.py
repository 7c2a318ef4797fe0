"""The description of a backup: `manifest.json`, the first file in it."""

import hashlib
import hmac
from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from foundation.problems import Invalid

FORMAT = 2
MANIFEST = "manifest.json"
# More than any manifest needs (one line per table). Checked before reading.
MANIFEST_BYTES = 1024 * 1024
DATABASE_PARTS = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}
SECRET_KEY, SEAL, SEAL_PASSWORD = "keys/secret_key", "keys/seal.p12", "keys/seal_password"
KEY_PARTS = (SECRET_KEY, SEAL, SEAL_PASSWORD)


class ArchivePart(BaseModel):
    """One file of the backup. size: bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    size: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Manifest(BaseModel):
    """Everything a restore checks before it changes anything.

    tables: rows by table, as counted in the backup itself. parts: by name, the database first. secret_fingerprint:
    equal for equal secret keys; the key cannot be derived from it. settings: non-secret ones, for setting up a new
    server.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int
    made_at: AwareDatetime
    database: Literal["sqlite", "postgresql"]
    revision: str | None
    tables: dict[str, int]
    parts: dict[str, ArchivePart]
    secret_fingerprint: str
    has_seal: bool
    settings: dict[str, str]

    @property
    def database_part(self) -> str:
        return DATABASE_PARTS[self.database]

    @property
    def keys_included(self) -> bool:
        return SECRET_KEY in self.parts


def read_manifest(raw: bytes) -> Manifest:
    """Raises Invalid {"file": "newer_than_us"} for a later format, {"file": "damaged"} for anything unreadable."""
    try:
        manifest = Manifest.model_validate_json(raw)
    except ValidationError as error:
        code = "newer_than_us" if _later_format(raw) else "damaged"
        raise Invalid({"file": code}) from error
    if manifest.format != FORMAT:
        raise Invalid({"file": "newer_than_us"})
    if manifest.database_part not in manifest.parts or set(manifest.parts) - {manifest.database_part, *KEY_PARTS}:
        raise Invalid({"file": "damaged"})
    return manifest


class _FormatOnly(BaseModel):
    format: int


def _later_format(raw: bytes) -> bool:
    try:
        return _FormatOnly.model_validate_json(raw).format > FORMAT
    except ValidationError:
        return False


def fingerprint(secret_key: str) -> str:
    """32 hexadecimal digits to compare two secret keys without storing them."""
    return hmac.new(secret_key.encode(), b"backup fingerprint of the secret key", hashlib.sha256).hexdigest()[:32]


def file_stamp(moment: datetime) -> str:
    """The time in a backup's file name, in UTC: "20261121T050000Z"."""
    return moment.strftime("%Y%m%dT%H%M%SZ")
