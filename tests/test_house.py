"""Guards over the whole tree: what nobody should have to remember."""

import re
import subprocess
from pathlib import Path

import click
import pytest

from foundation.settings import PROJECT_ROOT, Settings
from tests.ordering import LONGEST

ONE_MEGABYTE = 1024 * 1024


@pytest.fixture(scope="module")
def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=PROJECT_ROOT, check=True, capture_output=True, text=True
    ).stdout
    return [PROJECT_ROOT / name for name in listed.split("\0") if name and (PROJECT_ROOT / name).is_file()]


def test_no_file_weighs_more_than_a_megabyte(tracked):
    heavy = [str(file.relative_to(PROJECT_ROOT)) for file in tracked if file.stat().st_size > ONE_MEGABYTE]

    assert heavy == []


def test_no_lock_names_a_host(tracked):
    locks = [file for file in tracked if file.name == "package-lock.json" or file.parent.name == "requirements"]

    assert len(locks) >= 4
    for lock in locks:
        assert not re.search(r"https?://(?!(www\.)?(patreon|github|opencollective|tidelift))", _addresses(lock)), lock


def _addresses(lock: Path) -> str:
    """The lock without the lines that only say where to thank its authors."""
    return "\n".join(line for line in lock.read_text().splitlines() if '"url"' not in line or "resolved" in line)


def test_every_requirement_is_locked_with_its_hash():
    for lock in ("run", "test", "node"):
        text = (PROJECT_ROOT / "requirements" / f"{lock}.txt").read_text()
        named = re.findall(r"^[a-z0-9][^\s=]*==\S+", text, re.MULTILINE)
        assert named
        assert len(re.findall(r"^[a-z0-9].*\\\n +--hash=sha256:[0-9a-f]{64}", text, re.MULTILINE)) == len(named)


def test_every_setting_is_documented_and_none_that_is_not_there():
    told = (PROJECT_ROOT / "docs/deploy.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`[A-Z][A-Z_]+`(?:, `[A-Z][A-Z_]+`)*) \|", told, re.MULTILINE)
    names = [name for row in rows for name in re.findall("[A-Z_]+", row)]

    assert sorted(names) == sorted(name.upper() for name in Settings.model_fields)


def test_every_command_is_documented(app):
    told = (PROJECT_ROOT / "docs/commands.md").read_text(encoding="utf-8")

    assert [name for name in _commands(app.cli) if f"`{name}" not in told] == []


def _commands(group: click.Group, above: str = "") -> list[str]:
    context = click.Context(group)
    names = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        names += _commands(command, f"{above}{name} ") if isinstance(command, click.Group) else [f"{above}{name}"]
    return names


def test_every_word_of_make_says_what_it_does():
    text = (PROJECT_ROOT / "Makefile").read_text()
    words = set(re.findall(r"^([a-z]+):", text, re.MULTILINE))

    assert words >= {"run", "test", "check", "bench", "migrate", "translate"}
    assert words == set(re.findall(r"^([a-z]+):.*## \S", text, re.MULTILINE))


def test_the_longest_files_of_tests_are_there():
    assert [file for file in LONGEST if not (PROJECT_ROOT / file).is_file()] == []
