"""The line between one phone and the platform, on which a chosen thing goes wrong with each request."""

import gzip
import http.client
import json
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any

from tests.faults.reading import as_report

VISITS = "/api/v1/visits"
SLOWER_THAN_PHONES_WAIT = 2.5  # seconds; tests/faults/phone.mjs makes a minute two of them
PORTAL = b"<!doctype html><title>Wi-Fi</title><h1>Wi-Fi mien phi</h1>"


class Fault(StrEnum):
    LOST_ANSWER = "answer lost after the server took it"
    CUT_BODY = "connection closed mid-request"
    CUT_ANSWER = "connection closed mid-answer"
    TWICE = "sent twice"
    AT_ONCE = "sent three times at once"
    LATE = "overtaken by a later batch"
    PORTAL = "captive portal"
    STRANGE_JSON = "another site's JSON"
    TOO_LARGE = "413"
    BUSY = "503"
    SLOW = "slower than the phone waits"
    KILL_SERVER = "server killed while it took a batch"
    KILL_SERVER_AFTER = "server killed before its answer got through"
    KILL_PHONE = "phone killed while it sent"
    KILL_PHONE_AFTER = "phone killed before it heard the answer"
    DATABASE = "database in trouble while a batch came"


class Answer:
    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = [
            (name, value)
            for name, value in response.getheaders()
            if name.lower() not in {"connection", "transfer-encoding", "content-length"}
        ]
        self.body = response.read()


class Line:
    """`address`: what the phone calls the platform. Nothing passes while `is_down`.

    faults: what goes wrong with the batches to come, one after the other; told: the same of everything else asked for.
    acknowledged: by id, the contents under which the server ever said that a visit is kept. fired: what went wrong.
    """

    def __init__(self, port: int, chance: Random) -> None:
        self.is_down = False
        self.faults: deque[Fault] = deque()
        self.told: deque[Fault] = deque()
        self.fired = Counter[Fault]()
        self.acknowledged: dict[str, set[str]] = {}
        self.kill_phone: Callable[[], None] = lambda: None
        self.kill_server: Callable[[], None] = lambda: None
        self.trouble_database: Callable[[], None] = lambda: None
        self._port = port
        self._chance = chance
        self._late: list[tuple[str, str, dict[str, str], bytes]] = []
        self._noting = threading.Lock()
        line = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                line.carry(self)

            do_POST = do_GET

            def log_message(self, *_given: Any) -> None:
                pass

        self._door = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._door.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._door.server_port}"
        threading.Thread(target=self._door.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        self._door.shutdown()
        self._door.server_close()

    def carry(self, near: BaseHTTPRequestHandler) -> None:
        near.close_connection = True
        with suppress(OSError, http.client.HTTPException):
            body = near.rfile.read(int(near.headers.get("Content-Length") or 0))
            if self.is_down:
                return
            asked = (near.command, near.path, dict(near.headers.items()), body)
            queue = self.faults if near.path == VISITS else self.told
            fault = queue.popleft() if queue else None
            answer = self._go_wrong(fault, asked, near) if fault else self._pass_on(asked)
            if answer is not None:
                _answer(near, answer.status, answer.headers, answer.body)
            if near.path == VISITS and fault is not Fault.LATE:
                self.deliver_late()

    def deliver_late(self) -> None:
        """What was overtaken arrives now; nobody hears the answer."""
        while self._late:
            with suppress(OSError, http.client.HTTPException):
                self._pass_on(self._late.pop())

    def _go_wrong(
        self, fault: Fault, asked: tuple[str, str, dict[str, str], bytes], near: BaseHTTPRequestHandler
    ) -> Answer | None:
        self.fired[fault] += 1
        match fault:
            case Fault.LOST_ANSWER:
                self._pass_on(asked)
            case Fault.CUT_BODY:
                self._begin(asked, len(asked[3]) // 2).close()
            case Fault.CUT_ANSWER:
                answer = self._pass_on(asked)
                _answer(near, answer.status, answer.headers, answer.body, half=True)
            case Fault.TWICE:
                self._pass_on(asked)
                return self._pass_on(asked)
            case Fault.AT_ONCE:
                with ThreadPoolExecutor(3) as pool:
                    return list(pool.map(self._pass_on, [asked] * 3))[self._chance.randrange(3)]
            case Fault.LATE:
                self._late.append(asked)
            case Fault.PORTAL:
                _answer(near, 200, [("Content-Type", "text/html")], PORTAL)
            case Fault.STRANGE_JSON:
                _answer(near, 200, [("Content-Type", "application/json")], b'{"batch": "x", "results": []}')
            case Fault.TOO_LARGE:
                _answer(near, 413, [("Content-Type", "text/html")], PORTAL)
            case Fault.BUSY:
                _answer(near, 503, [("Content-Type", "text/html"), ("Retry-After", "1")], PORTAL)
            case Fault.SLOW:
                answer = self._pass_on(asked)
                time.sleep(SLOWER_THAN_PHONES_WAIT)
                return answer
            case Fault.KILL_SERVER:
                connection = self._begin(asked)
                time.sleep(self._chance.random() * 0.06)
                self.kill_server()
                connection.close()
            case Fault.KILL_SERVER_AFTER:
                self._pass_on(asked)
                self.kill_server()
            case Fault.KILL_PHONE:
                connection = self._begin(asked)
                self.kill_phone()
                connection.close()
            case Fault.KILL_PHONE_AFTER:
                self._pass_on(asked)
                self.kill_phone()
            case Fault.DATABASE:
                trouble = threading.Thread(target=self.trouble_database)
                trouble.start()
                time.sleep(self._chance.random() * 0.1)
                try:
                    return self._pass_on(asked)
                finally:
                    trouble.join()
        return None

    def _begin(
        self, asked: tuple[str, str, dict[str, str], bytes], most: int | None = None
    ) -> http.client.HTTPConnection:
        method, path, headers, body = asked
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            # Packed so that we can read it, too.
            wanted = "gzip" if name.lower() == "accept-encoding" else value
            if name.lower() != "connection":
                connection.putheader(name, wanted)
        connection.endheaders(body[:most])
        return connection

    def _pass_on(self, asked: tuple[str, str, dict[str, str], bytes]) -> Answer:
        connection = self._begin(asked)
        try:
            answer = Answer(connection.getresponse())
        finally:
            connection.close()
        if asked[1] == VISITS and answer.status == 200:
            self._note(asked, answer)
        return answer

    def _note(self, asked: tuple[str, str, dict[str, str], bytes], answer: Answer) -> None:
        visits = {visit["id"]: visit for visit in json.loads(_unpacked(asked[2].items(), asked[3]))["visits"]}
        results = json.loads(_unpacked(answer.headers, answer.body))["results"]
        with self._noting:
            for result in results:
                if result["outcome"] in {"stored", "already_stored"}:
                    told = as_report(visits[result["id"]])
                    self.acknowledged.setdefault(result["id"], set()).add(told.content_hash())


def _unpacked(headers: Any, body: bytes) -> bytes:
    packed = any(name.lower() == "content-encoding" and value == "gzip" for name, value in headers)
    return gzip.decompress(body) if packed else body


def _answer(
    near: BaseHTTPRequestHandler, status: int, headers: list[tuple[str, str]], body: bytes, *, half: bool = False
) -> None:
    near.send_response_only(status)
    for name, value in headers:
        near.send_header(name, value)
    near.send_header("Content-Length", str(len(body)))
    near.send_header("Connection", "close")
    near.end_headers()
    near.wfile.write(body[: len(body) // 2] if half else body)
