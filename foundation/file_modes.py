"""File modes of everything the platform writes: folders 0700, files 0600, so that other users cannot read it."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from flask import Flask
from sqlalchemy import make_url

from foundation.doctor import Finding, Severity
from foundation.settings import Settings
from foundation.sqlite_lock import LOCK_SUFFIX

UMASK = 0o077
FOLDER_MODE, FILE_MODE = 0o700, 0o600
# An existing data folder is changed only if it is empty or contains one of these: DATA_FOLDER=/tmp by mistake must not
# close /tmp to everybody.
_KNOWN_NAMES = ("secret_key", "bdhvs.sqlite3", "static")


def prepare_data_folder(settings: Settings) -> None:
    """Set the umask of this process, create the data folder, and close it to others. A second call changes nothing."""
    os.umask(UMASK)
    settings.data_folder.mkdir(parents=True, exist_ok=True)
    if _is_ours(settings.data_folder):
        _set_mode(settings.data_folder, FOLDER_MODE)
    for file in _database_files(settings):
        _set_mode(file, FILE_MODE)


def correct_modes(settings: Settings) -> None:
    """Correct the modes of everything in the data folder. A second call changes nothing."""
    for path, wanted in _entries(settings):
        _set_mode(path, wanted)


def open_to_others(settings: Settings) -> list[Path]:
    """Paths of the data folder and the SQLite file that other users may read or change, at most 20.

    After correct_modes these are files of another user, or a data folder that others share.
    """
    found = []
    for path, _ in [(settings.data_folder, FOLDER_MODE), *_entries(settings), *_of_database(settings)]:
        try:
            mode = path.lstat().st_mode
        except OSError:
            continue
        if mode & UMASK and not stat.S_ISLNK(mode):
            found.append(path)
    return list(dict.fromkeys(found))[:20]


def check_file_modes(app: Flask) -> list[Finding]:
    """For `flask doctor`."""
    found = open_to_others(app.extensions["settings"])
    if not found:
        return []
    names = ", ".join(map(str, found[:5])) + (" …" if len(found) > 5 else "")
    return [
        Finding(
            "files_open_to_others",
            Severity.FAULT,
            f"Người khác trên máy này đọc được: {names}.",
            "Trong đó có dữ liệu của các hộ và khoá của trang.",
            f"Để DATA_FOLDER là thư mục riêng của tài khoản chạy trang, rồi: chmod -R go-rwx {found[0]}",
        )
    ]


def _entries(settings: Settings) -> Iterator[tuple[Path, int]]:
    folder = settings.data_folder
    if not _is_ours(folder):
        return
    # Links are not followed: their targets may belong to others.
    for here, folders, files in os.walk(folder):
        yield from ((Path(here, name), FOLDER_MODE) for name in folders)
        yield from ((Path(here, name), FILE_MODE) for name in files)


def _of_database(settings: Settings) -> Iterator[tuple[Path, int]]:
    yield from ((file, FILE_MODE) for file in _database_files(settings))


def _database_files(settings: Settings) -> list[Path]:
    """The SQLite file with its log, index and lock file, from DATABASE_URL; none on PostgreSQL."""
    url = make_url(settings.database)
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return []
    return [Path(f"{url.database}{end}") for end in ("", "-wal", "-shm", "-journal", LOCK_SUFFIX)]


def _is_ours(folder: Path) -> bool:
    try:
        mode = folder.stat().st_mode
        names = {entry.name for entry in os.scandir(folder)}
    except OSError:
        return False
    return not mode & stat.S_ISVTX and (not names or any(mark in names for mark in _KNOWN_NAMES))


def _set_mode(path: Path, wanted: int) -> None:
    try:
        now = path.lstat().st_mode
        if not stat.S_ISLNK(now) and stat.S_IMODE(now) != wanted:
            path.chmod(wanted)
    except OSError:
        # Another user's file, or just deleted. `open_to_others` reports what remains.
        return
