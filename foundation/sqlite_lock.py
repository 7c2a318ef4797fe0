"""A fair queue for the writers of one SQLite file, threads and processes: a lock file beside it.

SQLite lets writers poll, so some wait for seconds while others overtake them. The kernel's file lock wakes the next
writer, and is released when a process dies. Figures: docs/decisions/sqlite-writers-queue.md.
"""

import fcntl
import os
import sqlite3
import threading
from contextlib import suppress

LOCK_SUFFIX = "-lock"


class QueuedConnection(sqlite3.Connection):
    """A connection that queues for the write lock, and releases it when its transaction ends, in whatever way."""

    _file: str | None = None
    _lock: "_FileLock | None" = None

    def begin_writing(self, seconds: float) -> None:
        """Wait for the lock, then BEGIN IMMEDIATE.

        Raises sqlite3.OperationalError, as SQLite does, if the lock is not free within so many seconds, or if a program
        outside the queue (such as the sqlite3 command) holds the database for as long again.
        """
        if self._file is None:
            self._file = self.execute("PRAGMA database_list").fetchone()[2]
        if self._file:  # a database in memory has no other writers
            self._lock = _FileLock(self._file + LOCK_SUFFIX, seconds)
        try:
            self.execute("BEGIN IMMEDIATE")
        except BaseException:
            self._release()
            raise

    def commit(self) -> None:
        try:
            super().commit()
        finally:
            self._release_after_transaction()

    def rollback(self) -> None:
        try:
            super().rollback()
        finally:
            self._release_after_transaction()

    def close(self) -> None:
        try:
            super().close()
        finally:
            self._release()

    def _release_after_transaction(self) -> None:
        # A failed COMMIT leaves the transaction open, and a rollback follows.
        if not self.in_transaction:
            self._release()

    def _release(self) -> None:
        if self._lock:
            self._lock.release()
            self._lock = None


class _FileLock:
    """A lock that is taken on creation. Raises sqlite3.OperationalError if it is not free within so many seconds."""

    def __init__(self, path: str, seconds: float) -> None:
        try:
            # One descriptor per holder, because threads sharing one would share the lock. Not inherited by other
            # programs.
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise sqlite3.OperationalError(f"unable to open the lock of the database: {error.strerror}") from error
        self._state = threading.Lock()
        self._cancelled = False
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._wait(seconds)

    def _wait(self, seconds: float) -> None:
        # flock has no timeout, so a thread waits, and releases the lock at once if the wait was cancelled.
        held = threading.Event()
        threading.Thread(target=self._acquire, args=(held,), daemon=True).start()
        if held.wait(seconds):
            return
        with self._state:
            self._cancelled = not held.is_set()
        if self._cancelled:
            raise sqlite3.OperationalError("database is locked")

    def _acquire(self, held: threading.Event) -> None:
        with suppress(OSError):  # a file system without locks: SQLite's own polling remains
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        with self._state:
            held.set()
            if self._cancelled:
                self.release()

    def release(self) -> None:
        os.close(self._descriptor)
