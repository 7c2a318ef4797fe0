"""Restores a backup. Checks everything in it before changing anything."""

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, inspect
from sqlalchemy.exc import DatabaseError

from foundation.backups import postgresql, sqlite
from foundation.backups.archives import Identity, read_archive
from foundation.backups.create import WORK, remove_leftovers
from foundation.backups.manifest import DATABASE_PARTS, SEAL, SEAL_PASSWORD, SECRET_KEY, Manifest, fingerprint
from foundation.backups.old_format import MARK, read_old_archive
from foundation.migrating import knows
from foundation.problems import Conflict, Invalid, Problem
from foundation.settings import Settings


@dataclass(frozen=True)
class Restored:
    """What a restore did, and what it could not restore.

    key: "restored" from the backup; "same" as the current one; "missing": created with another secret key, which the
    backup does not contain; "unknown": a backup of the first format that holds none. seal: "none" where the server had
    none; "restored" into `seal_file`; "set" where SEAL_FILE names one already; "missing". settings: those of the old
    server that differ here, by variable.
    """

    made_at: datetime
    key: str
    seal: str
    seal_file: Path
    settings: dict[str, str]


@dataclass(frozen=True)
class _Opened:
    """A backup unpacked into a folder. manifest: None for the first format, which counts no rows."""

    database: str
    revision: str | None
    made_at: datetime
    parts: dict[str, Path]
    manifest: Manifest | None


def restore_backup(
    engine: Engine,
    settings: Settings,
    file: Path,
    identities: Sequence[Identity] = (),
    *,
    now: datetime,
    replace: bool = False,
    other_key: bool = False,
) -> Restored:
    """Put a backup's tables in place of those here, and its keys into the data folder.

    replace: also where the database has tables. other_key: also where SECRET_KEY is set to another key than the
    backup's. Raises Invalid {"file": code} as read_archive and "another_database"; Conflict("not_empty");
    Conflict("another_key"); Problem("no_such_tool" | "tool_failed" | "disk_full" | "not_written"). Nothing was changed
    then. No server may be running. The second time gives the same again.
    """
    remove_leftovers(settings.data_folder, now)
    try:
        with tempfile.TemporaryDirectory(dir=settings.data_folder, prefix=WORK) as work:
            opened = _open(file, identities, Path(work))
            _check(engine, opened)
            key = _key_state(settings, opened)
            if key == "another" and not other_key:
                raise Conflict("another_key")
            if not replace and _has_tables(engine):
                raise Conflict("not_empty")
            tables = opened.manifest.tables if opened.manifest else None
            part = opened.parts[DATABASE_PARTS[opened.database]]
            if opened.database == "sqlite":
                sqlite.load(engine, part)
            else:
                postgresql.load(engine, part, tables, Path(work))
            engine.dispose()
            # A rename within one folder, which cannot fail on a full disk.
            if key == "restored":
                os.replace(opened.parts[SECRET_KEY], settings.data_folder / "secret_key")
            seal = _restore_seal(settings, opened)
    except OSError as error:
        raise Problem("not_written", reason=str(error)) from error
    return Restored(
        made_at=opened.made_at,
        key="missing" if key == "another" else key,
        seal=seal,
        seal_file=settings.data_folder / "seal.p12",
        settings=_differing(settings, opened.manifest),
    )


def _open(file: Path, identities: Sequence[Identity], work: Path) -> _Opened:
    parts: dict[str, Path] = {}

    def sink(name: str) -> Path:
        parts[name] = work / name.replace("/", "-")
        return parts[name]

    with file.open("rb") as raw:
        old = raw.read(len(MARK)) == MARK
    if old:
        old_backup = read_old_archive(file, sink)
        return _Opened(old_backup.database, old_backup.revision, old_backup.made_at, parts, None)
    manifest = read_archive(file, identities, sink)
    return _Opened(manifest.database, manifest.revision, manifest.made_at, parts, manifest)


def _check(engine: Engine, opened: _Opened) -> None:
    if opened.revision is not None and not knows(opened.revision):
        raise Invalid({"file": "newer_than_us"})
    if opened.database != engine.dialect.name:
        raise Invalid({"file": "another_database"})
    tables = opened.manifest.tables if opened.manifest else None
    part = opened.parts[DATABASE_PARTS[opened.database]]
    if opened.database == "sqlite":
        sqlite.verify(part, tables)
    else:
        postgresql.verify(engine, part, tables)


def _has_tables(engine: Engine) -> bool:
    try:
        return bool(inspect(engine).get_table_names())
    except DatabaseError:
        return True  # damaged: content unknown


def _key_state(settings: Settings, opened: _Opened) -> str:
    """ "restored", "same", "missing", "unknown", or "another": one is set here that is not the backup's."""
    there = opened.parts.get(SECRET_KEY)
    wanted = fingerprint(there.read_text(encoding="utf-8").strip()) if there else None
    if wanted is None and opened.manifest is not None:
        wanted = opened.manifest.secret_fingerprint
    if wanted is None:
        return "unknown"
    if wanted == fingerprint(settings.signing_key()):
        return "same"
    if settings.secret_key:
        return "another"
    return "restored" if there else "missing"


def _restore_seal(settings: Settings, opened: _Opened) -> str:
    if opened.manifest is None or not opened.manifest.has_seal:
        return "none"
    if settings.seal_file is not None and settings.seal_file.is_file():
        return "set"
    if SEAL not in opened.parts:
        return "missing"
    os.replace(opened.parts[SEAL], settings.data_folder / "seal.p12")
    os.replace(opened.parts[SEAL_PASSWORD], settings.data_folder / "seal_password")
    return "restored"


def _differing(settings: Settings, manifest: Manifest | None) -> dict[str, str]:
    here = settings.model_dump()
    before = manifest.settings if manifest else {}
    return {name: value for name, value in before.items() if here.get(name.lower()) != value}
