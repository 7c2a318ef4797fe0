"""`make mutate`: changes one thing at a time in the domain rules, and counts how many changes no test notices.

Every change is made in a copy of the source, never in the folder itself. All tests of pages, services and rules run
once on SQLite, and what each runs of the rules is recorded. A change then meets the tests that run its line, those
that import the module first; if they pass, the other tests of the module. The same seed gives the same changes for
the same source. The record is kept in .cache until the rules change.
"""

import argparse
import ast
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random

from bench.mutants import Mutant, mutants_of
from bench.table import Row, show
from foundation.settings import PROJECT_ROOT
from tests.run import whole_run

PACKAGES = ("community_teams", "courses", "foundation", "learning")
LINKED = (".venv", "build", "node_modules")
NOT_COPIED = (*LINKED, ".cache", ".git", "__pycache__", "var")
TESTED = ("tests/community_teams", "tests/courses", "tests/foundation", "tests/learning", "tests/translations")
MOST_SECONDS = 60.0  # of tests against one change, by the time they took without it
HANGS = 10  # times that: a change that makes tests hang is noticed


class ForkedTests:
    """Tests of a copy of the source: `bench/forked_tests.py`."""

    def __init__(self, copy: Path) -> None:
        self._log = copy / "forked_tests.log"
        path = os.pathsep.join(filter(None, [str(copy), os.environ.get("PYTHONPATH")]))
        environment = os.environ | {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-P", "bench/forked_tests.py", str(self._log)],  # else bench/coverage.py hides the library
            cwd=copy,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._answer()

    def pass_(self, tests: Iterable[str], seconds: float, record: Path | None = None) -> bool:
        order = {"tests": list(tests), "seconds": seconds, "record": record and str(record)}
        assert self._process.stdin
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return bool(self._answer()["passed"])

    def output(self) -> str:
        """What the last run printed."""
        return self._log.read_text()

    def close(self) -> None:
        self._process.communicate()

    def _answer(self) -> dict[str, bool]:
        assert self._process.stdout
        answer: dict[str, bool] = json.loads(self._process.stdout.readline())
        return answer


class CoveringTests:
    """Which tests could notice a change. record: what `forked_tests` recorded of all tests."""

    def __init__(self, record: Path) -> None:
        read = json.loads(record.read_text())
        self._lines: dict[str, dict[str, list[str]]] = read["lines"]
        self._importers = _importers()
        recorded: dict[str, float] = read["seconds"]
        changed = {file for file, digest in read["files"].items() if digest != _digest(file)}
        self._seconds = {test: took for test, took in recorded.items() if _file_of(test) not in changed}
        self._recorded = read["files"].keys() - changed

    def of(self, mutant: Mutant) -> tuple[list[str], list[str]]:
        """Tests that run the line; then those that run or import something else of the module. [] if there are none."""
        near = self._importers[mutant.path]
        lines = self._lines.get(mutant.path, {})
        first = {test for line in mutant.lines for test in lines.get(str(line), ())} & self._seconds.keys()
        module = {test for tests in lines.values() for test in tests} & self._seconds.keys()
        module |= {test for test in self._seconds if _file_of(test) in near}
        return self._cheapest(first, near), self.new(mutant) + self._cheapest(module - first, near)

    def new(self, mutant: Mutant) -> list[str]:
        """Files of tests that import the module, written or changed since the record; they run whole."""
        return sorted(self._importers[mutant.path] - self._recorded)

    def seconds(self, tests: Iterable[str]) -> float:
        return sum(self._seconds.get(test, MOST_SECONDS) for test in tests)

    def _cheapest(self, tests: set[str], near: set[str]) -> list[str]:
        """Of files that import the module first, then the quickest; of all of these, what takes MOST_SECONDS."""
        chosen: list[str] = []
        left = MOST_SECONDS
        for test in sorted(tests, key=lambda test: (_file_of(test) not in near, self._seconds[test], test)):
            left -= self._seconds[test]
            if left > 0 or not chosen:
                chosen.append(test)
        return chosen


def _digest(file: str) -> str:
    path = PROJECT_ROOT / file
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16] if path.exists() else "gone"


def _file_of(test: str) -> str:
    return test.partition("::")[0]


def _importers() -> dict[str, set[str]]:
    """{path of a domain module: test files that import it}."""
    found: dict[str, set[str]] = defaultdict(set)
    for folder in TESTED:
        for path in (PROJECT_ROOT / folder).rglob("test_*.py"):
            for module in _imported(path.read_bytes()):
                found[module.replace(".", "/") + ".py"].add(str(path.relative_to(PROJECT_ROOT)))
    return defaultdict(set, {path: files for path, files in found.items() if _is_rule(Path(path))})


def _imported(source: bytes) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{each.name}" for each in node.names)
        elif isinstance(node, ast.Import):
            yield from (each.name for each in node.names)


def _rules() -> dict[str, bytes]:
    """{path: source} of the domain rules."""
    every = [path for package in PACKAGES for path in sorted((PROJECT_ROOT / package).rglob("*.py"))]
    found = {path.relative_to(PROJECT_ROOT): path.read_bytes() for path in every}
    return {str(path): source for path, source in found.items() if _is_rule(path)}


def _is_rule(path: Path) -> bool:
    """Whether this is a module of rules: in a folder `domain`, or domain.py."""
    return "domain" in path.with_suffix("").parts


def _copy_of_source(folder: Path) -> None:
    shutil.copytree(PROJECT_ROOT, folder, ignore=shutil.ignore_patterns(*NOT_COPIED), dirs_exist_ok=True)
    for name in LINKED:
        (folder / name).symlink_to((PROJECT_ROOT / name).resolve())


def _recorded(rules: dict[str, bytes], tests: ForkedTests) -> Path:
    digest = hashlib.sha256(repr(sorted(rules.items())).encode()).hexdigest()[:16]
    record = PROJECT_ROOT / f".cache/domain-coverage-{digest}.json"
    if not record.exists():
        print("recording what each test runs of the rules", flush=True)
        record.parent.mkdir(exist_ok=True)
        tests.pass_(TESTED, 3 * 3600, record)
        if not record.exists():
            sys.exit(tests.output())
        read = json.loads(record.read_text())
        read["files"] = {file: _digest(file) for file in {_file_of(test) for test in read["seconds"]}}
        record.write_text(json.dumps(read))
    return record


def measure(seed: int, number: int, only: str = "") -> list[Row]:
    rules = _rules()
    every = [mutant for path, source in rules.items() for mutant in mutants_of(path, source)]
    sample = Random(seed).sample(every, min(number, len(every)))
    chosen = [mutant for mutant in sample if mutant.path.startswith(only)]
    killed = wider = 0
    survivors: list[Mutant] = []
    with whole_run(), tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        _copy_of_source(copy)
        tests = ForkedTests(copy)
        covering = CoveringTests(_recorded(rules, tests))
        new = {file for mutant in chosen for file in covering.new(mutant)}
        if new and not tests.pass_(sorted(new), 3600):
            sys.exit(f"These tests fail without any change:\n{tests.output()}")
        for mutant in chosen:
            first, second = covering.of(mutant)
            (copy / mutant.path).write_bytes(mutant.applied(rules[mutant.path]))
            if first and not tests.pass_(first, 30 + HANGS * covering.seconds(first)):
                killed, fate = killed + 1, "killed"
            elif second and not tests.pass_(second, 30 + HANGS * covering.seconds(second)):
                wider, fate = wider + 1, "killed by other tests of the module"
            else:
                survivors.append(mutant)
                fate = "SURVIVED"
            (copy / mutant.path).write_bytes(rules[mutant.path])
            print(f"{fate}: {mutant}", flush=True)
        tests.close()
    share = len(survivors) / len(chosen)
    return [
        Row(
            f"{len(chosen)} of {len(every):,} mutants of domain rules, seed {seed}: surviving",
            f"{len(survivors)} ({share:.0%}); killed by tests that run the line {killed}, by others {wider}",
            "≤ 10 %",
            share <= 0.1,
        )
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--number", type=int, default=300)
    parser.add_argument("--only", default="", help="of these, the changes in files whose path begins so")
    given = parser.parse_args()
    print(f"seed {given.seed}")
    print(show(measure(given.seed, given.number, given.only)))
