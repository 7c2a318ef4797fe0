"""A real server with the sample in it, and a real Chromium the size of a small phone."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from courses.catalogue import Catalogue
from foundation.web.browser_build import read_build
from tests.browser.line import line_to
from tests.browser.phone import Phone
from tests.browser.serving import copy_prepared, serve
from tests.browser.team_phone import TeamPhone

# Chromium as root, and with nothing of its own to look up on the network.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in Path(item.fspath).parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The system's Chromium. Where there is none, tests say so; where REQUIRE_BROWSER is set, that is a failure."""
    found = find_chromium()
    if found:
        return found
    if os.environ.get("REQUIRE_BROWSER"):
        pytest.fail("REQUIRE_BROWSER is set and there is no Chromium: apt-get install chromium")
    pytest.skip("there is no Chromium on this machine: apt-get install chromium")


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return Catalogue.load()


@pytest.fixture(scope="module")
def served_folder(tmp_path_factory) -> Path:
    """The data folder of the platform that is served: each file of walks has its own."""
    folder = tmp_path_factory.mktemp("served")
    copy_prepared(folder)
    return folder


@pytest.fixture(scope="module")
def server(served_folder) -> Iterator[str]:
    """The address of the platform, prepared and served as `make run` does it."""
    if read_build().folder is None:
        pytest.fail("nothing was built for browsers; node_modules lacks esbuild: npm ci --ignore-scripts, or make test")
    with serve(served_folder, prepared=True) as address:
        yield address


@pytest.fixture(scope="session")
def browser(chromium) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield started
        started.close()


@pytest.fixture
def phone(browser, server) -> Iterator[Phone]:
    """A phone 360 pixels wide that has never been here before. Nothing moves, so that axe sees colours at rest."""
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, locale="vi-VN", base_url=server, reduced_motion="reduce"
    )
    yield Phone(context)
    context.close()


@pytest.fixture
def plain_phone(browser, server) -> Iterator[Phone]:
    """The same phone with JavaScript switched off."""
    context = browser.new_context(
        viewport={"width": 360, "height": 740},
        locale="vi-VN",
        base_url=server,
        reduced_motion="reduce",
        java_script_enabled=False,
    )
    yield Phone(context, scripts=False)
    context.close()


@pytest.fixture
def make_phone(browser, chromium, server, tmp_path):
    """Makes members' phones with a browser of their own, all on one line that can be cut."""
    made: list[TeamPhone] = []

    with line_to(server) as line:

        def make(**more) -> TeamPhone:
            launch = {"executable_path": chromium, "args": QUIET}
            made.append(TeamPhone(browser.browser_type, line, tmp_path / f"phone-{len(made)}", launch, **more))
            return made[-1]

        yield make
        for phone in made:
            phone.close()
