"""Runs seeds one after the other: even ones on SQLite, odd ones on PostgreSQL."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.faults.phones import Died
from tests.faults.seeds import Outcome, run_seed
from tests.faults.servers import Served

HOUSEHOLDS = 30
KINDS = ("sqlite", "postgresql")


def run_seeds(seeds: Sequence[int], folder: Path, *, database: str | None = None) -> Iterator[Outcome]:
    """database: "sqlite" or "postgresql" for all of them; else each seed on its own."""
    for kind in KINDS:
        ours = [seed for seed in seeds if (database or KINDS[seed % 2]) == kind]
        if not ours:
            continue
        here = folder / kind
        here.mkdir(parents=True)
        served = Served(here, kind, hamlets=len(ours), households=HOUSEHOLDS)
        try:
            for seed, hamlet in zip(ours, served.hamlets, strict=True):
                try:
                    yield run_seed(seed, served, hamlet, here / "phones")
                except (AssertionError, Died) as error:
                    yield Outcome(seed, astray=[f"broke off: {error!r}"])
        finally:
            served.close()
