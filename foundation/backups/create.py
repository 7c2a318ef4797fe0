"""Creates one backup, and checks it before it gets its name."""

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyrage
from sqlalchemy import Engine, inspect
from sqlalchemy.orm import Session

from foundation.backups import postgresql, sqlite
from foundation.backups.archives import Recipient, describe, owner_only, read_archive, write_archive
from foundation.backups.manifest import (
    FORMAT,
    SEAL,
    SEAL_PASSWORD,
    SECRET_KEY,
    ArchivePart,
    Manifest,
    file_stamp,
    fingerprint,
)
from foundation.backups.models import BackupRecord
from foundation.database import Base, tables_without_backup
from foundation.migrating import current
from foundation.problems import Invalid, Problem
from foundation.schema import head
from foundation.settings import Settings

# Prefix of work folders in the data folder; the next run deletes those of killed ones.
WORK = ".backup-"
HASH_ENDING = ".sha256"
# Other content of the data folder that no backup needs: recreated at every start, or useless elsewhere.
_NOT_NEEDED = {"static", "prepared.txt", "jobs", "spool", "sample_password", "secret_key", "seal.p12", "seal_password"}


@dataclass(frozen=True)
class Backup:
    """A finished backup. unknown_files: names of other files in the data folder, which are not in the backup."""

    file: Path
    part: ArchivePart
    manifest: Manifest
    encrypted: bool
    unknown_files: tuple[str, ...]


def create_backup(
    engine: Engine, settings: Settings, file: Path, recipients: Sequence[Recipient], *, now: datetime
) -> Backup:
    """Write everything a restore needs to `file`, readable by its owner alone, while the platform goes on serving.

    Keys are included only where there are recipients to encrypt for. The tables are those of one moment. The copy of
    the database is checked, then the finished file is read back, decrypted, and the hash of each part compared; only
    then does it get its name, replacing one of the same name, with `<file>.sha256` beside it. Raises
    Problem("empty_database" | "damaged_database" | "disk_full" | "no_such_tool" | "tool_failed" | "not_readable" |
    "not_written"): then there is no new file, and an old one is as it was.
    """
    remove_leftovers(settings.data_folder, now)
    if current(engine) is None:
        # Mostly wrong settings. An empty backup would count as intact and replace real ones in the folder.
        raise Problem("empty_database")
    try:
        with (
            tempfile.TemporaryDirectory(dir=settings.data_folder, prefix=WORK) as work,
            tempfile.TemporaryDirectory(dir=file.parent, prefix=WORK) as beside,
        ):
            manifest, sources = _collect(engine, settings, Path(work), with_keys=bool(recipients), now=now)
            finished = Path(beside) / "finished"
            part = _write_and_read_back(finished, manifest, sources, recipients)
            hashes = Path(beside) / "hashes"
            with open(hashes, "w", encoding="utf-8", opener=owner_only) as out:
                out.write(f"{part.sha256}  {file.name}\n")
            os.replace(finished, file)
            os.replace(hashes, file.with_name(file.name + HASH_ENDING))
            _sync_folder(file.parent)
    except OSError as error:
        raise Problem("not_written", reason=str(error)) from error
    backup = Backup(file, part, manifest, bool(recipients), _unknown_files(engine, settings.data_folder, file))
    _record(engine, backup)
    return backup


def backup_name(now: datetime, *, encrypted: bool) -> str:
    return f"bdhvs-{file_stamp(now)}.tar.gz{'.age' if encrypted else ''}"


def remove_leftovers(folder: Path, now: datetime) -> None:
    """Delete work folders of backups and restores that were killed more than a day ago."""
    for left in folder.glob(f"{WORK}*"):
        if left.is_dir() and left.stat().st_mtime < now.timestamp() - 24 * 3600:
            shutil.rmtree(left, ignore_errors=True)


def _collect(
    engine: Engine, settings: Settings, work: Path, *, with_keys: bool, now: datetime
) -> tuple[Manifest, dict[str, Path | bytes]]:
    database = engine.dialect.name
    tables_file = work / "tables"
    dump = sqlite.dump if database == "sqlite" else postgresql.dump
    tables = dump(engine, tables_file, without_rows=tables_without_backup())
    revision = current(engine)
    if revision == head() and (missing := sorted(Base.metadata.tables.keys() - tables.keys())):
        # A table that is gone leaves no broken page behind, and no line of any check.
        raise Problem("damaged_database", lines=[f"{name}: không còn bảng này (table is gone)" for name in missing[:5]])
    secret_key = settings.signing_key()
    manifest = Manifest.model_validate(
        {
            "format": FORMAT,
            "made_at": now.replace(microsecond=0),
            "database": database,
            "revision": revision,
            "tables": tables,
            "parts": {},
            "secret_fingerprint": fingerprint(secret_key),
            "has_seal": settings.seal_file is not None,
            "settings": {
                "PUBLIC_ADDRESS": settings.public_address,
                "ORGANISATION": settings.organisation,
                "MAP_TILES": settings.map_tiles,
                "MAP_TILES_CREDIT": settings.map_tiles_credit,
            },
        }
    )
    sources: dict[str, Path | bytes] = {manifest.database_part: tables_file}
    if with_keys:
        sources[SECRET_KEY] = secret_key.encode()
        if settings.seal_file is not None:
            try:
                sources[SEAL] = settings.seal_file.read_bytes()
            except OSError as error:
                raise Problem("not_readable", file=str(settings.seal_file)) from error
            sources[SEAL_PASSWORD] = settings.seal_password.encode()
    parts = {name: describe(source) for name, source in sources.items()}
    return manifest.model_copy(update={"parts": parts}), sources


def _write_and_read_back(
    file: Path, manifest: Manifest, sources: Mapping[str, Path | bytes], recipients: Sequence[Recipient]
) -> ArchivePart:
    # One more recipient, whose private key exists in this process only, to read the file back.
    reader = pyrage.x25519.Identity.generate()
    try:
        write_archive(file, manifest, sources, [*recipients, reader.to_public()] if recipients else [])
        found = read_archive(file, [reader], lambda _: None)
    except (Invalid, pyrage.EncryptError) as error:
        raise Problem("not_written", reason=str(error)) from error
    if found != manifest:
        raise Problem("not_written", reason="the manifest read back differs")
    return describe(file)


def _unknown_files(engine: Engine, data_folder: Path, file: Path) -> tuple[str, ...]:
    database = sqlite.database_file(engine).name if engine.dialect.name == "sqlite" else None
    found = []
    for entry in sorted(data_folder.iterdir()):
        known = entry.name in _NOT_NEEDED or entry.name.startswith(WORK) or entry.resolve() in file.resolve().parents
        ours = entry.resolve() == file.resolve() or entry.name == file.name + HASH_ENDING
        if not (known or ours or (database is not None and entry.name.startswith(database))):
            found.append(entry.name)
    return tuple(found)


def _record(engine: Engine, backup: Backup) -> None:
    # A backup made before an upgrade: the table may be among what the upgrade brings.
    if not inspect(engine).has_table(BackupRecord.__tablename__):
        return
    with Session(engine.execution_options(writing=True)) as session:
        session.add(
            BackupRecord(
                made_at=backup.manifest.made_at,
                file=backup.file.name[:255],
                size=backup.part.size,
                sha256=backup.part.sha256,
                encrypted=backup.encrypted,
                keys_included=backup.manifest.keys_included,
            )
        )
        session.commit()


def _sync_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
