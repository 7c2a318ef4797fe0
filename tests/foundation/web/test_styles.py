"""No style of a page rests on what the oldest promised browser does not know."""

import pytest

from foundation.web.browser_build import read_build
from tests.foundation.web.styles import faults

BUILD = read_build()
SHEETS = sorted(
    f"{package}/{name}" for package, files in BUILD.packages.items() for name in files if name.endswith(".css")
)
OURS = [sheet for sheet in SHEETS if not sheet.startswith("vendor/")]


def test_there_are_sheets_to_look_at():
    assert len(OURS) > 10


@pytest.mark.parametrize("sheet", OURS)
def test_an_older_browser_lacks_nothing_that_matters(sheet):
    assert BUILD.folder is not None
    assert faults((BUILD.folder / sheet).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "css",
    [
        "p{height:50svh}",
        "p{width:clamp(1rem,2vw,3rem)}",
        "p:focus-visible,p:hover{outline:1px solid}",
        "p{margin-inline:1rem}",
        "p{aspect-ratio:1}",
        "p{background:linear-gradient(90deg,red 20%,blue 20% 40%)}",
        "p{display:flex;gap:1rem}",
        "@media print{p{display:flex;gap:1rem}}",
        "@container (width>1px){p{color:red}}",
    ],
)
def test_what_is_newer_would_be_noticed(css):
    assert len(faults(css)) == 1


@pytest.mark.parametrize(
    "css",
    [
        "p{height:50vh;height:50svh}",
        "p{margin:0 1rem;margin-inline:1rem}",
        "p:focus-visible{outline:1px solid}",
        "p:has(a){width:min(1px,2px)}",
        "@supports (aspect-ratio:1){p{aspect-ratio:1}}",
        "p{display:flex;gap:1rem}@supports not (inset: 0){p>*+*{margin-left:1rem}}",
        "p{display:grid;gap:1rem}",
        "p{text-wrap:balance}",
    ],
)
def test_what_something_stands_in_for_is_no_fault(css):
    assert faults(css) == []
