"""Classifies errors of the database and the disk, with the same codes for SQLite and PostgreSQL."""

import errno
import sqlite3
from collections.abc import Iterator
from enum import StrEnum

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout


class StorageFault(StrEnum):
    """What is wrong. The first two are temporary; the others need an administrator."""

    BUSY = "busy"  # others hold a lock, or all connections are in use
    UNREACHABLE = "unreachable"  # no connection: stopped, starting, file missing
    READ_ONLY = "read_only"  # a server in recovery, or a file or folder that may not be written
    FULL = "full"  # no room left on the disk
    DAMAGED = "damaged"  # the file is malformed, or is no database
    SCHEMA = "schema"  # a table or column is missing: migrations have not run
    REFUSED = "refused"  # wrong name, password, database or permission


# The longest matching prefix counts. https://www.postgresql.org/docs/15/errcodes-appendix.html
_SQLSTATES = {
    "08": StorageFault.UNREACHABLE,
    "25006": StorageFault.READ_ONLY,
    "28": StorageFault.REFUSED,
    "3D000": StorageFault.REFUSED,
    "3F000": StorageFault.SCHEMA,
    "40": StorageFault.BUSY,  # deadlock, serialization failure, conflict with recovery
    "42501": StorageFault.REFUSED,
    "42703": StorageFault.SCHEMA,
    "42P01": StorageFault.SCHEMA,
    "53": StorageFault.BUSY,
    "53100": StorageFault.FULL,
    "55P03": StorageFault.BUSY,
    "57014": StorageFault.BUSY,
    "57P": StorageFault.UNREACHABLE,
    "58": StorageFault.UNREACHABLE,
    "58P01": StorageFault.DAMAGED,  # a file of the database is missing
    "XX": StorageFault.DAMAGED,
}

# The longest matching prefix counts. https://www.sqlite.org/rescode.html
_SQLITE_NAMES = {
    "SQLITE_AUTH": StorageFault.UNREACHABLE,
    "SQLITE_BUSY": StorageFault.BUSY,
    "SQLITE_CANTOPEN": StorageFault.UNREACHABLE,
    "SQLITE_CORRUPT": StorageFault.DAMAGED,
    "SQLITE_FULL": StorageFault.FULL,
    "SQLITE_IOERR": StorageFault.UNREACHABLE,
    # SQLite's answers when the files beside the database cannot grow.
    "SQLITE_IOERR_FSYNC": StorageFault.FULL,
    "SQLITE_IOERR_SHMSIZE": StorageFault.FULL,
    "SQLITE_IOERR_TRUNCATE": StorageFault.FULL,
    "SQLITE_IOERR_WRITE": StorageFault.FULL,
    "SQLITE_LOCKED": StorageFault.BUSY,
    "SQLITE_NOTADB": StorageFault.DAMAGED,
    "SQLITE_PERM": StorageFault.UNREACHABLE,
    "SQLITE_READONLY": StorageFault.READ_ONLY,
}

# For errors without a useful code: SQLite's errors of a statement, libpq's errors of a connection.
_WORDS = {
    "No space left": StorageFault.FULL,
    "authentication failed": StorageFault.REFUSED,
    "could not decode to UTF-8": StorageFault.DAMAGED,
    "disk is full": StorageFault.FULL,
    "does not exist": StorageFault.REFUSED,
    "has no column named": StorageFault.SCHEMA,
    "is locked": StorageFault.BUSY,
    "malformed": StorageFault.DAMAGED,
    "no such column": StorageFault.SCHEMA,
    "no such table": StorageFault.SCHEMA,
    "not a database": StorageFault.DAMAGED,
    "readonly database": StorageFault.READ_ONLY,
    "too many clients": StorageFault.BUSY,
    "too many connections": StorageFault.BUSY,
    "unable to open": StorageFault.UNREACHABLE,
}

_ERRNOS = {
    errno.EDQUOT: StorageFault.FULL,
    errno.ENOSPC: StorageFault.FULL,
    errno.EROFS: StorageFault.READ_ONLY,
}


def storage_fault(error: BaseException) -> StorageFault | None:
    """What is wrong with the storage; None for any other error, such as a violated constraint or a bug.

    Also looks at the exceptions that caused the error, so that a wrapped one is recognised.
    """
    for each in _causes(error):
        found = _fault(each)
        if found is not None:
            return found
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__


def _fault(error: BaseException) -> StorageFault | None:
    if isinstance(error, PoolTimeout):
        return StorageFault.BUSY
    if isinstance(error, DBAPIError):
        return _fault(error.orig) if error.orig is not None else None
    if isinstance(error, sqlite3.Error):
        name = getattr(error, "sqlite_errorname", "")
        return _longest(_SQLITE_NAMES, name) or _by_words(error)
    if type(error).__module__.partition(".")[0] == "psycopg":
        return _postgresql(error)
    if isinstance(error, OSError):
        return _ERRNOS.get(error.errno or 0)
    return None


def _postgresql(error: BaseException) -> StorageFault | None:
    state: str | None = getattr(error, "sqlstate", None)
    if state == "58030" or state is None:
        known = _by_words(error)
        if known is not None:
            return known
    if state is not None:
        return _longest(_SQLSTATES, state)
    # Without a state the server was not reached, or the connection was lost. ProgrammingError and the like are bugs.
    return StorageFault.UNREACHABLE if type(error).__name__ in {"OperationalError", "ConnectionTimeout"} else None


def _longest(table: dict[str, StorageFault], name: str) -> StorageFault | None:
    for length in range(len(name), 0, -1):
        if name[:length] in table:
            return table[name[:length]]
    return None


def _by_words(error: BaseException) -> StorageFault | None:
    text = str(error).lower()
    return next((fault for words, fault in _WORDS.items() if words.lower() in text), None)
