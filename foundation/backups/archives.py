"""A backup's file: a gzipped tar, encrypted with age where there is a recipient. Written and read as a stream.

No file is ever completely in memory. Standard tools open it too: `age -d -i KEY FILE | tar xz`.
"""

import fcntl
import gzip
import hashlib
import io
import os
import tarfile
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

import pyrage

from foundation.backups.manifest import MANIFEST, MANIFEST_BYTES, ArchivePart, Manifest, read_manifest
from foundation.problems import Invalid

CHUNK = 1024 * 1024  # bytes read at once
_AGE, _GZIP = b"age-encryption.org/", b"\x1f\x8b"
# What tarfile, gzip and zlib raise for a file that is cut off or changed.
_DAMAGE = (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error, ValueError)

Recipient = Any  # pyrage has no types
Identity = Any


def owner_only(path: str, flags: int) -> int:
    """An opener for open(): files that no other user may read, whatever the umask."""
    return os.open(path, flags, 0o600)


def describe(source: Path | bytes) -> ArchivePart:
    """Size and hash of a file, or of bytes."""
    digest, size = hashlib.sha256(), 0
    with _open(source) as opened:
        while block := opened.read(CHUNK):
            digest.update(block)
            size += len(block)
    return ArchivePart(size=size, sha256=digest.hexdigest())


def read_recipients(text: str) -> list[Recipient]:
    """Public keys, one a line or with commas between: age1…, ssh-ed25519 …, ssh-rsa …. Raises ValueError naming one."""
    found = []
    for key in (each.strip() for each in text.replace("\n", ",").split(",")):
        if key:
            kind = pyrage.ssh if key.startswith("ssh-") else pyrage.x25519
            try:
                found.append(kind.Recipient.from_str(key))
            except pyrage.RecipientError as error:
                raise ValueError(key) from error
    if text.strip() and not found:
        raise ValueError(text)
    return found


def read_identities(file: Path) -> list[Identity]:
    """Private keys from a file: age's own (AGE-SECRET-KEY-…, # begins a comment) or an SSH key without passphrase.

    Raises Invalid {"identity": "not_an_identity"}.
    """
    try:
        raw = file.read_bytes()[:CHUNK]
        if b"PRIVATE KEY" in raw:
            return [pyrage.ssh.Identity.from_buffer(raw)]
        lines = [line.strip() for line in raw.decode("utf-8-sig").splitlines()]
        found = [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except (OSError, UnicodeDecodeError, pyrage.IdentityError, pyrage.DecryptError):
        found = []
    if not found:
        raise Invalid({"identity": "not_an_identity"})
    return found


def write_archive(
    target: Path, manifest: Manifest, sources: Mapping[str, Path | bytes], recipients: Sequence[Recipient] = ()
) -> None:
    """Write manifest and parts to `target`, encrypted if there are recipients, and sync it to disk.

    sources: a file or its bytes for each of the manifest's parts.
    """

    def write_tar(out: BinaryIO) -> None:
        with (
            gzip.GzipFile(filename="", fileobj=out, mode="wb", compresslevel=6) as packed,
            tarfile.open(fileobj=packed, mode="w|", bufsize=CHUNK) as tar,
        ):
            _add(tar, MANIFEST, manifest.model_dump_json(indent=1).encode(), manifest)
            for name in manifest.parts:
                _add(tar, name, sources[name], manifest)

    with open(target, "wb", opener=owner_only) as out:
        if recipients:
            with _read_from(write_tar) as packed:
                pyrage.encrypt_io(packed, out, list(recipients))
        else:
            write_tar(out)
        out.flush()
        os.fsync(out.fileno())


def read_archive(file: Path, identities: Sequence[Identity], sink: Callable[[str], Path | None]) -> Manifest:
    """Read a whole backup, checking every part's size and hash, and return its manifest.

    sink(part's name): where to write that part; None only checks it. Raises Invalid {"file": "not_a_backup" |
    "damaged" | "newer_than_us" | "needs_identity" | "another_recipient"}. What sink wrote is good only
    when this returns.
    """
    with file.open("rb") as opened:
        start = opened.read(len(_AGE))
        opened.seek(0)
        if start.startswith(_GZIP):
            return _read_tar(opened, sink)
        if start != _AGE:
            raise Invalid({"file": "not_a_backup"})
        if not identities:
            raise Invalid({"file": "needs_identity"})
        try:
            with _read_from(lambda out: pyrage.decrypt_io(opened, out, list(identities))) as packed:
                return _read_tar(packed, sink)
        except (pyrage.DecryptError, OSError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise  # this machine's disk, not the file
            code = "another_recipient" if "No matching keys" in str(error) else "damaged"
            raise Invalid({"file": code}) from error


def _add(tar: tarfile.TarFile, name: str, source: Path | bytes, manifest: Manifest) -> None:
    entry = tarfile.TarInfo(name)
    entry.mode, entry.mtime = 0o600, int(manifest.made_at.timestamp())
    entry.size = len(source) if isinstance(source, bytes) else manifest.parts[name].size
    with _open(source) as opened:
        tar.addfile(entry, opened)


def _open(source: Path | bytes) -> BinaryIO:
    return io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")


def _read_tar(packed: BinaryIO, sink: Callable[[str], Path | None]) -> Manifest:
    try:
        with gzip.GzipFile(fileobj=packed) as unpacked, tarfile.open(fileobj=unpacked, mode="r|", bufsize=CHUNK) as tar:
            entries = iter(tar)
            first = next(entries, None)
            if first is None or first.name != MANIFEST or first.size > MANIFEST_BYTES:
                raise Invalid({"file": "not_a_backup"})
            manifest = read_manifest(_opened(tar, first).read())
            waiting = dict(manifest.parts)
            for entry in entries:
                part = waiting.pop(entry.name, None)
                if part is None or part.size != entry.size:
                    raise Invalid({"file": "damaged"})
                _copy_part(_opened(tar, entry), part, sink(entry.name))
            if waiting:
                raise Invalid({"file": "damaged"})
            # tarfile stops at its end marker; reading on checks the last blocks too.
            while unpacked.read(CHUNK):
                pass
        return manifest
    except _DAMAGE as error:
        raise Invalid({"file": "damaged"}) from error


def _opened(tar: tarfile.TarFile, entry: tarfile.TarInfo) -> BinaryIO:
    opened = tar.extractfile(entry)
    if opened is None:  # a folder or a link: our backups contain none
        raise Invalid({"file": "damaged"})
    return cast(BinaryIO, opened)


def _copy_part(source: BinaryIO, part: ArchivePart, target: Path | None) -> None:
    digest, size = hashlib.sha256(), 0
    with open(target or os.devnull, "wb", opener=owner_only) as out:
        while block := source.read(CHUNK):
            digest.update(block)
            size += len(block)
            out.write(block)
    if (size, digest.hexdigest()) != (part.size, part.sha256):
        raise Invalid({"file": "damaged"})


@contextmanager
def _read_from(produce: Callable[[BinaryIO], None]) -> Iterator[BinaryIO]:
    """The reading end of a pipe into which `produce` writes in a thread of its own.

    What `produce` raises is raised at the end, instead of the reader's error about an incomplete stream. A reader that
    stops early ends `produce` too.
    """
    reading, writing = os.pipe()
    # age reads 8 kB at a time: with small buffers the two threads would exchange Python's lock for every block.
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, CHUNK)
    failed: list[BaseException] = []

    def run() -> None:
        try:
            with open(writing, "wb", buffering=CHUNK) as out:
                produce(out)
        except BaseException as error:  # noqa: BLE001 (raised below, in the thread that waits)
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    reader_failed: BaseException | None = None
    with open(reading, "rb", buffering=CHUNK) as stream:
        try:
            yield stream
        except BaseException as error:  # noqa: BLE001 (raised below, unless the cause lies in the thread)
            reader_failed = error
    thread.join()
    # If the reader stopped first, the writer gets BrokenPipeError; then the reader's own error is raised.
    genuine = [error for error in failed if reader_failed is None or not isinstance(error, BrokenPipeError)]
    if genuine:
        raise genuine[0]
    if reader_failed is not None:
        raise reader_failed
