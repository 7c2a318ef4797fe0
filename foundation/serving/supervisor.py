"""Starts the processes of the server and restarts them: `python -m foundation.serving.supervisor --help`.

Imports nothing of the application, so that it stays small and a reload starts the newest code. It owns the listening
sockets, one per worker: connections wait in them while a worker is replaced, and none is refused. While a worker is
missing, the others also accept the connections of its socket.

SIGHUP: replaces every process; an old one ends only when its successor answers. SIGINT, SIGTERM: all processes end; a
second signal ends them at once. Exit code 0, or 1 if the first workers never answer.
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
UNTIL_READY = 120.0  # a worker that is not ready by then is killed
LEAVE_ON_RELOAD = 120.0  # time for open requests when their worker is replaced
LEAVE_ON_STOP = 10.0  # the same when the whole server ends
LONGEST_PAUSE = 10.0  # between two attempts to start a process that keeps dying
STABLE = 3.0  # a process that served so long is restarted at once: it did not fail at its start

WORKER = "worker"
JOBS = "jobs"


@dataclass(eq=False)
class Child:
    """A process. ready: whether it answers, since ready_at.

    leave_by: when it is killed, after it was asked to end. takes_all: whether it accepts connections from all sockets,
    because a worker is missing.
    """

    process: subprocess.Popen[bytes]
    started: float
    pipe: int | None = None
    ready: bool = False
    ready_at: float | None = None
    leave_by: float | None = None
    takes_all: bool = False


@dataclass(eq=False)
class ProcessSlot:
    """One process that should run. now: the running one. next: the one that is starting to replace it."""

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
    places: list[ProcessSlot] = field(default_factory=list)
    leaving: list[Child] = field(default_factory=list)
    to_reload: list[ProcessSlot] = field(default_factory=list)
    served: bool = False
    stopping: bool = False
    status: int = 0

    def run(self) -> int:
        self._wake = signals_as_bytes()
        worker = [sys.executable, "-m", "foundation.serving.worker", self.factory]
        numbers = [str(each.fileno()) for each in self.listening]
        for place, own in enumerate(numbers):
            first = ",".join([own, *(number for number in numbers if number != own)])
            self.places.append(ProcessSlot(f"{WORKER} {place + 1}", [*worker, first]))
        if self.jobs:
            app = self.factory.partition(":")[0]
            self.places.append(ProcessSlot(JOBS, [sys.executable, "-m", "flask", "--app", app, "jobs", "work"]))
        while not self._over():
            if not self.stopping:
                self._start_what_is_due()
            self._wait()
            self._handle_events()
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

    def _start(self, place: ProcessSlot) -> None:
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

    def _take_over(self, place: ProcessSlot) -> None:
        """Make `next` the current process, and ask the old one to end."""
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
        """Make the running workers accept the connections of a missing one, and stop when it is back."""
        workers = [place.now for place in self.places if place.name != JOBS]
        missing = None in workers
        for child in workers:
            if child is not None and child.takes_all != missing:
                child.takes_all = missing
                child.process.send_signal(signal.SIGUSR1 if missing else signal.SIGUSR2)

    # Watching.

    def _wait(self) -> None:
        """Wait for a signal, a message from a worker, or the next due time."""
        pipes = [child.pipe for place in self.places if (child := place.next) and child.pipe is not None]
        moments = []
        if not self.stopping:
            moments = [place.start_at for place in self.places if place.now is None and place.next is None]
        moments += [child.leave_by for child in self.leaving if child.leave_by is not None]
        moments += [place.next.started + UNTIL_READY for place in self.places if place.next]
        timeout = max(0.0, min(moments, default=time.monotonic() + 60) - time.monotonic())
        select.select([self._wake, *pipes], [], [], timeout)

    def _handle_events(self) -> None:
        try:
            for number in set(os.read(self._wake, 4096)):
                self._handle_signal(number)
        except BlockingIOError:
            pass
        for place in self.places:
            if place.next is not None and not place.next.ready:
                self._check_ready(place, place.next)
        self._reap()

    def _handle_signal(self, number: int) -> None:
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
                self._wait_for_end(place.next, 0)
                place.next = None
            self._ask_to_leave(place, LEAVE_ON_STOP)

    def _ask_to_leave(self, place: ProcessSlot, patience: float) -> None:
        if place.now is not None:
            place.now.process.terminate()
            self._wait_for_end(place.now, patience)
            place.now = None

    def _wait_for_end(self, child: Child, patience: float) -> None:
        child.leave_by = time.monotonic() + patience
        self.leaving.append(child)

    def _check_ready(self, place: ProcessSlot, child: Child) -> None:
        """Check whether a starting worker is ready; kill it after UNTIL_READY."""
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

    def _reap(self) -> None:
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

    def _lost(self, place: ProcessSlot, child: Child) -> None:
        log.error("%s (pid %s) mất, mã %s: mở lại", place.name, child.process.pid, child.process.returncode)
        place.now = None
        self._pause(place, child)

    def _lost_before_ready(self, place: ProcessSlot, child: Child) -> None:
        if child.pipe is not None:
            os.close(child.pipe)
        place.next = None
        if place.now is not None:
            # The old processes keep serving, so a version that does not start harms nobody.
            log.error("%s mới không chạy được, mã %s: giữ tiến trình cũ", place.name, child.process.returncode)
            self.to_reload = []
        elif self.served:
            log.error("%s không mở lại được, mã %s", place.name, child.process.returncode)
            self._pause(place, child)
        elif not self.stopping:
            log.error("%s không chạy được, mã %s: dừng", place.name, child.process.returncode)
            self.status = 1
            self._stop()

    def _pause(self, place: ProcessSlot, child: Child) -> None:
        """Schedule the restart: at once, or with growing pauses if the process keeps failing."""
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
