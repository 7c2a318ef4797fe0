"""Runs seeds: even ones on SQLite, odd ones on PostgreSQL, the two databases side by side."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import SimpleQueue

from tests.faults.phones import Died
from tests.faults.seeds import Outcome, run_seed
from tests.faults.servers import Served

HOUSEHOLDS = 30
KINDS = ("sqlite", "postgresql")


def run_seeds(seeds: Sequence[int], folder: Path, *, database: str | None = None) -> Iterator[Outcome]:
    """Outcomes as they come. database: "sqlite" or "postgresql" for all of them; else each seed on its own."""
    ours = {kind: [seed for seed in seeds if (database or KINDS[seed % 2]) == kind] for kind in KINDS}
    outcomes = SimpleQueue[Outcome | None]()
    with ExitStack() as stack:
        # Made one after the other: Alembic does one database at a time.
        served = {
            kind: stack.enter_context(_served(folder / kind, kind, len(here))) for kind, here in ours.items() if here
        }
        # A seed is mostly waiting: for time-outs, for a server that starts, for a database that is held.
        pool = stack.enter_context(ThreadPoolExecutor(len(KINDS)))
        runs = [pool.submit(_run, ours[kind], here, folder / kind, outcomes) for kind, here in served.items()]
        left = len(runs)
        while left:
            outcome = outcomes.get()
            if outcome is None:
                left -= 1
            else:
                yield outcome
        for run in runs:
            run.result()


@contextmanager
def _served(folder: Path, kind: str, hamlets: int) -> Iterator[Served]:
    folder.mkdir(parents=True)
    served = Served(folder, kind, hamlets=hamlets, households=HOUSEHOLDS)
    try:
        yield served
    finally:
        served.close()


def _run(seeds: Sequence[int], served: Served, folder: Path, outcomes: SimpleQueue[Outcome | None]) -> None:
    """Tells each outcome, and None at the end, whatever that was."""
    try:
        for seed, (hamlet, elsewhere) in zip(seeds, served.hamlets, strict=True):
            try:
                outcomes.put(run_seed(seed, served, hamlet, elsewhere, folder / "phones"))
            except (AssertionError, Died) as error:
                outcomes.put(Outcome(seed, astray=[f"broke off: {error!r}"]))
    finally:
        outcomes.put(None)
