"""Ten thousand visits over two hundred seeds of faults, and two on a real browser: what was lost, what was double.

Seeds run on both databases side by side; `python -m tests.faults SEED` runs one of them again.
"""

import sys
import tempfile
from collections import Counter
from pathlib import Path

from bench.table import Row
from tests.faults.line import Fault
from tests.faults.running import run_seeds
from tests.faults.seeds import BROWSERS

# Even ones on SQLite, odd ones on PostgreSQL.
SEEDS = (*range(200), BROWSERS, BROWSERS + 1)
VISITS = 10_000
# How often each thing has to have happened at least, or the seeds prove nothing.
FEWEST = {
    "server killed": 60,
    "database restarted": 10,
    "database held": 10,
    "phone killed while a visit was written": 100,
    "sendFromTwoTabs": 100,
    "storage full": 50,
    "the phone refused: storage_full": 30,
    "clock changed": 200,
    "household moved while visits waited": 100,
    "household merged while visits waited": 30,
    "household taken out while visits waited": 15,
    "phone cut off with visits waiting": 60,
    "phone cut off with nobody signed in": 20,
    "phone cut off with a visit the rules refuse": 60,
    "phone cut off with a draft": 60,
} | {str(fault): 20 for fault in Fault}


def measure() -> list[Row]:
    outcomes = []
    with tempfile.TemporaryDirectory() as folder:
        for outcome in run_seeds(SEEDS, Path(folder)):
            outcomes.append(outcome)
            for fault in outcome.faults:
                print(fault, file=sys.stderr, flush=True)
    happened = sum((outcome.happened for outcome in outcomes), Counter[str]())
    visits, acknowledged, need = (
        sum(figures)
        for figures in zip(*((each.visits, each.acknowledged, each.need_person) for each in outcomes), strict=True)
    )
    found = {
        "acknowledged visits lost": [fault for outcome in outcomes for fault in outcome.lost],
        "visits counted twice": [fault for outcome in outcomes for fault in outcome.double],
        "visits neither kept nor before a person": [fault for outcome in outcomes for fault in outcome.astray],
        "counters that differ from a recount": [fault for outcome in outcomes for fault in outcome.counters],
        "lists by changes that differ from a new one": [fault for outcome in outcomes for fault in outcome.lists],
    }
    rare = [f"{what} {happened[what]}" for what, fewest in FEWEST.items() if happened[what] < fewest]
    told = f"{visits:,} on {len(outcomes)} seeds ({acknowledged:,} acknowledgements, {need:,} visits before a person)"
    killed = sum(times for what, times in happened.items() if what.startswith("phone killed"))
    broken = f"server killed {happened['server killed']} ×, phone {killed} ×; {'; '.join(rare) or 'none too rare'}"
    return [
        Row("visits made while things broke", told, f"≥ {VISITS:,} on 200 seeds", visits >= VISITS),
        *(Row(f"  {what}", str(len(faults)), "0", not faults) for what, faults in found.items()),
        Row("  faults that really came", broken, "each often enough", not rare),
        *(Row(f"    {what}", str(times), "", None) for what, times in sorted(happened.items())),
    ]
