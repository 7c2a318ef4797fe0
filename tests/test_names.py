"""Names are the field's own terms, one meaning each; what prose refers to exists.

What is not so yet stands in names_allowed.toml, which may only shrink: `python -m tests.names_allowed` shortens it.
"""

import re
from collections import Counter

import pytest

from foundation.database import Base
from tests.names import (
    PACKAGES,
    ROOT,
    definitions,
    private_names,
    private_words,
    prose_of,
    repeated_classes,
    stale_references,
    tracked,
)
from tests.names_allowed import ALLOWED, changes

# Files of these names are made by commands or by readers of the docs.
MADE_ELSEWHERE = {"at-otp.html", "hinh.html", "xem.html", "NNNN_subject.py"}

# Packages whose names contain no private word.
DONE = ("foundation", "translations", "courses", "learning", "community_teams")

GLOSSARY = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")

pytestmark = pytest.mark.one_database


@pytest.mark.parametrize("package", PACKAGES)
def test_names_are_standard_terms(package):
    assert changes(ALLOWED["private_words"][package], private_names(package)) == []


def test_no_two_public_classes_share_a_name():
    assert changes(ALLOWED["repeated_classes"], repeated_classes()) == []


def test_packages_that_are_done_have_no_exceptions():
    assert [ALLOWED["private_words"][package] for package in DONE] == [{}] * len(DONE)


def test_what_prose_refers_to_exists():
    stale = {}
    for file in tracked():
        if file.suffix not in {".py", ".js", ".mjs", ".html", ".css", ".md"} or _is_history(file):
            continue
        found = stale_references(prose_of((ROOT / file).read_text(encoding="utf-8"), file.suffix), file.parent)
        if left := [name for name in found if name.rpartition("/")[2] not in MADE_ELSEWHERE]:
            stale[str(file)] = left

    assert stale == {}


def test_the_glossary_names_tables_and_modules_that_exist(app):  # the app: all models are loaded
    rows = [line.strip("| ").split(" | ") for line in GLOSSARY.splitlines() if re.match(r"\| (?!term |---)", line)]
    tables = [
        name
        for row in rows
        for part in re.findall(r"tables? (`\w+`(?:, `\w+`)*)", row[3])
        for name in re.findall(r"\w+", part)
    ]
    places = [place for row in rows for place in re.findall(r"`(\w+/[\w/.]*)`", row[3])]

    assert len(rows) >= 60
    assert [row for row in rows if len(row) != 4 or not all(row)] == []
    assert [name for name, times in Counter(row[0] for row in rows).items() if times > 1] == []
    assert [name for name in tables if name not in Base.metadata.tables] == []
    assert len(places) >= 60
    assert [place for place in places if not (ROOT / place).exists()] == []


def _is_history(file):
    """A decision that another one replaced, and the list of changes, name what is no longer there."""
    if file.name == "CHANGELOG.md":
        return True
    return file.parts[:2] == ("docs", "decisions") and "Replaced" in (ROOT / file).read_text(encoding="utf-8")[:400]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("told", ["told"]),
        ("_told_if_known", ["told"]),
        ("VisitTold", ["told"]),
        ("keptKeys", ["kept"]),
        ("MOST_KEPT", ["kept"]),
        ("let_in_by_card", ["let_in"]),
        ("last_seen_at", []),
        ("byte_order_marks", []),
        ("vneid_asked", []),
        ("page_asked", ["asked"]),
        ("untold", []),
        ("outlet_in", []),
        ("Standard", []),
    ],
)
def test_a_name_is_judged_by_its_parts(name, found):
    assert private_words(name) == found


@pytest.mark.parametrize(
    ("text", "suffix", "names"),
    [
        (
            "class A(B):\n    c: int\n    d = 1\n\n    def e(self, f, *g, **h):\n        i = 1",
            ".py",
            [*"Acdegfh", "self"],
        ),
        ("X = 1\nY: int = 2\nasync def z(*, w): ...", ".py", list("XYzw")),
        ("export function a(b, c = 1) {}\nclass D {}\nconst e = 1\n  const f = 2", ".js", list("abcDe")),
        ("{% macro a(b, c=none) %}{{ d }}{% endmacro %}", ".html", list("abc")),
    ],
)
def test_what_counts_as_a_definition(text, suffix, names):
    assert sorted(definitions(text, suffix)) == sorted(names)


@pytest.mark.parametrize(
    ("prose", "stale"),
    [
        ("tests/names.py, web/print.css and print.css", []),
        ("see tests/no_such.py.", ["tests/no_such.py"]),
        ("`no_such.md` and [one](../docs/map.md)", ["no_such.md"]),
        ("<lesson>/a.html, *.py, https://example.org/a/b.html", []),
        ("courses.catalogue and courses.catalogue.Catalogue", []),
        (
            "courses.faults.no_such_name, courses.no_such_module",
            ["courses.faults.no_such_name", "courses.no_such_module"],
        ),
    ],
)
def test_stale_references_are_found(prose, stale):
    assert stale_references(prose) == stale


def test_a_list_of_exceptions_only_shrinks():
    assert changes({"a": 2, "b": 1}, {"a": 2, "b": 1}) == []
    assert changes({"a": 2, "b": 1}, {"a": 3, "b": 1}) == ["new: a (3, allowed 2)"]
    assert changes({"a": 2, "b": 1}, {"a": 1}) == ["gone: a (1, listed 2)", "gone: b (0, listed 1)"]
    assert changes({}, {"c": 1}) == ["new: c (1, allowed 0)"]
