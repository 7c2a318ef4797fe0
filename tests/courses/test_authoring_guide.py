"""docs/authoring.md tells all there is, and its examples pass the check."""

import re
import tomllib

import pytest

from courses import schema
from courses.domain.practice import Look
from courses.domain.secrets import SECRET_RULES
from foundation.settings import PROJECT_ROOT

GUIDE = (PROJECT_ROOT / "docs/authoring.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```toml\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)


def example(words: str) -> str:
    (found,) = [text for text in EXAMPLES if words in text]
    return found


@pytest.mark.parametrize(
    "model",
    [each for each in vars(schema).values() if isinstance(each, type) and issubclass(each, schema.FileSchema)],
    ids=lambda model: model.__name__,
)
def test_every_key_a_file_may_have_is_told(model):
    assert [key for key in model.model_fields if not re.search(rf"\b{key}\b", GUIDE)] == []


def test_every_kind_look_and_rule_is_told():
    codes = [*schema.FileScreenKind, *Look, *SECRET_RULES]

    assert [code for code in codes if f"`{code}`" not in GUIDE] == []


def test_the_examples_are_toml():
    for text in EXAMPLES:
        tomllib.loads(text)


def test_the_practice_shown_as_an_example_passes_the_check(library, good_lesson):
    before, rest = good_lesson.split("[practice]\n")
    after = rest[rest.index("[[question]]") :]
    first, others = example("[practice]\n"), example('kind = "sort"')
    library.put("khoa-mau/bai-mau/lesson.toml", before + first + others + after)

    assert library.faults() == []
    kinds = {screen.kind for screen in library.load().lesson("bai-mau").practice.screens}
    assert kinds == {"tap", "type", "secret", "tick", "end"}


def test_the_other_examples_pass_the_check(library):
    library.put("retired_ids.toml", example('lessons = ["bai-da-bo"]'))
    library.put("facts.toml", (library.folder / "facts.toml").read_text() + example("[TD_VNEID]"))

    assert library.faults() == []
