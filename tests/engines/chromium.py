"""Drives any Chromium, old or new, by its DevTools protocol."""

import base64
import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

import websocket

from tests.engines.engine import Gone, filled

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-sync",
    "--remote-debugging-port=0",
    "--remote-allow-origins=*",
    "--window-size=360,640",
]


class Chromium:
    """One headless Chromium with one page. Implements Engine."""

    def __init__(self, name: str, binary: Path, *, libraries: Path | None = None) -> None:
        """libraries: a folder of shared libraries that the binary brings along."""
        self.name = name
        self._folder = Path(tempfile.mkdtemp(prefix="chromium-"))
        environment = {**os.environ, "HOME": str(self._folder), "LANG": "C.UTF-8"}
        if libraries:
            environment["LD_LIBRARY_PATH"] = str(libraries)
        self._process = subprocess.Popen(
            [str(binary), *FLAGS, f"--user-data-dir={self._folder}", "about:blank"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._asked = 0
        self._errors: list[str] = []
        self._events: list[str] = []
        self._line: websocket.WebSocket | None = None
        try:
            self._line = websocket.create_connection(self._page_address(), timeout=60)
            for domain in ("Page", "Runtime", "Network"):
                self._send(f"{domain}.enable")
            self._send("Emulation.setDeviceMetricsOverride", width=360, height=640, deviceScaleFactor=2, mobile=True)
        except BaseException:
            self.close()
            raise

    def goto(self, address: str) -> None:
        self._events.clear()
        answer = self._send("Page.navigate", url=address)
        if "errorText" in answer:
            raise ConnectionError(f"{address}: {answer['errorText']}")
        end = time.monotonic() + 60
        while "Page.loadEventFired" not in self._events:
            assert time.monotonic() < end, f"{address} did not load"
            self._receive()
        if self.run("location.protocol") == "chrome-error:":
            raise ConnectionError(address)

    def run(self, expression: str, *values: Any) -> Any:
        answer = self._send(
            "Runtime.evaluate", expression=filled(expression, values), awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in answer:
            raise RuntimeError(_told(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def errors(self) -> list[str]:
        return self._errors

    def picture(self) -> bytes:
        return base64.b64decode(self._send("Page.captureScreenshot", format="png")["data"])

    def close(self) -> None:
        if self._line:
            self._line.close()
            self._line = None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(20)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _page_address(self) -> str:
        file = self._folder / "DevToolsActivePort"  # written as soon as the browser listens
        for _ in range(600):
            if file.exists() and (port := file.read_text().split("\n")[0]):
                with (
                    contextlib.suppress(OSError),
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list") as answer,
                ):
                    pages = [page for page in json.load(answer) if page["type"] == "page"]
                    if pages:
                        return str(pages[0]["webSocketDebuggerUrl"])
            assert self._process.poll() is None, f"{self.name} ended while starting"
            time.sleep(0.1)
        raise AssertionError(f"{self.name} did not start within 60 seconds")

    def _send(self, method: str, **parameters: Any) -> dict[str, Any]:
        assert self._line
        self._asked += 1
        self._line.send(json.dumps({"id": self._asked, "method": method, "params": parameters}))
        while (answer := self._receive()).get("id") != self._asked:
            pass
        if "error" in answer:
            # A page that went away in the middle takes what it was asked along.
            raise Gone(f"{method}: {answer['error'].get('message')}")
        found: dict[str, Any] = answer["result"]
        return found

    def _receive(self) -> dict[str, Any]:
        assert self._line
        message: dict[str, Any] = json.loads(self._line.recv())
        method = message.get("method", "")
        self._events.append(method)
        if method == "Runtime.exceptionThrown":
            self._errors.append(_told(message["params"]["exceptionDetails"]))
        if method == "Page.javascriptDialogOpening":  # nothing of ours opens one
            self._errors.append(f"a dialog: {message['params']['message']}")
        return message


def _told(details: dict[str, Any]) -> str:
    thrown = details.get("exception", {})
    return f"{details.get('text', '')} {thrown.get('description') or thrown.get('value', '')} {details.get('url', '')}"
