"""The front takes whole bodies and nothing else: too large, too slow and cut ones never reach the application."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from foundation.serving import front as front_module
from foundation.serving.front import Front, Patience
from foundation.serving.spool import LARGEST_IN_MEMORY, Spool
from foundation.web.body_refusals import REFUSAL


class Line:
    """What granian hands over for one request: `chunks` as they come, a number being seconds without any.

    cut: the connection ends before the body does, which granian tells by two empty chunks.
    """

    def __init__(self, *chunks, cut=False):
        self._chunks = iter([*chunks, b"", b""] if cut else [*chunks, b""])
        self.answer = None

    def __aiter__(self):
        return self

    async def __anext__(self):
        for chunk in self._chunks:
            if isinstance(chunk, bytes):
                return chunk
            await asyncio.sleep(chunk)
        raise StopAsyncIteration

    def response_bytes(self, status, headers, content):
        self.answer = (status, dict(headers), content)

    def response_empty(self, status, headers):
        self.answer = (status, dict(headers), b"")

    def response_file(self, status, headers, name):
        with open(name, "rb") as file:
            self.answer = (status, dict(headers), file.read())


class Scope:
    http_version, scheme = "1.1", "http"
    client, server = "192.0.2.7:5000", "[::1]:8000"

    def __init__(self, method="POST", path="/x", headers=(), query="a=1"):
        self.method, self.path, self.query_string = method, path, query
        self.headers = Headers(headers)


class Headers(list):
    def items(self):
        return list(self)

    def get(self, name, default=None):
        return dict(self).get(name, default)

    def __contains__(self, name):
        return name in dict(self)


def _run(coroutine):
    """In a thread, because a browser that an earlier test started keeps this one's loop running."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, coroutine).result()


def echo(environ, start_response):
    """Answers with the body; a refusal with its status and code."""
    refusal = environ.get(REFUSAL)
    start_response(f"{refusal.status if refusal else 200} .", [("X-Length", environ.get("CONTENT_LENGTH", "-"))])
    return [refusal.code.encode()] if refusal else [environ["wsgi.input"].read()]


@pytest.fixture
def spool(tmp_path):
    return Spool(tmp_path / "spool", memory=10**6, disk=10**7)


@pytest.fixture
def ask(spool):
    def asked(line, scope, app=echo, patience=None, leaving=False):
        front = Front(app, limit=lambda _method, _path: 500_000, spool=spool, threads=1, patience=patience)
        front.leaving = leaving
        _run(front.__rsgi__(scope, line))
        assert (spool.memory_left, spool.disk_left) == (10**6, 10**7)  # whatever happened to the body
        return line.answer

    return asked


@pytest.mark.parametrize("size", [0, 5, LARGEST_IN_MEMORY + 1])
def test_the_application_gets_the_whole_body_at_once(ask, size):
    sent = b"x" * size
    status, headers, content = ask(
        Line(*(sent[i : i + 4000] for i in range(0, size, 4000))), Scope(headers=[("content-length", str(size))])
    )

    assert (status, headers["X-Length"], content) == (200, str(size), sent)


def test_a_body_without_a_length_is_taken_and_measured(ask):
    status, headers, content = ask(Line(b"ab", b"cd"), Scope(headers=[("transfer-encoding", "chunked")]))

    assert (status, headers["X-Length"], content) == (200, "4", b"abcd")


@pytest.mark.parametrize(
    ("headers", "line"),
    [
        ([("content-length", "1000")], Line(b"abcd")),
        ([("content-length", "1000")], Line(b"abcd", cut=True)),
        ([("transfer-encoding", "chunked")], Line(b"abcd", cut=True)),
    ],
)
def test_a_body_that_was_cut_off_never_reaches_the_application(ask, headers, line):
    def never(_environ, _start):
        raise AssertionError("half a body")

    assert ask(line, Scope(headers=headers), app=never)[0] == 400


def test_too_large_is_refused_before_it_is_read(ask):
    line = Line(b"x" * 1000, 3600)

    assert ask(Line(), Scope(headers=[("content-length", "500001")]))[::2] == (413, b"too_large")
    assert ask(Line(*[b"x" * 100_000] * 9), Scope(headers=[("transfer-encoding", "chunked")]))[::2] == (
        413,
        b"too_large",
    )
    assert ask(line, Scope(headers=[("content-length", "500000")]), patience=Patience(1, 0.1, 0.2))[::2] == (
        408,
        b"too_slow",
    )


def test_a_slow_body_arrives_and_a_dripping_one_ends(ask):
    """At 1,000 bytes a second: what keeps up is taken, however long; what does not ends; nothing outlives `longest`."""
    patience = Patience(rate=1000, floor=0.3, longest=1.5)
    steady = [part for _ in range(8) for part in (0.1, b"x" * 120)]
    dripping = [part for _ in range(20) for part in (0.1, b"x" * 10)]
    endless = [part for _ in range(40) for part in (0.1, b"x" * 500)]
    headers = [("transfer-encoding", "chunked")]

    assert ask(Line(*steady), Scope(headers=headers), patience=patience)[::2] == (200, b"x" * 960)
    assert ask(Line(*dripping), Scope(headers=headers), patience=patience)[::2] == (408, b"too_slow")
    assert ask(Line(*endless), Scope(headers=headers), patience=patience)[::2] == (408, b"too_slow")


def test_the_patience_lets_fifty_visits_through_at_1_kb_a_second_and_holds_nobody_for_ever():
    patience = Patience()

    for second in range(1, 60):  # 50 kB at 1 kB/s, with three cuts of ten seconds
        assert patience.allowed(max(0, second - 30) * 1000) >= 30
    assert patience.allowed(50_000) > 50 + 3 * 10
    assert patience.allowed(4) < 31
    assert patience.allowed(10**9) == 900


def test_a_full_spool_asks_to_try_again(ask, spool):
    spool.memory_left = spool.disk_left = 0
    front = Front(echo, limit=lambda _m, _p: 500_000, spool=spool, threads=1)
    line = Line(b"abc")
    _run(front.__rsgi__(Scope(headers=[("content-length", "3")]), line))

    assert line.answer[::2] == (503, b"no_room")


def test_a_large_answer_waits_in_a_file(ask, tmp_path):
    def large(_environ, start_response):
        start_response("200 OK", [])
        return (b"y" * 1000 for _ in range(1000))

    assert ask(Line(), Scope("GET"), app=large)[2] == b"y" * 10**6


def test_what_the_application_raises_is_answered_and_logged(ask, caplog):
    def broken(_environ, _start):
        raise ValueError("broken")

    assert ask(Line(), Scope("GET"), app=broken)[0] == 500
    assert "broken" in caplog.text


def test_a_worker_that_leaves_asks_for_a_new_connection(ask):
    assert "Connection" not in ask(Line(), Scope("GET"))[1]
    assert ask(Line(), Scope("GET"), leaving=True)[1]["Connection"] == "close"


def test_the_environment_is_wsgi(ask):
    seen = {}

    def look(environ, start_response):
        seen.update(environ)
        start_response("204 .", [])
        return []

    headers = [
        ("host", "hoc.example.vn"),
        ("cookie", "a=1"),
        ("cookie", "b=2"),
        ("x-forwarded-for", "192.0.2.9"),
        ("x_forwarded_for", "203.0.113.1"),
    ]
    ask(Line(), Scope("GET", "/bài-học", headers, query="q=tiếng"), app=look)

    assert seen["PATH_INFO"].encode("latin-1").decode() == "/bài-học"
    # Some phones send an address as it was typed, without percent signs.
    assert seen["QUERY_STRING"].encode("latin-1").decode() == "q=tiếng"
    assert (seen["REMOTE_ADDR"], seen["SERVER_NAME"], seen["SERVER_PORT"]) == ("192.0.2.7", "::1", "8000")
    assert seen["HTTP_COOKIE"] == "a=1; b=2"
    # What a proxy vouches for is not overwritten by a name that only looks like it.
    assert seen["HTTP_X_FORWARDED_FOR"] == "192.0.2.9"
    assert "CONTENT_LENGTH" not in seen


def test_prints_wait_for_each_other_and_nobody_waits_for_them(spool):
    press, most = threading.Event(), front_module.MOST_PRINTS_WAITING

    def app(environ, start_response):
        if environ["PATH_INFO"].endswith(".pdf") and REFUSAL not in environ:
            press.wait(10)
        return echo(environ, start_response)

    async def ask_all():
        front = Front(app, limit=lambda _method, _path: 500, spool=spool, threads=1)
        lines = [Line() for _ in range(most)]
        prints = [asyncio.create_task(front.__rsgi__(Scope("GET", "/bai/in.pdf"), line)) for line in lines]
        await asyncio.sleep(0)
        page, one_too_many = Line(), Line()
        await asyncio.wait_for(front.__rsgi__(Scope("GET", "/bai"), page), 5)
        await asyncio.wait_for(front.__rsgi__(Scope("GET", "/bai/in.pdf"), one_too_many), 5)
        assert not any(each.done() for each in prints)
        press.set()
        await asyncio.gather(*prints)
        again = Line()
        await front.__rsgi__(Scope("GET", "/bai/in.pdf"), again)
        return page.answer[0], one_too_many.answer[::2], {line.answer[0] for line in lines}, again.answer[0]

    with ThreadPoolExecutor(1) as pool:
        answers = pool.submit(asyncio.run, ask_all()).result()

    assert answers == (200, (503, b"busy"), {200}, 200)
