"""Stores request bodies while they arrive: small ones in memory, others in unnamed files, within a budget."""

import io
import tempfile
from pathlib import Path
from typing import IO, cast

# A larger body goes to a file at once, so that a few large ones cannot use the memory of many small ones.
LARGEST_IN_MEMORY = 64 * 1024  # bytes


class SpoolFull(Exception):
    """The disk budget is used up, or the disk is full. The client may try again later."""


class Spool:
    """The budget that all bodies of one worker share.

    folder: where files go; made when missing. memory, disk: bytes that all bodies together may take.
    Used only in the event loop's thread, so it needs no lock. Files have no name and disappear with the process.
    """

    def __init__(self, folder: Path, *, memory: int, disk: int) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.memory_left = memory
        self.disk_left = disk

    def open(self) -> "Body":
        return Body(self)

    def make_file(self) -> io.RawIOBase:
        try:
            # Unbuffered: two thousand buffers of 8 KB would be memory again.
            return cast(io.RawIOBase, tempfile.TemporaryFile(dir=self.folder, buffering=0))
        except OSError as error:
            raise SpoolFull(str(error)) from error


class Body:
    """One body. Call close() when it is no longer needed, to free its share of the budget."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._chunks: list[bytes] = []
        self._file: io.RawIOBase | None = None
        self.size = 0

    def write(self, chunk: bytes) -> None:
        """Add a chunk. Raises SpoolFull; the body is then incomplete and must be closed."""
        size = len(chunk)
        if self._file is None:
            if self.size + size <= LARGEST_IN_MEMORY and size <= self._spool.memory_left:
                self._spool.memory_left -= size
                self._chunks.append(chunk)
                self.size += size
                return
            self._move_to_file()
        self._append(chunk)
        self.size += size

    def reader(self) -> IO[bytes]:
        """The whole body from its first byte, for wsgi.input. Valid until close()."""
        if self._file is None:
            return io.BytesIO(b"".join(self._chunks))
        self._file.seek(0)
        return io.BufferedReader(self._file)

    def close(self) -> None:
        if self._file is None:
            self._spool.memory_left += self.size
        else:
            self._spool.disk_left += self.size
            self._file.close()
        self._chunks.clear()
        self.size = 0

    def _move_to_file(self) -> None:
        chunks, self._chunks = self._chunks, []
        self._spool.memory_left += self.size
        moved, self.size = self.size, 0
        self._file = self._spool.make_file()
        for chunk in chunks:
            self._append(chunk)
        self.size = moved

    def _append(self, chunk: bytes) -> None:
        assert self._file is not None
        if len(chunk) > self._spool.disk_left:
            raise SpoolFull("disk budget")
        try:
            rest = memoryview(chunk)
            while rest:
                rest = rest[self._file.write(rest) or 0 :]
        except OSError as error:
            raise SpoolFull(str(error)) from error
        self._spool.disk_left -= len(chunk)
