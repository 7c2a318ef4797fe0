"""Processes and folders of one run of tests or measurements: found, ended, removed.

`python -m tests.leftovers FOLDER PID` watches the process that owns the run and cleans up after it, however it ends.
Only the standard library: the watcher starts in a moment and lives as long as the run.
"""

import os
import select
import shutil
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

Left = TypeVar("Left")

RUN_FOLDER = "TEST_RUN_FOLDER"  # the environment variable that every process of a run inherits
GRACE = 5.0  # seconds: what was told to end may still be ending
POLL = 0.05


def end_run(folder: Path, *, spare: frozenset[int] = frozenset()) -> list[str]:
    """Ends what still runs, removes the folder. Doing it again changes nothing.

    spare: process ids that stay; this process and its ancestors always do.
    Returns a line for each process that nobody had stopped and for a folder that cannot be removed: [] if all is well.
    PostgreSQL servers are stopped here, so they are named only when they do not stop.
    """
    _stop_databases(folder)
    found = _wait(lambda: _processes(folder, spare), GRACE)
    lines = [f"process {pid}: {command}" for pid, command in found.items()]
    _wait(lambda: _kill(_processes(folder, spare)), GRACE)
    _wait(lambda: _remove(folder), GRACE)
    return lines + [f"folder {folder}"] * folder.exists()


def _processes(folder: Path, spare: frozenset[int]) -> dict[int, str]:
    """Command lines by process id. Zombies are left out: their environment is empty."""
    spared = spare | _self_and_ancestors()
    found = {}
    for place in Path("/proc").glob("[0-9]*"):
        # It may end while it is looked at, or belong to another user.
        with suppress(OSError):
            pid = int(place.name)
            if pid not in spared and _belongs(place, folder):
                command = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
                found[pid] = command[:300] or (place / "comm").read_text().strip()
    return found


def _belongs(place: Path, folder: Path) -> bool:
    if os.fsencode(f"{RUN_FOLDER}={folder}") in (place / "environ").read_bytes().split(b"\0"):
        return True
    # Chromium's processes write their titles over their environment; the browser's folder is among their options.
    return os.fsencode(f"={folder}/") in (place / "cmdline").read_bytes() or _inside(place, folder)


def _inside(place: Path, folder: Path) -> bool:
    # A PostgreSQL backend has another title and perhaps another environment; it works in its data folder.
    return Path(f"{place}/cwd").readlink().is_relative_to(folder)


def _self_and_ancestors() -> set[int]:
    pids, pid = set(), os.getpid()
    while pid > 1 and pid not in pids:
        pids.add(pid)
        pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return pids


def _stop_databases(folder: Path) -> None:
    """Immediate shutdown: quicker than a checkpoint, and unlike SIGKILL it gives shared memory back."""
    for file in folder.glob("*/postmaster.pid"):
        with suppress(OSError, ValueError, IndexError):
            pid = int(file.read_text().split()[0])
            if _inside(Path(f"/proc/{pid}"), folder):
                os.kill(pid, signal.SIGQUIT)


def _kill(found: dict[int, str]) -> dict[int, str]:
    for pid in found:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return found


def _remove(folder: Path) -> bool:
    """Whether something is left of it."""
    shutil.rmtree(folder, ignore_errors=True)
    return folder.exists()


def _wait(look: Callable[[], Left], seconds: float) -> Left:
    """What `look` finds once it finds nothing, or when the time is over."""
    end = time.monotonic() + seconds
    while (left := look()) and time.monotonic() < end:
        time.sleep(POLL)
    return left


def watch(folder: Path, owner: int) -> None:
    """Returns when the owner has ended and its run is cleaned up."""
    # Ctrl+C reaches a whole terminal; the owner then needs its watcher most.
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    with suppress(ProcessLookupError):
        select.select([os.pidfd_open(owner)], [], [])
    end_run(folder)


if __name__ == "__main__":
    watch(Path(sys.argv[1]), int(sys.argv[2]))
