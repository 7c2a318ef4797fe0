"""How much processor time other processes of this machine have used, read from /proc."""

import os
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

TICK = 1000 / os.sysconf("SC_CLK_TCK")  # milliseconds


def servers(address: str) -> set[int]:
    """The processes that serve this address, workers and all."""
    port = address.rsplit(":", 1)[1]
    return {pid for pid in _pids() if os.fsencode(f"PORT={port}") in _read(pid, "environ").split(b"\0")}


def postgres(url: str) -> set[int]:
    """The server at this address: its main process, from whose children all CPU is told."""
    folder = parse_qs(urlsplit(url).query)["host"][0]
    return {int(Path(folder, "postmaster.pid").read_text().split()[0])}


def processor_time(processes: Iterable[int]) -> float:
    """CPU these processes and their children, living and gone, have used so far, in milliseconds."""
    children: dict[int, list[int]] = {}
    stats = {}
    for pid in _pids():
        words = _read(pid, "stat").rpartition(b")")[2].split()
        if words:
            stats[pid] = words
            children.setdefault(int(words[1]), []).append(pid)
    ticks, todo = 0, list(processes)
    seen: set[int] = set()
    while todo:
        pid = todo.pop()
        if pid in stats and pid not in seen:
            seen.add(pid)
            ticks += sum(int(word) for word in stats[pid][11:15])
            todo += children.get(pid, [])
    return ticks * TICK


def _pids() -> list[int]:
    return [int(place.name) for place in Path("/proc").glob("[0-9]*")]


def _read(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""
