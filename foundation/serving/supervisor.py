"""Starts the processes of the server and keeps them: `python -m foundation.serving.supervisor --help`.

Imports nothing of the application, so that it stays small and a reload starts the newest code. The listening sockets
are its own, one for each worker: connections wait in them while no worker is there, and workers come and go without one
being refused. While a worker is missing, the others take the connections of its socket, too.

SIGHUP: new processes take the place of the old ones, each old one only once its successor answers. SIGINT, SIGTERM: all
end; a second time, at once. Ends with 0, or with 1 when the first workers do not come to answer.
"""

import argparse
import logging
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from foundation.serving.system import (
    PORT_ADVICE,
    listen,
    notify_systemd,
    raise_open_files,
    set_up_child,
    signals_as_bytes,
    terminal_is_gone,
    web_address,
)

log = logging.getLogger("foundation.serving")

# Seconds.
UNTIL_READY = 120.0  # a worker that has not said it answers by then is killed
LEAVE_ON_RELOAD = 120.0  # what open requests get when their worker is replaced: no new connection waits for it
LEAVE_ON_STOP = 10.0  # and when all of the server ends
LONGEST_PAUSE = 10.0  # between two attempts to start a process that keeps dying
STABLE = 3.0  # a process that served so long is started again at once: it did not die of starting

WORKER = "worker"
JOBS = "jobs"


@dataclass(eq=False)
class Child:
    """A process. ready: whether it answers, since ready_at.

    leave_by: the moment after which it is killed, once it was asked to go.

    takes_all: whether it was asked to take connections from all sockets, because a worker is missing.
    """

    process: subprocess.Popen[bytes]
    started: float
    pipe: int | None = None
    ready: bool = False
    ready_at: float | None = None
    leave_by: float | None = None
    takes_all: bool = False


@dataclass(eq=False)
class Place:
    """One process that ought to run: `now` does, `next` is about to take over."""

    name: str
    command: Sequence[str]
    now: Child | None = None
    next: Child | None = None
    start_at: float = 0.0
    failures: int = 0


@dataclass
class Supervisor:
    listening: Sequence[socket.socket]
    factory: str
    jobs: bool
    places: list[Place] = field(default_factory=list)
    leaving: list[Child] = field(default_factory=list)
    to_reload: list[Place] = field(default_factory=list)
    served: bool = False
    stopping: bool = False
    status: int = 0

    def run(self) -> int:
        self._wake = signals_as_bytes()
        worker = [sys.executable, "-m", "foundation.serving.worker", self.factory]
        numbers = [str(each.fileno()) for each in self.listening]
        for place, own in enumerate(numbers):
            first = ",".join([own, *(number for number in numbers if number != own)])
            self.places.append(Place(f"{WORKER} {place + 1}", [*worker, first]))
        if self.jobs:
            app = self.factory.partition(":")[0]
            self.places.append(Place(JOBS, [sys.executable, "-m", "flask", "--app", app, "jobs", "work"]))
        while not self._over():
            if not self.stopping:
                self._start_what_is_due()
            self._wait()
            self._look()
            self._cover()
        return self.status

    def _over(self) -> bool:
        return self.stopping and not self.leaving

    # Starting.

    def _start_what_is_due(self) -> None:
        now = time.monotonic()
        for place in self.places:
            if place.now is None and place.next is None and place.start_at <= now:
                self._start(place)
        while self.to_reload and not any(place.next for place in self.places):
            place = self.to_reload.pop(0)
            if place.now is not None:
                self._start(place)

    def _start(self, place: Place) -> None:
        command, pipe, ready = list(place.command), None, False
        passed = [each.fileno() for each in self.listening]
        write = None
        if place.name == JOBS:
            passed, ready = [], True
        else:
            pipe, write = os.pipe()
            passed.append(write)
            command.append(str(write))
        # preexec_fn is safe here: there is one thread.
        process = subprocess.Popen(command, pass_fds=passed, preexec_fn=set_up_child)  # noqa: S603
        if write is not None:
            os.close(write)
        place.next = Child(process, time.monotonic(), pipe, ready)
        if ready:
            self._take_over(place)

    def _take_over(self, place: Place) -> None:
        """`next` answers: whoever was there before it goes."""
        self._ask_to_leave(place, LEAVE_ON_RELOAD)
        place.now, place.next = place.next, None
        if place.now is not None:
            place.now.ready_at = time.monotonic()
        if place.name != JOBS and not self.served:
            self.served = True
            sys.stdout.write(f"Sẵn sàng: {web_address(self.listening[0])}   (dừng lại: Ctrl+C)\n")
            sys.stdout.flush()
            notify_systemd("READY=1")

    def _cover(self) -> None:
        """Have the workers that are there take the connections of one that is not, and leave them to it again."""
        workers = [place.now for place in self.places if place.name != JOBS]
        missing = None in workers
        for child in workers:
            if child is not None and child.takes_all != missing:
                child.takes_all = missing
                child.process.send_signal(signal.SIGUSR1 if missing else signal.SIGUSR2)

    # Looking.

    def _wait(self) -> None:
        """Until a signal, a word of a worker, or the next moment at which something is due."""
        pipes = [child.pipe for place in self.places if (child := place.next) and child.pipe is not None]
        moments = []
        if not self.stopping:
            moments = [place.start_at for place in self.places if place.now is None and place.next is None]
        moments += [child.leave_by for child in self.leaving if child.leave_by is not None]
        moments += [place.next.started + UNTIL_READY for place in self.places if place.next]
        timeout = max(0.0, min(moments, default=time.monotonic() + 60) - time.monotonic())
        select.select([self._wake, *pipes], [], [], timeout)

    def _look(self) -> None:
        try:
            for number in set(os.read(self._wake, 4096)):
                self._heed(number)
        except BlockingIOError:
            pass
        for place in self.places:
            if place.next is not None and not place.next.ready:
                self._hear(place, place.next)
        self._bury()

    def _heed(self, number: int) -> None:
        if number == signal.SIGHUP and not terminal_is_gone():
            log.warning("nạp lại: thay từng tiến trình")
            self.to_reload = list(self.places)
        elif number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self._stop()

    def _stop(self) -> None:
        if self.stopping:
            for child in self.leaving:
                child.process.kill()
            return
        self.stopping = True
        notify_systemd("STOPPING=1")
        for each in self.listening:
            each.close()
        for place in self.places:
            if place.next is not None:
                place.next.process.kill()
                self._let_go(place.next, 0)
                place.next = None
            self._ask_to_leave(place, LEAVE_ON_STOP)

    def _ask_to_leave(self, place: Place, patience: float) -> None:
        if place.now is not None:
            place.now.process.terminate()
            self._let_go(place.now, patience)
            place.now = None

    def _let_go(self, child: Child, patience: float) -> None:
        child.leave_by = time.monotonic() + patience
        self.leaving.append(child)

    def _hear(self, place: Place, child: Child) -> None:
        """Whether a starting worker answers by now; one that will not is killed."""
        assert child.pipe is not None
        if select.select([child.pipe], [], [], 0)[0]:
            child.ready = bool(os.read(child.pipe, 16))
            os.close(child.pipe)
            child.pipe = None
            if child.ready:
                self._take_over(place)
            else:
                child.process.wait()
        elif time.monotonic() > child.started + UNTIL_READY:
            child.process.kill()

    def _bury(self) -> None:
        now = time.monotonic()
        for child in list(self.leaving):
            if child.process.poll() is not None:
                self.leaving.remove(child)
            elif child.leave_by is not None and now > child.leave_by:
                child.process.kill()
        for place in self.places:
            if place.next is not None and place.next.process.poll() is not None:
                self._lost_before_ready(place, place.next)
            if place.now is not None and place.now.process.poll() is not None:
                self._lost(place, place.now)

    def _lost(self, place: Place, child: Child) -> None:
        log.error("%s (pid %s) mất, mã %s: mở lại", place.name, child.process.pid, child.process.returncode)
        place.now = None
        self._pause(place, child)

    def _lost_before_ready(self, place: Place, child: Child) -> None:
        if child.pipe is not None:
            os.close(child.pipe)
        place.next = None
        if place.now is not None:
            # The old ones go on serving: a version that does not start costs nobody anything.
            log.error("%s mới không chạy được, mã %s: giữ tiến trình cũ", place.name, child.process.returncode)
            self.to_reload = []
        elif self.served:
            log.error("%s không mở lại được, mã %s", place.name, child.process.returncode)
            self._pause(place, child)
        elif not self.stopping:
            log.error("%s không chạy được, mã %s: dừng", place.name, child.process.returncode)
            self.status = 1
            self._stop()

    def _pause(self, place: Place, child: Child) -> None:
        """Start again at once, or later and later where it keeps dying."""
        served = time.monotonic() - child.ready_at if child.ready_at is not None else 0.0
        place.failures = 0 if served > STABLE else place.failures + 1
        wait = 0.0 if place.failures < 2 else min(0.5 * 2**place.failures, LONGEST_PAUSE)
        place.start_at = time.monotonic() + wait


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--jobs", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--factory", default="app:serve")
    given = parser.parse_args(arguments)
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.WARNING)
    raise_open_files()
    try:
        listening = listen(given.host, given.port, given.workers)
    except OSError as error:
        advice = PORT_ADVICE.get(error.errno or 0, "")
        log.error("không mở được %s:%s: %s", given.host, given.port, advice or error.strerror)
        return 1
    return Supervisor(listening, given.factory, given.jobs).run()


if __name__ == "__main__":
    sys.exit(main())
