"""People who use a site served over HTTPS under a name that only this machine knows."""

import http.cookiejar
import json
import socket
import ssl
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

NAME = "hoc.example.vn"
SITE = f"https://{NAME}"
LESSON = "/bai-hoc/vneid-kich-hoat"


def lead_home() -> None:
    """Let the site's name lead to this machine, in this process."""
    original = socket.getaddrinfo

    def resolve(host: Any, *rest: Any, **more: Any) -> Any:
        return original("127.0.0.1" if host == NAME else host, *rest, **more)

    socket.getaddrinfo = resolve


class Visitor:
    """A browser without a screen. certificate: the file the site's certificate is checked against."""

    def __init__(self, certificate: str) -> None:
        trust = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=certificate))
        self._opener = urllib.request.build_opener(
            trust, urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        )

    def ask(self, path: str, body: bytes | None = None, kind: str = "", *, timeout: float = 75) -> tuple[int, str]:
        """Status and content. Status 0: no answer at all."""
        request = urllib.request.Request(SITE + path, data=body, headers={"Origin": SITE})
        if kind:
            request.add_header("Content-Type", kind)
        try:
            with self._opener.open(request, timeout=timeout) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError as error:
            return 0, repr(error)

    def sign_in(self, name: str, password: str) -> int:
        form = urllib.parse.urlencode({"name": name, "password": password}).encode()
        return self.ask("/dang-nhap", form, "application/x-www-form-urlencoded")[0]

    def households(self) -> list[str]:
        _status, content = self.ask("/api/v1/worklist")
        return [household["id"] for household in json.loads(content)["households"]]

    def send(self, households: list[str], count: int = 1) -> list[str]:
        """Send `count` visits, again until they are acknowledged. Returns their ids."""
        visits = [_visit(households[number % len(households)]) for number in range(count)]
        batch = {"batch": str(uuid.uuid4()), "device": str(uuid.uuid4()), "pending": 0, "visits": visits}
        content = ""
        for _try in range(60):
            status, content = self.ask("/api/v1/visits", json.dumps(batch).encode(), "application/json")
            if status == 200:
                results = json.loads(content)["results"]
                assert {result["outcome"] for result in results} <= {"stored", "already_stored"}, results
                return [result["id"] for result in results]
            time.sleep(1)
        raise AssertionError(f"never taken: {status} {content}")


def _visit(household: str) -> dict[str, object]:
    now = datetime.now(UTC).isoformat()
    return {"id": str(_uuid7()), "household": household, "outcome": "not_home", "started_at": now, "form_version": 1}


def _uuid7() -> uuid.UUID:
    number = (int(time.time() * 1000) << 80) | (uuid.uuid4().int & ((1 << 80) - 1))
    return uuid.UUID(int=(number & ~(0xF << 76) & ~(0x3 << 62)) | (7 << 76) | (2 << 62))


class Steady:
    """Asks for pages at an even pace in the background. failed: what was answered with anything but 200."""

    def __init__(self, make: Callable[[], Visitor], *, each_second: float = 20) -> None:
        self._make = make
        self._pause = 1 / each_second
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(4)]
        self.asked = 0
        self.failed: list[tuple[int, str]] = []

    def __enter__(self) -> "Steady":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _ask(self) -> None:
        visitor = self._make()
        while not self._over.is_set():
            status, content = visitor.ask(LESSON)
            self.asked += 1
            if status != 200:
                self.failed.append((status, content[:200]))
            time.sleep(self._pause * len(self._threads))
