"""What a public project has: licences, notices, guides, templates, and words of make that somebody can look up."""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping

import pytest
import yaml

from foundation.settings import PROJECT_ROOT
from foundation.web.browser_build import read_build
from scripts.check_commit_message import main as check_message
from scripts.check_commit_message import subject_fault
from scripts.third_party_notices import BUILD_TOOLS, UnknownLicence, licence_of, rows_of, write_notices

NOTICES = PROJECT_ROOT / "THIRD_PARTY_NOTICES.md"
GUIDES = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CODE_OF_CONDUCT.md", "CHANGELOG.md"]
# Licences of libraries that code under Apache-2.0 may use as they are.
FITTING = {
    *(
        "0BSD",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "CC0-1.0",
        "ISC",
        "MIT",
        "MIT-0",
        "MIT-CMU",
        "PSF-2.0",
        "Zlib",
    ),
    *("LGPL-2.1-or-later", "LGPL-3.0-only", "LGPL-3.0-or-later", "MPL-1.1", "MPL-2.0", "OFL-1.1"),
}
LINKED_FROM_README = [
    *("LICENSE", "LICENSE-CONTENT", "NOTICE", "THIRD_PARTY_NOTICES.md"),
    *("CONTRIBUTING.md", "SECURITY.md", "CODE_OF_CONDUCT.md", "CHANGELOG.md"),
]


def read(name: str) -> str:
    return (PROJECT_ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", LINKED_FROM_README)
def test_the_readme_links_to_every_file_of_the_project(name: str) -> None:
    assert f"]({name})" in read("README.md")


@pytest.mark.parametrize("name", [*GUIDES, ".github/PULL_REQUEST_TEMPLATE.md", "NOTICE"])
def test_links_lead_to_files_that_are_there(name: str) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)", read(name))

    assert [link for link in links if not (PROJECT_ROOT / link).exists()] == []


def test_the_texts_of_the_licences_are_whole() -> None:
    code, content = read("LICENSE"), read("LICENSE-CONTENT")

    assert "Version 2.0, January 2004" in code
    assert "END OF TERMS AND CONDITIONS" in code
    assert [part for part in range(1, 10) if f"\n   {part}. " not in code] == []
    assert content.startswith("Attribution 4.0 International")
    assert [part for part in range(1, 9) if f"\nSection {part} --" not in content] == []


def test_every_library_is_named_with_its_licence() -> None:
    rows = named_libraries()
    pip = set(re.findall(r"^([a-z0-9][^\s=\[]*)", read("requirements/run.txt"), re.MULTILINE))
    npm = set(json.loads(read("package.json"))["dependencies"])

    assert len(pip) > 20
    assert sorted((pip | npm) - rows.keys()) == []


def test_every_licence_goes_with_ours() -> None:
    refused = {name for name, licence in named_libraries().items() if not _fits(licence)}

    assert refused == set()


@pytest.mark.parametrize(
    ("licence", "fits"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("GPL-2.0-only OR MIT", True),
        ("MIT AND GPL-2.0-only", False),
        ("", False),
    ],
)
def test_a_choice_of_licences_fits_where_one_does(licence: str, fits: bool) -> None:
    assert _fits(licence) is fits


def named_libraries() -> dict[str, str]:
    rows = rows_of(NOTICES.read_text(encoding="utf-8"))
    return {name: licence for name, licence in rows.items() if name not in {"package", "---"}}


def _fits(licence: str) -> bool:
    return any(set(choice.split(" AND ")) <= FITTING for choice in licence.split(" OR "))


def test_the_notices_are_what_make_notices_writes() -> None:
    before = NOTICES.read_text(encoding="utf-8")

    assert write_notices(before) == before, "make notices"


def test_a_library_without_a_licence_is_refused() -> None:
    with pytest.raises(UnknownLicence, match="not-a-package"):
        licence_of("not-a-package", {})


def test_what_browsers_load_comes_with_the_text_of_its_licence() -> None:
    """The source maps of the build say which packages are in it."""
    build = read_build()
    assert build.folder
    loaded = set()
    for source_map in build.folder.rglob("*.map"):
        for source in json.loads(source_map.read_text(encoding="utf-8"))["sources"]:
            loaded |= set(re.findall(r"node_modules/((?:@[^/]+/)?[^/]+)/", source))
    texts = NOTICES.read_text(encoding="utf-8").split("## Texts of the licences", 1)[1]

    assert loaded >= {"idb", "leaflet", "workbox-core"}
    assert build.files("vendor")["third-party-notices.txt"].read_bytes() == NOTICES.read_bytes()
    assert loaded & BUILD_TOOLS == set()
    assert [name for name in sorted(loaded) if f"\n### {name}\n" not in texts] == []


def test_every_word_of_make_is_in_the_guide() -> None:
    words = set(re.findall(r"^([a-z]+):.*## \S", read("Makefile"), re.MULTILINE))

    assert words == set(re.findall(r"^\| `make ([a-z]+)` \| \S", read("CONTRIBUTING.md"), re.MULTILINE))


def test_make_says_what_it_does_while_libraries_are_installed() -> None:
    """Each silent recipe that may take minutes opens with a line for whoever waits."""
    recipes = re.findall(r"^\S+:.*\n((?:\t.*\n)+)", read("Makefile"), re.MULTILINE)
    slow = [recipe for recipe in recipes if re.search(r"pip install|npm .*\bci\b|-m venv", recipe)]

    assert len(slow) >= 6
    assert [recipe for recipe in slow if not recipe.startswith('\t@echo "Đang ')] == []


def test_the_changelog_has_the_version_and_an_unreleased_part() -> None:
    changelog = read("CHANGELOG.md")
    version = tomllib.loads(read("pyproject.toml"))["project"]["version"]
    released = re.findall(r"^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d$", changelog, re.MULTILINE)

    assert "\n## [Unreleased]\n" in changelog
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    assert version in released or not released


def test_forms_of_issues_ask_for_something() -> None:
    forms = [
        path for path in sorted((PROJECT_ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml")) if path.name != "config.yml"
    ]

    assert len(forms) == 3
    for path in forms:
        form = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert {"name", "description", "body"} <= form.keys(), path
        assert any(field.get("validations", {}).get("required") for field in form["body"]), path
        ids = [field["id"] for field in form["body"] if field["type"] != "markdown"]
        assert len(set(ids)) == len(ids), path


def test_the_hosted_check_runs_everything_with_reading_rights_alone() -> None:
    workflow = yaml.safe_load(read(".github/workflows/ci.yml"))
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]

    assert [step["run"] for step in steps if step.get("run") == ".ci/run"]
    assert workflow["permissions"] == {"contents": "read"}


def test_hooks_use_our_own_tools() -> None:
    config = yaml.safe_load(read(".pre-commit-config.yaml"))
    hooks = [hook for repository in config["repos"] for hook in repository["hooks"]]

    assert {repository["repo"] for repository in config["repos"]} == {"local"}
    assert {hook["language"] for hook in hooks} == {"system"}
    assert [hook["entry"] for hook in hooks if not _is_here(hook)] == []
    assert any(hook.get("stages") == ["commit-msg"] for hook in hooks)


def _is_here(hook: Mapping[str, str]) -> bool:
    return all((PROJECT_ROOT / word).exists() for word in hook["entry"].split() if "/" in word)


@pytest.mark.parametrize(
    "subject",
    [
        "phones: fix the delay after the clock is set back",
        "community_teams: speed up the list of households",
        "docs/map: explain the packages",
        "a: " + "x" * 67 + " y",
        'Revert "phones: fix the delay"',
        "Merge branch 'main' into letters",
        "fixup! phones: fix the delay",
    ],
)
def test_a_good_subject_passes(subject: str) -> None:
    assert subject_fault(subject) is None


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("", "area: verb what"),
        ("Let nobody wait a day for the PIN", "area: verb what"),
        ("phones fix the delay", "area: verb what"),
        ("phones: fix", "area: verb what"),
        ("Phones: fix the delay", "area: verb what"),
        ("phones: Fix the delay", "area: verb what"),
        ("phones: fixed the delay", "as an order"),
        ("phones: adds a delay", "as an order"),
        ("phones: removing the delay", "as an order"),
        ("phones: fix the delay.", "full stop"),
        ("a: " + "x" * 68 + " y", "73 characters"),
    ],
)
def test_another_subject_is_refused_with_the_reason(subject: str, words: str) -> None:
    assert words in str(subject_fault(subject))


def test_the_hook_reads_the_subject_out_of_the_file(tmp_path, capsys) -> None:
    message = tmp_path / "COMMIT_EDITMSG"
    message.write_text("# a comment of git\n\nphones: fix the delay\n\nA body. It may be long. " + "x" * 100 + "\n")
    assert check_message([str(message)]) == 0

    message.write_text("Fixed\n\nphones: fix the delay\n")
    assert check_message([str(message)]) == 1
    assert "area: verb what" in capsys.readouterr().err


def test_the_script_checks_the_subjects_of_a_range() -> None:
    script = [sys.executable, str(PROJECT_ROOT / "scripts/check_commit_message.py"), "-"]
    run = subprocess.run(script, input="a: fix b\nWrong\n", capture_output=True, text=True, check=False)

    assert run.returncode == 1
    assert run.stderr.startswith("Wrong\n")
