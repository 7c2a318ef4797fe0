"""Starts the figures for Prometheus where METRICS_ADDRESS asks for them; costs nothing where it does not."""

import os
from importlib import import_module

from flask import Flask

from foundation.settings import Settings


def start_metrics(app: Flask) -> None:
    """Count this process's requests, and answer for all of them once the address is free."""
    settings: Settings = app.extensions["settings"]
    if not settings.metrics_address:
        return
    folder = settings.data_folder / "metrics"
    folder.mkdir(parents=True, exist_ok=True)
    # prometheus_client decides as it is imported whether several processes count together.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    metrics = import_module("foundation.metrics")
    app.extensions["request_log"].observers.append(metrics.observe)
    host, _, port = settings.metrics_address.rpartition(":")
    metrics.serve_metrics(app, folder, host.strip("[]"), int(port))
