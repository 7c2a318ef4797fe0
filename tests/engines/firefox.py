"""Drives Firefox by WebDriver BiDi, which it speaks itself."""

import base64
import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import websocket

from tests.engines.engine import Gone, filled

# Nothing of its own to look up on the network.
PREFERENCES = {
    "app.normandy.enabled": False,
    "app.update.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.getAddons.cache.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "toolkit.telemetry.enabled": False,
}


class Firefox:
    """One headless Firefox with one page. Implements Engine."""

    def __init__(self, binary: Path) -> None:
        self.name = "firefox"
        self._folder = Path(tempfile.mkdtemp(prefix="firefox-"))
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items()]
        (self._folder / "user.js").write_text("\n".join(lines))
        self._process = subprocess.Popen(
            [str(binary), "--headless", "--no-remote", "--profile", str(self._folder), "--remote-debugging-port=0"],
            env={**os.environ, "HOME": str(self._folder)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._asked = 0
        self._errors: list[str] = []
        self._line: websocket.WebSocket | None = None
        try:
            self._line = websocket.create_connection(self._address(), timeout=60, suppress_origin=True)
            self._send("session.new", capabilities={})
            self._send("session.subscribe", events=["log.entryAdded"])
            self._page = self._send("browsingContext.getTree")["contexts"][0]["context"]
            with contextlib.suppress(Gone):  # headless ESR may not know it; the walks do not rest on it
                size = {"width": 360, "height": 640}
                self._send("browsingContext.setViewport", context=self._page, viewport=size)
        except BaseException:
            self.close()
            raise

    def goto(self, address: str) -> None:
        try:
            self._send("browsingContext.navigate", context=self._page, url=address, wait="complete")
        except Gone as error:
            raise ConnectionError(f"{address}: {error}") from error

    def run(self, expression: str, *values: Any) -> Any:
        # As JSON, so that a value comes as itself and not in BiDi's own spelling.
        asked = f"Promise.resolve({filled(expression, values)}).then((value) => JSON.stringify(value))"
        answer = self._send(
            "script.evaluate",
            expression=asked,
            target={"context": self._page},
            awaitPromise=True,
            resultOwnership="none",
        )
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        result = answer["result"]
        return json.loads(result["value"]) if result["type"] == "string" else None

    def errors(self) -> list[str]:
        return self._errors

    def picture(self) -> bytes:
        return base64.b64decode(self._send("browsingContext.captureScreenshot", context=self._page)["data"])

    def close(self) -> None:
        if self._line:
            self._line.close()
            self._line = None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(20)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _address(self) -> str:
        file = self._folder / "WebDriverBiDiServer.json"  # written as soon as it listens
        for _ in range(600):
            with contextlib.suppress(OSError, ValueError):
                told = json.loads(file.read_text())
                return f"ws://{told['ws_host']}:{told['ws_port']}/session"
            assert self._process.poll() is None, "Firefox ended while starting"
            time.sleep(0.1)
        raise AssertionError("Firefox did not start within 60 seconds")

    def _send(self, method: str, **parameters: Any) -> dict[str, Any]:
        assert self._line
        self._asked += 1
        self._line.send(json.dumps({"id": self._asked, "method": method, "params": parameters}))
        while (answer := self._receive()).get("id") != self._asked:
            pass
        if answer["type"] == "error":
            raise Gone(f"{method}: {answer['error']}: {answer.get('message')}")
        found: dict[str, Any] = answer["result"]
        return found

    def _receive(self) -> dict[str, Any]:
        assert self._line
        message: dict[str, Any] = json.loads(self._line.recv())
        if message.get("method") == "log.entryAdded":
            entry = message["params"]
            if entry["level"] == "error" and entry["type"] == "javascript":
                self._errors.append(entry["text"])
        return message
