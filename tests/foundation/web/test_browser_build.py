"""What browsers load is built for the oldest browser that is promised, and is all there."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from foundation.settings import PROJECT_ROOT
from foundation.web.browser_build import read_build

BUILD = read_build()
TEMPLATES = ("foundation", "translations", "courses", "learning", "community_teams")


def _node(*arguments: str, **more) -> subprocess.CompletedProcess[str]:
    command = [str(PROJECT_ROOT / "scripts/with-node"), "node", *arguments]
    return subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True, text=True, timeout=60, **more)


def test_every_room_with_static_files_is_built(app):
    rooms = {room: each.static_folder for room, each in app.blueprints.items() if each.static_folder}
    vendor = rooms.pop("vendor")
    assert not Path(vendor).exists()
    table = "import('./scripts/browser/rooms.mjs').then(({ ROOMS }) => console.log(JSON.stringify(ROOMS)))"
    said = _node("--input-type=module", "--eval", table)
    assert {room: str(PROJECT_ROOT / folder) for room, folder in json.loads(said.stdout).items()} == rooms


def test_every_script_and_style_that_a_template_names_is_there(app):
    named = set()
    for package in TEMPLATES:
        for template in (PROJECT_ROOT / package).rglob("*.html"):
            text = template.read_text(encoding="utf-8")
            named |= set(re.findall(r"""url_for\(["'](\w+)\.static["'], filename=["']([^"']+\.\w+)["']""", text))
    static = app.extensions["static_files"]
    assert len(named) > 20
    missing = [f"{room}/{name}" for room, name in named if not static.file(room, f"{static.version(room)}/{name}")]
    assert missing == []


def test_the_build_belongs_to_the_sources():
    assert BUILD.changed_sources() == []


def test_a_changed_source_is_noticed(monkeypatch):
    name, digest = next(iter(BUILD.inputs.items()))
    monkeypatch.setitem(BUILD.inputs, name, digest[::-1])
    assert BUILD.changed_sources() == [name]


@pytest.mark.parametrize("text", ["", "{", "{}", '{"digest": "gone", "rooms": {}, "inputs": {}}'])
def test_a_manifest_that_cannot_be_read_is_no_build(tmp_path, text):
    (tmp_path / "manifest.json").write_text(text)
    assert read_build(tmp_path).folder is None


def test_no_script_holds_what_the_target_cannot_read():
    """Each is read as ECMAScript 2018; import() alone came later, and all of the target's browsers have it."""
    assert BUILD.folder is not None
    scripts = sorted(BUILD.folder.rglob("*.js"))
    assert len(scripts) > 12
    read = _node("tests/foundation/web/reading_as_es2018.mjs", *map(str, scripts))
    assert read.returncode == 0, read.stdout


def test_newer_syntax_would_be_noticed(tmp_path):
    script = tmp_path / "newer.js"
    script.write_text("export const width = settings?.width ?? 1_000;\n")
    read = _node("tests/foundation/web/reading_as_es2018.mjs", str(script))
    assert read.returncode == 1
    assert "newer.js" in read.stdout


def test_every_script_has_its_source_map():
    assert BUILD.folder is not None
    for script in BUILD.folder.rglob("*.js"):
        if script.name == "engine.js":
            continue  # comes as one line from its library
        mapped = json.loads(script.with_name(f"{script.name}.map").read_text(encoding="utf-8"))
        assert len(mapped["sourcesContent"]) == len(mapped["sources"]), script


def _lowered(css: str) -> str:
    """What the two plugins of the build make of a style sheet."""
    script = """
        const { default: postcss } = await import("postcss");
        const { gapMargins } = await import("./scripts/browser/gap_margins.mjs");
        const { physicalSides } = await import("./scripts/browser/physical_sides.mjs");
        const made = postcss([physicalSides, gapMargins()]).process(process.argv[1], { from: undefined });
        console.log(made.css.replace(/\\s+/g, ""));
    """
    run = _node("--input-type=module", "--eval", script, css)
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


@pytest.mark.parametrize(
    ("css", "margins"),
    [
        ("a{display:flex;gap:1px 2px}", "a>:not(#gap){margin-right:2px}a>*+:last-child:not(#gap){margin-right:0}"),
        (
            "a{display:flex;flex-direction:column;gap:1px 2px}",
            "a>:not(#gap){margin-bottom:1px}a>*+:last-child:not(#gap){margin-bottom:0}",
        ),
        (
            "a{display:flex;flex-wrap:wrap;gap:calc(1px + 2px)}",
            "a>:not(#gap){margin-right:calc(1px+2px);margin-bottom:calc(1px+2px)}a>*+:last-child:not(#gap){margin-right:0}",
        ),
        (
            "a{display:inline-flex;flex-flow:row wrap;column-gap:2px}",
            "a>:not(#gap){margin-right:2px}a>*+:last-child:not(#gap){margin-right:0}",
        ),
    ],
)
def test_where_a_flex_box_has_no_gap_its_children_have_margins(css, margins):
    assert _lowered(css) == css.replace(" ", "") + "@supportsnot(inset:0){" + margins + "}"


def test_a_later_rule_about_a_box_changes_its_margins():
    assert ".b.a>:not(#gap){margin-bottom:5px}" in _lowered(
        ".a{display:flex;flex-direction:column;gap:1px}.b .a{gap:5px}"
    )
    grid = _lowered(".a{display:flex;flex-direction:column;gap:1px}.b .a{display:grid;gap:5px}")
    assert ".b.a>:not(#gap){margin-bottom:0}" in grid


def test_a_grid_has_its_gap_by_the_older_name_too():
    assert _lowered("a{display:grid;row-gap:1px}") == "a{display:grid;grid-row-gap:1px;row-gap:1px}"


@pytest.mark.parametrize(
    ("logical", "physical"),
    [
        ("margin-inline:1px 2px", "margin-left:1px;margin-right:2px"),
        ("padding-block:min(1px, 2px)", "padding-top:min(1px,2px);padding-bottom:min(1px,2px)"),
        ("inset-block-end:0", "bottom:0"),
        ("border-block-end:1px solid", "border-bottom:1pxsolid"),
        ("max-inline-size:none", "max-width:none"),
    ],
)
def test_sides_are_named_as_older_browsers_name_them(logical, physical):
    assert _lowered(f"a{{{logical}}}") == f"a{{{physical}}}"
