"""Fair turns for the writers of one SQLite file, threads and processes alike: a file lock beside it.

SQLite itself lets writers poll: whoever looks at the right moment wins, and some wait for seconds. The kernel's file
lock wakes the next writer, and lets go when a process dies. Figures: docs/decisions/sqlite-writers-queue.md.
"""

import fcntl
import os
import sqlite3
import threading
from contextlib import suppress

LOCK_SUFFIX = "-lock"


class QueuedConnection(sqlite3.Connection):
    """A connection that waits for its turn to write, and gives it up when its transaction ends, however it ends."""

    _file: str | None = None
    _lock: "_FileLock | None" = None

    def begin_writing(self, seconds: float) -> None:
        """BEGIN IMMEDIATE, when it is this connection's turn.

        Raises sqlite3.OperationalError, as SQLite does, when the turn does not come within so many seconds, or when
        somebody outside the queue (a command-line sqlite3, say) holds the database for as long again.
        """
        if self._file is None:
            self._file = self.execute("PRAGMA database_list").fetchone()[2]
        if self._file:  # one in memory has no other writers
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
        # A COMMIT that was refused leaves the transaction open, and a rollback follows.
        if not self.in_transaction:
            self._release()

    def _release(self) -> None:
        if self._lock:
            self._lock.release()
            self._lock = None


class _FileLock:
    """Held from the start. Raises sqlite3.OperationalError when it cannot be had within so many seconds."""

    def __init__(self, path: str, seconds: float) -> None:
        try:
            # A descriptor of its own for each holder: only so are threads told apart. Not inherited by other programs.
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise sqlite3.OperationalError(f"unable to open the lock of the database: {error.strerror}") from error
        self._turn = threading.Lock()
        self._given_up = False
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._wait(seconds)

    def _wait(self, seconds: float) -> None:
        # The kernel knows no bound for waiting, so a thread waits, and lets go at once if nobody wants it any more.
        held = threading.Event()
        threading.Thread(target=self._acquire, args=(held,), daemon=True).start()
        if held.wait(seconds):
            return
        with self._turn:
            self._given_up = not held.is_set()
        if self._given_up:
            raise sqlite3.OperationalError("database is locked")

    def _acquire(self, held: threading.Event) -> None:
        with suppress(OSError):  # a file system without locks: SQLite's own waiting remains
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        with self._turn:
            held.set()
            if self._given_up:
                self.release()

    def release(self) -> None:
        os.close(self._descriptor)
