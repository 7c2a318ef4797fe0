"""`python -m tests.community_teams.added_question FOLDER`: the application with one question more, walked through.

The question is added as docs/visit_questions.md says, to copies in memory: a line in the table, its words, its columns.
"""

import runpy
import sys
from pathlib import Path
from types import ModuleType

PROJECT_ROOT = Path(__file__).parent.parent.parent
TABLE = PROJECT_ROOT / "community_teams/domain/visits.py"
WORDS = PROJECT_ROOT / "community_teams/templates/community_teams/question_words.html"
BEFORE = "    power: Annotated[Power | None"
LINE = (
    "    solar_lamp: Annotated[bool | None, "
    'QuestionPlacement("phones", "dien", carried=True, shown_in="power", counter="solar_lamps")] = None\n'
)
WORD = '{% set QUESTION_WORDS = {"solar_lamp": {"label": "Có đèn năng lượng mặt trời?"}, '


def add_to_table() -> None:
    source = TABLE.read_text(encoding="utf-8")
    assert source.count(BEFORE) == 1
    module = ModuleType("community_teams.domain.visits")
    module.__file__ = str(TABLE)
    sys.modules[module.__name__] = module
    exec(compile(source.replace(BEFORE, LINE + BEFORE), str(TABLE), "exec"), vars(module))


if __name__ == "__main__":
    # First: everything that follows the table reads it as it is imported.
    add_to_table()
    runpy.run_module("tests.community_teams.added_question_walk", run_name="__main__")
