"""The names that are not standard terms yet. `python -m tests.names_allowed` takes out of the .toml what is gone.

It never adds one: a new name that test_names.py refuses is given its standard term (docs/glossary.md) instead.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from tests.names import PACKAGES, private_names, repeated_classes

FILE = Path(__file__).with_suffix(".toml")
ALLOWED = tomllib.loads(FILE.read_text(encoding="utf-8"))
HEADER = """# Names that still hold a private word, and class names with several meanings: how often each is defined.
# May only shrink: `python -m tests.names_allowed` takes out what is gone.
"""


def changes(allowed: Mapping[str, int], found: Mapping[str, int]) -> list[str]:
    """Where `found` differs from the list: new or more often is refused; gone or more seldom must leave the list."""
    differing = [name for name in sorted({*allowed, *found}) if allowed.get(name, 0) != found.get(name, 0)]
    return [
        f"new: {name} ({found[name]}, allowed {allowed.get(name, 0)})"
        if found.get(name, 0) > allowed.get(name, 0)
        else f"gone: {name} ({found.get(name, 0)}, listed {allowed[name]})"
        for name in differing
    ]


def shrunk(allowed: Mapping[str, int], found: Mapping[str, int]) -> dict[str, int]:
    """The list without what is gone. What is new is not added."""
    return {name: min(times, found[name]) for name, times in sorted(allowed.items()) if found.get(name)}


def write() -> None:
    lists = {
        f"private_words.{package}": shrunk(ALLOWED["private_words"][package], private_names(package))
        for package in PACKAGES
    }
    lists["repeated_classes"] = shrunk(ALLOWED["repeated_classes"], repeated_classes())
    tables = [
        "\n".join([f"[{title}]", *(f"{name} = {times}" for name, times in names.items())])
        for title, names in lists.items()
    ]
    FILE.write_text(HEADER + "\n" + "\n\n".join(tables) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
