"""docs/where-to-put-code.md names every file that one more question, layer, indicator, report or page touches.

Held by what exists: each file that names today's layer of level 2, indicator K17, report and plan is in its recipe.
"""

import re

import pytest

from tests.community_teams.added_question import TABLE, WORDS
from tests.names import ROOT, tracked

pytestmark = pytest.mark.one_database

PAGE = (ROOT / "docs/where-to-put-code.md").read_text(encoding="utf-8")
RECIPES = {
    title: set(re.findall(r"`([\w./-]+/[\w./-]*)`", text))
    for title, text in re.findall(r"^## (.+)\n((?:(?!^## ).*\n?)*)", PAGE, re.M)
}
SOURCES = {".py", ".html", ".js", ".css"}
# Today's example of each kind, as the files that belong to it name it.
EXAMPLES = {
    "A layer of the map": (r"\bKey\.LEVEL2\b", r"\"vneid-muc-2\""),
    "An indicator": (r"\bK17\b", r"Part\.HOURS\b"),
    "A report": (
        r"\breport_pdf\b",
        r"\bdraw_up_report\b",
        r"reports/report\.html",
        r"coverage/report\.css",
        r"reports import views",
        r"reports\.(queries|cli) import",
    ),
    "A page": (
        r"\bcoverage\.plan\b",
        r"planning/plan\.html",
        r"coverage/plan\.css",
        r"planning import (views|queries)",
        r"planning\.queries import",
    ),
}


def test_the_five_usual_changes_are_there():
    assert list(RECIPES) == ["A question of the visit", "A layer of the map", "An indicator", "A report", "A page"]


@pytest.mark.parametrize("title", RECIPES)
def test_every_file_of_a_recipe_exists(title):
    assert len(RECIPES[title]) >= 3
    assert [name for name in RECIPES[title] if not (ROOT / name).exists() and name != "web/page.html"] == []


@pytest.mark.parametrize("title", EXAMPLES)
def test_no_file_of_today_s_example_is_missing(title):
    naming = {
        str(file)
        for file in tracked()
        if file.suffix in SOURCES
        and file.parts[0] != "bench"
        and file.parts[:2] != ("tests", "browser")
        and re.search("|".join(EXAMPLES[title]), (ROOT / file).read_text(encoding="utf-8"))
    }

    assert len(naming) >= 3
    assert naming - RECIPES[title] - {"tests/test_where_to_put_code.py"} == set()


def test_a_question_is_added_to_the_files_the_recipe_names():
    named = {str(file.relative_to(ROOT)) for file in (TABLE, WORDS)} | {"migrations/versions/"}

    assert named <= RECIPES["A question of the visit"]
