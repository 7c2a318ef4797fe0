"""A few seeds of faults between phones and the platform; `python -m bench faults` runs two hundred."""

from collections import Counter

import pytest

from tests.faults.running import KINDS, run_seeds

# On each database one seed that kills the server and loses a phone, and one that troubles the database.
SEEDS = {"sqlite": (0, 4), "postgresql": (3, 5)}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_acknowledged_is_kept_once_whatever_breaks(kind, request, tmp_path):
    if request.config.getoption("--database") not in {kind, "both"}:
        pytest.skip("this database was not asked for")
    outcomes = list(run_seeds(SEEDS[kind], tmp_path, database=kind))
    happened = sum((outcome.happened for outcome in outcomes), Counter())

    assert [fault for outcome in outcomes for fault in outcome.faults] == []
    assert sum(outcome.visits for outcome in outcomes) >= 70
    assert sum(outcome.acknowledged for outcome in outcomes) >= 40
    # A fault that never came is no test.
    assert happened["server killed"] >= 1
    assert happened["database held"] + happened["database restarted"] >= 1
    assert sum(times for what, times in happened.items() if what.startswith("phone killed")) >= 1
    assert happened["phone cut off with visits waiting"] >= 1
    assert happened["phone cut off with a visit the rules refuse"] >= 1
    assert happened["phone cut off with a draft"] >= 1
    assert happened["household moved while visits waited"] + happened["household merged while visits waited"] >= 1
    assert happened["answer lost after the server took it"] + happened["connection closed mid-answer"] >= 1
