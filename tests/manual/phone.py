"""A member's phone with a real Chromium: sets the team's app up, loses its signal, and opens it again."""

import os
import shutil
from pathlib import Path

from playwright.sync_api import Playwright

from tests.browser.team_phone import PIN, TeamPhone
from tests.manual.visitors import NAME, SITE


class _Site:
    address = SITE


class _Member(TeamPhone):
    """signs in with the password that the manual's commands printed."""

    password = ""

    def sign_in_here(self, name: str) -> None:
        self.page.get_by_label("Tên đăng nhập").fill(name)
        self.page.locator("input[type=password]").fill(self.password)
        self.page.locator("main form button").first.click()


def open_offline(playwright: Playwright, folder: Path, name: str, password: str) -> None:
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    arguments = ["--disable-gpu", f"--host-resolver-rules=MAP {NAME} 127.0.0.1", "--ignore-certificate-errors"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    launch = {"executable_path": chromium, "args": arguments, "ignore_https_errors": True}
    phone = _Member(playwright.chromium, _Site(), folder, launch, looks=False)  # type: ignore[arg-type]
    try:
        phone.password = password
        phone.set_up(name)
        # By our own looks: the page's policy forbids the eval with which wait_for_function looks again.
        for _ in range(300):
            if phone.page.evaluate("navigator.serviceWorker.controller !== null"):
                break
            phone.page.wait_for_timeout(100)
        else:
            raise AssertionError("the worker of the team's app does not control the page")
        phone.context.set_offline(True)
        phone.page.goto("/doi-so/tren-may")
        phone.unlock(PIN)
        phone.wait_for("Hôm nay mình đi đâu?")
    finally:
        phone.close()
