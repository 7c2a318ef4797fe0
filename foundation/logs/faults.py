"""Faults in the log: each is written once with its traceback, and repetitions are counted."""

import hashlib
import logging
import re
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cachetools import FIFOCache
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from foundation.settings import PROJECT_ROOT
from foundation.storage_faults import storage_fault

SUMMARY_EVERY = 60  # seconds between two summaries of one fault
FORGET_AFTER = 600  # seconds without the fault, after which its traceback is written again
MOST_FAULTS = 500  # remembered at once
MOST_FRAMES = 30  # of one traceback; the innermost are shown
MOST_OTHERS = 10  # innermost frames always shown; above them only frames of our code
LONGEST_MESSAGE = 300  # characters of an exception's message
MOST_CAUSES = 4

_LONG_NUMBER = re.compile(r"\d{6,}")
# A quoted value is shown only if it looks like a name in code: a column, an attribute, a module.
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_NAME_OF_CODE = re.compile(r"['\"][A-Za-z_][A-Za-z0-9_.:/<>-]{0,59}['\"]")


def fault_key(error: BaseException) -> str:
    """Equal for two errors that are the same fault: the same storage fault, or raised at the same line."""
    storage = storage_fault(error)
    if storage is not None:
        return f"storage:{storage}"
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if _is_ours(frame.filename)] or list(frames)
    return f"{name}@{_short(ours[-1].filename)}:{ours[-1].lineno}" if ours else name


def fault_id(error: BaseException) -> str:
    """Eight characters that identify the fault in every line; the same in all processes of one version."""
    return hashlib.sha256(fault_key(error).encode()).hexdigest()[:8]


def describe_error(error: BaseException) -> str:
    """Type and message of an error, without values that people typed.

    Databases may quote a row and pydantic the input, so only their codes are used. In other messages long numbers and
    quoted text that is no name in code are removed.
    """
    name = type(error).__name__
    if isinstance(error, ValidationError):
        places = sorted({f"{'.'.join(map(str, each['loc']))}: {each['type']}" for each in error.errors()})
        return f"{name}: {_masked('; '.join(places))}"
    if isinstance(error, DBAPIError):
        return f"{name}: {describe_error(error.orig)}" if error.orig is not None else name
    sqlstate = getattr(error, "sqlstate", None)
    if sqlstate is not None:
        # Messages of class 22 quote the value; for other classes only the detail quotes the row.
        words = "" if sqlstate.startswith("22") else getattr(getattr(error, "diag", None), "message_primary", "") or ""
        return f"{name} {sqlstate}: {_masked(words)}"
    return f"{name}: {_masked(str(error))}"


def format_fault(error: BaseException) -> str:
    """The shortened traceback with the messages of its causes; no values of variables."""
    lines: list[str] = []
    for each in _chain(error):
        if lines:
            lines.append("raised from:")
        frames = traceback.extract_tb(each.__traceback__)
        shown = [frame for frame in frames[:-MOST_OTHERS] if _is_ours(frame.filename)] + frames[-MOST_OTHERS:]
        if len(frames) > len(shown[-MOST_FRAMES:]):
            lines.append(f"… {len(frames) - len(shown[-MOST_FRAMES:])} frames left out")
        lines += [
            f"{_short(frame.filename)}:{frame.lineno} in {frame.name}: {(frame.line or '').strip()}"
            for frame in shown[-MOST_FRAMES:]
        ]
        lines.append(describe_error(each))
    return "\n".join(lines)


@dataclass
class _FaultRecord:
    first: float
    last: float
    summarised: float
    repeats: int = 0
    last_id: str = ""


class RepeatedFaults(logging.Filter):
    """Logging filter of a handler: passes the first record of a fault and counts the others.

    clock: seconds, monotonic. Thread-safe. A record without an exception always passes. `due()` returns summaries of
    the counts; the handler calls it regularly, and for all of them at the end.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: FIFOCache[str, _FaultRecord] = FIFOCache(MOST_FAULTS)

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if error is None:
            return True
        now, id_ = self._clock(), fault_id(error)
        record.fault = id_
        with self._lock:
            seen = self._seen.get(id_)
            if seen is not None and now - seen.last < FORGET_AFTER:
                seen.last, seen.repeats = now, seen.repeats + 1
                return False
            self._seen[id_] = _FaultRecord(first=now, last=now, summarised=now)
            return True

    def due(self, *, everything: bool = False) -> list[dict[str, object]]:
        """One mapping {fault, times, seconds} for each repeated fault whose last summary is SUMMARY_EVERY ago."""
        now = self._clock()
        found: list[dict[str, object]] = []
        with self._lock:
            for id_, seen in self._seen.items():
                if seen.repeats and (everything or now - seen.summarised >= SUMMARY_EVERY):
                    found.append({"fault": id_, "times": seen.repeats, "seconds": round(now - seen.summarised)})
                    seen.repeats, seen.summarised = 0, now
        return found


def _chain(error: BaseException) -> Iterator[BaseException]:
    current: BaseException | None = error
    for _ in range(MOST_CAUSES):
        if current is None:
            return
        yield current
        following = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
        # SQLAlchemy's error already includes the driver's message.
        current = None if isinstance(current, DBAPIError) else following


def _masked(words: str) -> str:
    line = " ".join(words.split())[:LONGEST_MESSAGE]
    line = _QUOTED.sub(lambda found: found[0] if _NAME_OF_CODE.fullmatch(found[0]) else "'…'", line)
    return _LONG_NUMBER.sub("…", line)


def _is_ours(filename: str) -> bool:
    return filename.startswith(str(PROJECT_ROOT)) and "site-packages" not in filename


def _short(filename: str) -> str:
    return filename.rpartition("site-packages/")[2].removeprefix(f"{PROJECT_ROOT}/")
