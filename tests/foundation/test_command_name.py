"""Commands are named to administrators in one way."""

import re
from importlib import reload

import pytest

from foundation import command_name
from foundation.settings import PROJECT_ROOT

_LITERAL = re.compile(r"\bflask (--app app|(migrate|doctor|backup|restore|jobs|sample|translations|teams|serve)\b)")
_PACKAGES = ("community_teams", "courses", "foundation", "learning", "translations")


@pytest.fixture(autouse=True)
def loaded_again():
    yield
    reload(command_name)


def test_a_server_types_the_installed_command_and_a_checkout_flask(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert reload(command_name).COMMAND == ".venv/bin/flask --app app"

    (tmp_path / "bdhvs").write_text("#!/bin/sh\n")
    (tmp_path / "bdhvs").chmod(0o755)
    assert reload(command_name).COMMAND == "bdhvs"


def test_no_sentence_writes_a_command_out():
    found = []
    for package in _PACKAGES:
        for file in sorted((PROJECT_ROOT / package).rglob("*.py")):
            if file.name == "command_name.py":
                continue
            # Docstrings and comments speak to readers of the code.
            code = re.sub(r'"""[\s\S]*?"""|#.*', "", file.read_text())
            found += [f"{file.relative_to(PROJECT_ROOT)}: {hit[0]}" for hit in _LITERAL.finditer(code)]

    assert found == []
