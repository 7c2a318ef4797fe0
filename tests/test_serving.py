"""The server as it runs: slow strangers, killed processes, a reload under load, and its end, which leaves nothing."""

import http.client
import json
import os
import signal
import socket
import subprocess
import threading
import time
import urllib.parse
import urllib.request
import uuid
from pathlib import Path

import pytest
from sqlalchemy import text

from app import create_app
from foundation import migrating
from foundation.command_name import COMMAND
from foundation.serving.system import listen, web_address
from foundation.settings import Settings
from tests.browser.serving import free_port, serve_command, wait_for
from tests.strangers import half_sent_body, held, idle, slow_headers

PROJECT_ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60  # seconds; a process takes some to start on a busy machine


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A data folder with an empty database in it."""
    made = tmp_path_factory.mktemp("served")
    app = create_app(Settings(data_folder=made))
    migrating.upgrade(app.extensions["engine"])
    app.extensions["engine"].dispose()
    return made


class Serving:
    """`flask serve` with a mark in its environment, by which all that it starts is found, whatever their session."""

    def __init__(self, folder, log, *, workers=1, jobs=True):
        self.mark = f"SERVED_FOR={uuid.uuid4()}"
        name, _, value = self.mark.partition("=")
        self.log = log
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        with log.open("w") as output:
            self.process = subprocess.Popen(
                # As a terminal starts it; whoever started the tests may have them ignore Ctrl+C.
                ["env", "--default-signal=INT", *serve_command(port, workers=workers, jobs=jobs)],
                cwd=PROJECT_ROOT,
                env={**os.environ, "DATA_FOLDER": str(folder), "DATABASE_URL": "", name: value},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        wait_for(f"{self.address}/healthz", self.process)

    def running(self, what=""):
        """The processes that still run, those with `what` in their command line; a zombie has no environment."""
        found = []
        for place in Path("/proc").glob("[0-9]*"):
            try:
                marked = self.mark.encode() in (place / "environ").read_bytes().split(b"\0")
                command = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if marked and what in command:
                found.append(int(place.name))
        return found

    def wait_for_others(self, what, old):
        """The processes with `what` in their command line, once none of them is one of `old`."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            found = set(self.running(what))
            if len(found) == len(old) and not found & set(old):
                return found
            time.sleep(0.1)
        raise AssertionError(f"{what}: still {self.running(what)}; {self.log.read_text()}")

    def get(self, path="/healthz", timeout=10):
        with urllib.request.urlopen(self.address + path, timeout=timeout) as answer:
            return answer.status

    def clear(self):
        for each in self.running():
            os.kill(each, signal.SIGKILL)
        self.process.wait(timeout=10)


class Load:
    """Requests one after another, each on a connection of its own, until the block ends."""

    def __init__(self, serving):
        self._serving = serving
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._ask)
        self.done, self.failed = 0, []

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_exc):
        self._over.set()
        self._thread.join()

    def _ask(self):
        while not self._over.is_set():
            try:
                self._serving.get(timeout=30)
                self.done += 1
            except OSError as error:
                self.failed.append(repr(error))
            time.sleep(0.02)


@pytest.fixture(scope="module")
def shared(folder, tmp_path_factory):
    """One server for all tests that it survives."""
    serving = Serving(folder, tmp_path_factory.mktemp("log") / "server.log")
    yield serving
    serving.clear()


@pytest.fixture
def serving(folder, tmp_path):
    made = Serving(folder, tmp_path / "server.log")
    yield made
    made.clear()


def test_slow_strangers_harm_nobody(shared):
    with (
        held(shared.address, 60, half_sent_body()),
        held(shared.address, 10, half_sent_body("/api/v1/visits", announced=200_000, sent=b"x" * 100_000)),
        held(shared.address, 60, slow_headers()),
        held(shared.address, 60, idle()),
    ):
        for path in ("/healthz", "/bai-hoc/vneid-kich-hoat"):
            assert shared.get(path, timeout=5) == 200


def test_a_batch_that_trickles_in_arrives_whole(shared):
    """What it says is judged as if it had come at once: here, that nobody is signed in."""
    body = json.dumps({"batch": str(uuid.uuid4()), "device": str(uuid.uuid4()), "pending": 0, "visits": []}).encode()
    port = int(shared.address.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        head = "POST /api/v1/visits HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        line.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode())
        for start in range(0, len(body), 10):
            line.sendall(body[start : start + 10])
            time.sleep(0.02)
        answer = line.recv(65536)

    assert answer.startswith(b"HTTP/1.1 401")
    assert b"not_signed_in" in answer


@pytest.mark.parametrize(
    ("path", "kind"), [("/api/v1/visits", "application/problem+json"), ("/dang-nhap", "text/html")]
)
def test_too_large_is_answered_before_it_is_sent(shared, path, kind):
    port = int(shared.address.rsplit(":", 1)[1])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest("POST", path)
    connection.putheader("Content-Length", str(50 * 1024 * 1024))
    connection.endheaders(b"x" * 1000)
    answer = connection.getresponse()
    content = answer.read().decode()
    connection.close()

    assert answer.status == 413
    assert answer.headers.get_content_type() == kind
    assert "too_large" in content


def test_a_body_that_is_cut_off_is_not_taken_for_a_whole_one(shared):
    """Chunked, so that only the missing end tells."""
    port = int(shared.address.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        head = "POST /dang-nhap HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        line.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n4\r\nname\r\n".encode())
        line.shutdown(socket.SHUT_WR)
        answer = line.recv(65536)

    assert not answer or answer.startswith(b"HTTP/1.1 400")


def test_large_answers_arrive_whole(shared):
    """The map of a province is made in memory, a recording would lie in a file: both wait on disk for a slow reader."""
    with urllib.request.urlopen(shared.address + "/api/openapi.json", timeout=10) as answer:
        assert len(answer.read()) == int(answer.headers["Content-Length"])


def test_a_killed_worker_is_replaced_under_load(shared):
    old = shared.running("serving.worker")
    with Load(shared) as load:
        time.sleep(0.5)
        os.kill(old[0], signal.SIGKILL)
        shared.wait_for_others("serving.worker", old)
        shared.get(timeout=30)

    # What waited in the socket is answered by the new worker; what the killed one had in hand is lost with it.
    assert len(load.failed) <= 1
    assert load.done > 10
    assert "mất" in shared.log.read_text()


def test_both_workers_get_connections_and_one_gets_all_while_the_other_is_missing(folder, tmp_path):
    serving = Serving(folder, tmp_path / "server.log", workers=2, jobs=False)
    try:
        end = time.monotonic() + PATIENCE
        shares = []
        while len(shares) < 2 or min(shares) < 0.05:  # the second one is still starting
            assert time.monotonic() < end, shares
            workers = serving.running("serving.worker")
            before = [_seconds(each) for each in workers]
            for _ in range(60):
                serving.get()  # a new connection each time
            shares = [_seconds(each) - spent for each, spent in zip(workers, before, strict=True)]
        os.kill(workers[0], signal.SIGKILL)
        for _ in range(60):
            assert serving.get(timeout=5) == 200
        wait = time.monotonic() + PATIENCE
        while len(serving.running("serving.worker")) < 2:
            assert time.monotonic() < wait
            time.sleep(0.1)
    finally:
        serving.clear()


def _seconds(process):
    """Of the processor that it has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_a_killed_worker_of_long_jobs_comes_back(shared):
    old = shared.running("jobs work")
    assert len(old) == 1
    os.kill(old[0], signal.SIGKILL)

    shared.wait_for_others("jobs work", old)
    assert shared.get() == 200


def test_a_reload_under_load_loses_nothing(shared):
    old, old_jobs = shared.running("serving.worker"), shared.running("jobs work")
    port = int(shared.address.rsplit(":", 1)[1])
    with Load(shared) as load, socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as slow:
        slow.sendall(half_sent_body(announced=30, sent=b"name=to-vien&pass"))
        time.sleep(0.5)
        shared.process.send_signal(signal.SIGHUP)
        # The request that is open is finished by the worker that began with it.
        time.sleep(2)
        slow.sendall(b"word=wrong123"[:13])
        assert slow.recv(4096).startswith(b"HTTP/1.1 ")
        shared.wait_for_others("serving.worker", old)
        shared.wait_for_others("jobs work", old_jobs)

    assert load.failed == []
    assert load.done > 10
    assert "panicked" not in shared.log.read_text()


def test_a_version_that_does_not_start_leaves_the_old_one_serving(folder, shared):
    """The new worker finds a database that goes with newer code alone."""
    old = shared.running("serving.worker")
    engine = create_app(Settings(data_folder=folder)).extensions["engine"]
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.execute(text("UPDATE schema_requirement SET minimum_code = '9999'"))
    try:
        shared.process.send_signal(signal.SIGHUP)
        end = time.monotonic() + PATIENCE
        while "giữ tiến trình cũ" not in shared.log.read_text():
            assert time.monotonic() < end
            time.sleep(0.1)
        assert shared.running("serving.worker") == old
        assert shared.get("/khoa-hoc") == 200
    finally:
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": migrating.heads()[0]})
            connection.execute(text("UPDATE schema_requirement SET minimum_code = ''"))
        engine.dispose()


def test_a_database_without_tables_stops_the_start_with_the_way_on(tmp_path):
    environment = {**os.environ, "DATA_FOLDER": str(tmp_path), "DATABASE_URL": ""}
    done = subprocess.run(
        serve_command(free_port()), cwd=PROJECT_ROOT, env=environment, capture_output=True, text=True, timeout=PATIENCE
    )

    assert done.returncode == 1
    assert f"{COMMAND} migrate" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_another_server_of_ours_has_is_taken():
    (listening,) = listen("127.0.0.1", 0)
    with listening, pytest.raises(OSError, match="already in use"):
        listen("127.0.0.1", listening.getsockname()[1], 2)


def test_a_port_that_is_taken_is_said_in_words(folder):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        environment = {**os.environ, "DATA_FOLDER": str(folder), "DATABASE_URL": ""}
        done = subprocess.run(
            serve_command(taken.getsockname()[1]),
            cwd=PROJECT_ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )

    assert done.returncode == 1
    assert "không mở được 127.0.0.1" in done.stderr
    assert "đã có chương trình khác dùng cổng này" in done.stderr
    assert "Sẵn sàng" not in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("how", ["Ctrl+C", "Ctrl+C in a hurry", "SIGTERM"])
def test_all_of_it_ends_together_and_leaves_nobody_behind(serving, how):
    assert len(serving.running()) >= 3  # the supervisor, a worker, the worker of long jobs

    if how == "SIGTERM":
        serving.process.terminate()
    else:  # as a terminal does it: the whole group is told, and told again by whoever cannot wait
        for _each in range(5 if "hurry" in how else 1):
            os.killpg(serving.process.pid, signal.SIGINT)

    assert serving.process.wait(timeout=30) == 0
    assert serving.running() == []
    assert "Traceback" not in serving.log.read_text()


def test_nobody_is_left_when_the_supervisor_is_killed(serving):
    serving.process.kill()
    serving.process.wait()

    end = time.monotonic() + 30
    while serving.running():
        assert time.monotonic() < end, serving.running()
        time.sleep(0.1)


def test_the_address_is_printed_once_when_the_server_answers(serving):
    os.kill(serving.process.pid, signal.SIGHUP)
    serving.wait_for_others("serving.worker", serving.running("serving.worker"))

    printed = serving.log.read_text().splitlines()
    assert printed.count(f"Sẵn sàng: {serving.address}   (dừng lại: Ctrl+C)") == 1


@pytest.mark.parametrize(
    ("host", "address"), [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::1", "[::1]"), ("::", "[::1]")]
)
def test_the_printed_address_can_be_opened(host, address):
    (listening,) = listen(host, 0)
    with listening:
        printed = web_address(listening)
        assert printed == f"http://{address}:{listening.getsockname()[1]}"
        parts = urllib.parse.urlsplit(printed)
        with socket.create_connection((parts.hostname, parts.port), timeout=5):
            pass
