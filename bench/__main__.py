"""`python -m bench [name…]`: all measurements, or those named."""

import os
import platform
import sys

from bench import (
    coverage,
    evening,
    faults,
    jobs,
    learning_report,
    lengths,
    lessons,
    letters,
    library,
    lighthouse,
    mutations,
    my_learning,
    nation,
    offline,
    prints,
    province,
    restarts,
    serving,
    slow_line,
    sqlite_writers,
    team_app,
    visit_history,
    visits,
    worklist,
)
from bench.table import show
from tests.run import Leftovers, whole_run

MEASUREMENTS = {
    "library": library.measure,
    "lessons": lessons.measure,
    "serving": serving.measure,
    "restarts": restarts.measure,
    "slow_line": slow_line.measure,
    "lighthouse": lighthouse.measure,
    "my_learning": my_learning.measure,
    "offline": offline.measure,
    "letters": letters.measure,
    "jobs": jobs.measure,
    "learning_report": learning_report.measure,
    "lengths": lengths.measure,
    "prints": prints.measure,
    "coverage": coverage.measure,
    "province": province.measure,
    "evening": evening.measure,
    "nation": nation.measure,
    "visits": visits.measure,
    "visit_history": visit_history.measure,
    "sqlite_writers": sqlite_writers.measure,
    "mutations": mutations.measure,
    "faults": faults.measure,
    "team_app": team_app.measure,
    "worklist": worklist.measure,
}


def main(names: list[str]) -> None:
    unknown = [name for name in names if name not in MEASUREMENTS]
    if unknown:
        sys.exit(f"no such measurement: {', '.join(unknown)}; there are {', '.join(MEASUREMENTS)}")
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}")
    for name in names or MEASUREMENTS:
        print(f"\n{name}")
        print(show(MEASUREMENTS[name]()), flush=True)


try:
    with whole_run():
        main(sys.argv[1:])
except Leftovers as left:
    sys.exit(f"Left behind, now removed:\n{left}")
