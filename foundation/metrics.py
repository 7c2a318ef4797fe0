"""Metrics for Prometheus, on a separate private address. Imported only if METRICS_ADDRESS is set.

Every web process counts into files of DATA_FOLDER/metrics (prometheus_client's multiprocess mode). The process that
binds the address answers for all; when it ends, another one takes over within seconds. Two nodes on one machine share
it.
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from flask import Flask
from prometheus_client import CollectorRegistry, Counter, Histogram, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from foundation import clock
from foundation.jobs.services import backlog
from foundation.readiness import STORAGE_ERRORS

log = logging.getLogger(__name__)

TRY_AGAIN = 5.0  # seconds between two attempts to bind the address
# Seconds. A lesson takes milliseconds, a PDF a second, a batch on a slow line minutes to arrive.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

_own = CollectorRegistry()
requests = Counter("bdhvs_requests", "Requests answered.", ["method", "route", "status"], registry=_own)
durations = Histogram(
    "bdhvs_request_duration_seconds", "Until an answer is ready to be sent.", ["route"], buckets=BUCKETS, registry=_own
)
throttled = Counter("bdhvs_throttled", "Requests refused because too many came.", ["route"], registry=_own)
faults = Counter("bdhvs_faults", "Requests that met a fault of ours or of the storage.", ["route"], registry=_own)

# A package's own metric, read at each scrape: {name: (description, function that reads it)}.
Figures = dict[str, tuple[str, Callable[[Any], float]]]


def observe(entry: dict[str, Any]) -> None:
    """Count one request. entry: its log line. Routes are patterns, so their number is bounded."""
    route = entry["route"]
    requests.labels(entry["method"], route, str(entry["status"])).inc()
    durations.labels(route).observe(entry["ms"] / 1000)
    if entry["status"] == 429:
        throttled.labels(route).inc()
    if "fault" in entry:
        faults.labels(route).inc()


class DatabaseFigures(Collector):
    """Metrics from the database, read at each scrape; left out while the database does not answer."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def collect(self) -> Iterator[GaugeMetricFamily]:
        figures: Figures = self._app.extensions.get("metric_figures", {})
        try:
            with self._app.extensions["sessions"]() as session:
                todo = backlog(session, now=clock.now())
                values = {name: (about, read(session)) for name, (about, read) in figures.items()}
        except STORAGE_ERRORS as error:
            log.warning("figures not read", exc_info=error)
            return
        yield GaugeMetricFamily("bdhvs_jobs_waiting", "Long work that waits.", value=todo.waiting)
        yield GaugeMetricFamily("bdhvs_jobs_running", "Long work being done.", value=todo.running)
        yield GaugeMetricFamily("bdhvs_jobs_failed_day", "Long work that failed within a day.", value=todo.failed)
        for name, (about, value) in values.items():
            yield GaugeMetricFamily(name, about, value=value)


def serve_metrics(app: Flask, folder: Path, host: str, port: int) -> threading.Thread:
    """Answer at host:port for all processes that count into `folder`, as soon as the address is free."""
    _remove_files_of_ended_processes(folder)
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(folder))
    registry.register(DatabaseFigures(app))

    def serve() -> None:
        while True:
            try:
                start_http_server(port, host, registry=registry)
            except OSError:
                time.sleep(TRY_AGAIN)  # another of our processes has it
            else:
                return

    thread = threading.Thread(target=serve, name="metrics", daemon=True)
    thread.start()
    return thread


def _remove_files_of_ended_processes(folder: Path) -> None:
    """Delete the files of processes that have ended; their counts start again, as after a restart."""
    for file in folder.glob("*_*.db"):
        number = file.stem.rpartition("_")[2]
        if number.isdecimal() and not _is_running(int(number)):
            file.unlink(missing_ok=True)


def _is_running(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
