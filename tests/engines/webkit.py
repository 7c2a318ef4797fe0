"""Drives WebKit (the engine of Safari) by WebDriver: MiniBrowser of WebKitGTK on a screen that nobody sees."""

import base64
import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

from tests.engines.engine import Gone, filled

DRIVER = Path("/usr/bin/WebKitWebDriver")
# What a script throws before anybody listens is not known here: WebKit's driver tells nothing of it.
LISTEN = "(window.walkErrors = window.walkErrors || [], addEventListener('error', e => walkErrors.push(e.message)), 0)"


def find_minibrowser() -> Path | None:
    """The newest of the machine."""
    return max(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"), default=None)


class WebKit:
    """One MiniBrowser with one page. Implements Engine."""

    def __init__(self, binary: Path) -> None:
        self.name = "webkit"
        self._folder = Path(tempfile.mkdtemp(prefix="webkit-"))
        self._screen, number = _screen()
        self._errors: list[str] = []
        self._browser: webdriver.WebKitGTK | None = None
        environment = {
            **os.environ,
            "DISPLAY": f":{number}",
            "HOME": str(self._folder),
            "XDG_CACHE_HOME": str(self._folder / "cache"),
            "XDG_DATA_HOME": str(self._folder / "data"),
            # Its sandbox cannot be built by root, nor in a container.
            "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "WEBKIT_DISABLE_COMPOSITING_MODE": "1",
        }
        options = Options()
        options.binary_location = str(binary)
        options.add_argument("--automation")
        try:
            service = Service(executable_path=str(DRIVER), env=environment, popen_kw={"start_new_session": True})
            self._browser = webdriver.WebKitGTK(options=options, service=service)
            self._browser.set_window_size(400, 760)
            self._browser.set_script_timeout(60)
            self._browser.set_page_load_timeout(60)
        except BaseException:
            self.close()
            raise

    def goto(self, address: str) -> None:
        assert self._browser
        self._note_errors()
        try:
            self._browser.get(address)
        except WebDriverException as error:
            raise ConnectionError(f"{address}: {error.msg}") from error

    def run(self, expression: str, *values: Any) -> Any:
        assert self._browser
        script = (
            f"const done = arguments[0]; {LISTEN}; new Promise((yes) => yes({filled(expression, values)}))"
            ".then((value) => done({ value }), (error) => done({ error: String(error) }))"
        )
        try:
            answer = self._browser.execute_async_script(script)
        except WebDriverException as error:
            raise Gone(error.msg) from error
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer.get("value")

    def errors(self) -> list[str]:
        self._note_errors()
        return self._errors

    def picture(self) -> bytes:
        assert self._browser
        return base64.b64decode(self._browser.get_screenshot_as_base64())

    def close(self) -> None:
        if self._browser:
            process = self._browser.service.process
            with contextlib.suppress(WebDriverException, OSError):
                self._browser.quit()
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            self._browser = None
        self._screen.terminate()
        self._screen.wait(20)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _note_errors(self) -> None:
        with contextlib.suppress(Gone, RuntimeError):
            self._errors += self.run("window.walkErrors.splice(0)")


def _screen() -> tuple[subprocess.Popen, int]:
    """A screen in memory, and its number."""
    reading, writing = os.pipe()
    process = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "800x900x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    os.close(writing)
    with os.fdopen(reading) as told:
        return process, int(told.readline())
