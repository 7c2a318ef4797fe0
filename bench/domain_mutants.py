"""`make mutate`: changes one thing at a time in the domain rules, and counts how many changes no test notices.

Every change is made in a copy of the source, never in the folder itself. The nearest tests run first, those that
import the module; for a change that passes them, the tests whose imports reach the module through one more module.
The same seed gives the same changes for the same source.
"""

import argparse
import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from bench.table import Row, show
from foundation.settings import PROJECT_ROOT

PACKAGES = ("community_teams", "courses", "foundation", "learning")
COPIED = (*PACKAGES, "app.py", "bench", "migrations", "pyproject.toml", "scripts", "tests", "translations")
LINKED = (".venv", "build", "node_modules", "package.json")
LONGEST_RUN = 300  # seconds; a change that makes the tests hang is noticed
SLOW = re.compile(r"tests/(browser|engines|faults|manual|matrix|lengths|deploy)/")
SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult,
}  # fmt: skip
OTHER_CALL = {"min": "max", "max": "min", "any": "all", "all": "any"}


@dataclass(frozen=True)
class Mutant:
    """One change to one file. before, after: source of the expression. start, end: its place in the file, in bytes."""

    path: str
    line: int
    start: int
    end: int
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}  {self.before}  ->  {self.after}"


def mutants_of(path: str, source: bytes) -> Iterator[Mutant]:
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for node in _mutable(ast.parse(source)):
        for changed in _changes(node):
            start = starts[node.lineno - 1] + node.col_offset
            end = starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
            before, after = source[start:end].decode(), ast.unparse(changed)
            yield Mutant(path, node.lineno, start, end, before, f"({after})")


def _mutable(node: ast.AST) -> Iterator[ast.expr]:
    """Expressions that are run: no annotations, no decorators."""
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list", "bases"}:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.JoinedStr):  # has no place of its own for its parts in Python 3.11
                continue
            if isinstance(child, ast.expr):
                yield child
            if isinstance(child, ast.AST):
                yield from _mutable(child)


def _changes(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in SWAPPED:
        yield ast.Compare(node.left, [SWAPPED[type(node.ops[0])]()], node.comparators)  # type: ignore[list-item]
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(SWAPPED[type(node.op)](), node.values)  # type: ignore[arg-type]
    elif isinstance(node, ast.BinOp) and type(node.op) in SWAPPED:
        yield ast.BinOp(node.left, SWAPPED[type(node.op)](), node.right)  # type: ignore[arg-type]
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield ast.Constant(node.value + 1)
    elif isinstance(node, ast.IfExp):
        yield ast.IfExp(node.test, node.orelse, node.body)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in OTHER_CALL:
        yield ast.Call(ast.Name(OTHER_CALL[node.func.id]), node.args, node.keywords)


def _modules() -> dict[str, str]:
    """{module: path} of the domain rules."""
    found = {}
    for package in PACKAGES:
        for path in (PROJECT_ROOT / package).rglob("*.py"):
            parts = path.relative_to(PROJECT_ROOT).with_suffix("").parts
            if "domain" in parts and path.stem != "__init__":
                found[".".join(parts)] = str(path.relative_to(PROJECT_ROOT))
    return found


class NearTests:
    """Which test files import a module, and which reach it through one more."""

    def __init__(self) -> None:
        self._importers: dict[str, set[str]] = defaultdict(set)
        for folder in (*PACKAGES, "tests"):
            for path in (PROJECT_ROOT / folder).rglob("*.py"):
                file = str(path.relative_to(PROJECT_ROOT))
                for module in _imported(path.read_bytes()):
                    self._importers[module].add(file)

    def of(self, module: str) -> list[list[str]]:
        """Two lists of test files, the nearest first; the second has none of the first."""
        direct = self._importers[module]
        around = {
            file for each in direct if not each.startswith("tests/") for file in self._importers[_module_of(each)]
        }
        near = sorted(filter(_is_test, direct))
        return [near, sorted(file for file in around if _is_test(file) and file not in near)]


def _imported(source: bytes) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{each.name}" for each in node.names)
        elif isinstance(node, ast.Import):
            yield from (each.name for each in node.names)


def _module_of(file: str) -> str:
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _is_test(file: str) -> bool:
    return Path(file).name.startswith("test_") and not SLOW.match(file)


def _passes(tests: list[str], copy: Path, longest: float | None = LONGEST_RUN) -> bool:
    """Whether these tests pass in the copy. Those that take longer do not."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--database", "sqlite", *tests]
    environment = os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        run = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, timeout=longest)
    except subprocess.TimeoutExpired:
        return False
    return run.returncode == 0


def _copy_of_source(folder: Path) -> None:
    ignored = shutil.ignore_patterns("__pycache__", "node_modules")
    for name in COPIED:
        source = PROJECT_ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=ignored)
        else:
            shutil.copy(source, folder / name)
    for name in LINKED:
        (folder / name).symlink_to((PROJECT_ROOT / name).resolve())


def measure(seed: int, number: int) -> list[Row]:
    modules, near = _modules(), NearTests()
    every = [
        (module, mutant)
        for module, path in sorted(modules.items())
        for mutant in mutants_of(path, (PROJECT_ROOT / path).read_bytes())
    ]
    chosen = Random(seed).sample(every, min(number, len(every)))
    nearest = wider = 0
    failing: set[str] = set()
    survivors: list[Mutant] = []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        _copy_of_source(copy)
        for module, mutant in chosen:
            file, (first, second) = copy / mutant.path, near.of(module)
            source = file.read_bytes()
            changed = source[: mutant.start] + mutant.after.encode() + source[mutant.end :]
            file.write_bytes(changed)
            if first and not _passes(first, copy):
                nearest, fate = nearest + 1, "killed"
                failing |= set(first)
            elif second and not _passes(second, copy):
                wider, fate = wider + 1, "killed by wider tests"
                failing |= set(second)
            else:
                survivors.append(mutant)
                fate = "SURVIVED"
            file.write_bytes(source)
            print(f"{fate}: {mutant}", flush=True)
        if not _passes(sorted(failing), copy, longest=None):
            sys.exit("These tests fail without any change, so nothing is proved: " + " ".join(sorted(failing)))
    share = len(survivors) / len(chosen)
    return [
        Row(
            f"{len(chosen)} of {len(every):,} mutants of domain rules, seed {seed}: surviving",
            f"{len(survivors)} ({share:.0%}); killed by the nearest tests {nearest}, by wider ones {wider}",
            "≤ 10 %",
            share <= 0.1,
        )
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--number", type=int, default=300)
    given = parser.parse_args()
    print(f"seed {given.seed}")
    print(show(measure(given.seed, given.number)))
