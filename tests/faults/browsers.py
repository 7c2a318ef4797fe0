"""A phone in a real Chromium with a profile of its own, which can be killed at any moment and started again on it."""

import os
import signal
from pathlib import Path
from typing import Any

from playwright.sync_api import Error, sync_playwright

from tests.browser.conftest import QUIET, find_chromium
from tests.browser.phone_modules import phone_modules
from tests.browser.team_phone import PIN
from tests.faults.phones import Died

HERE = Path(__file__).parent
APP = "/doi-so/tren-may"


class BrowserPhone:
    """As phones.NodePhone. All but kill() from the thread that made it."""

    def __init__(self, folder: Path, *, address: str, member: int, name: str, password: str, seed: int) -> None:
        self._folder = folder
        self._address = address
        self._about = {"member": str(member), "name": name, "password": password, "pin": PIN, "seed": seed}
        self.ahead = 0
        self._playwright = sync_playwright().start()
        self.start()

    def start(self) -> None:
        for _ in range(5):
            try:
                self._open()
                return
            except Error as error:
                told = error
                self.kill()
        raise AssertionError(f"the browser does not open the app: {told}")

    def ask(self, act: str, **told: Any) -> dict[str, Any]:
        if act == "clock":
            self.ahead = told["ahead"]
        try:
            answer: dict[str, Any] = self._page.evaluate("(told) => window.walk(told)", {"do": act, **told})
        except Error as error:
            if "closed" in str(error) or "crashed" in str(error):
                raise Died from None
            raise
        return answer

    def kill(self) -> None:
        """kill -9 of all its processes."""
        for process in Path("/proc").glob("[0-9]*"):
            try:
                command = (process / "cmdline").read_bytes().split(b"\0")
                if f"--user-data-dir={self._folder}".encode() in command:
                    os.kill(int(process.name), signal.SIGKILL)
            except OSError:
                continue

    def restart(self) -> None:
        self.kill()
        self.start()

    def close(self) -> None:
        self.kill()
        self._playwright.stop()

    def _open(self) -> None:
        self._context = self._playwright.chromium.launch_persistent_context(
            str(self._folder),
            executable_path=find_chromium(),
            args=QUIET,
            # The suite brings code of its own into the page, which the page itself forbids.
            bypass_csp=True,
            locale="vi-VN",
            base_url=self._address,
        )
        self._page = self._context.new_page()
        self._page.goto(APP)
        self._page.wait_for_load_state("networkidle")
        acts, chances, page = (
            (HERE / name).read_text(encoding="utf-8") for name in ("acts.mjs", "chance.mjs", "page.mjs")
        )
        self._page.evaluate(_after_comments(page), [acts, chances, phone_modules(), self._told()])

    def _told(self) -> dict[str, Any]:
        return {**self._about, "ahead": self.ahead}


def _after_comments(source: str) -> str:
    return "\n".join(line for line in source.splitlines() if not line.startswith("//"))
