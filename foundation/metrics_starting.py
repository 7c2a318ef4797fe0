"""Starts the metrics for Prometheus if METRICS_ADDRESS is set; otherwise imports nothing."""

import os
from importlib import import_module

from flask import Flask

from foundation.settings import Settings


def start_metrics(app: Flask) -> None:
    """Count the requests of this process, and serve the metrics of all processes once the address is free."""
    settings: Settings = app.extensions["settings"]
    if not settings.metrics_address:
        return
    folder = settings.data_folder / "metrics"
    folder.mkdir(parents=True, exist_ok=True)
    # prometheus_client reads this when it is imported.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    metrics = import_module("foundation.metrics")
    app.extensions["request_log"].observers.append(metrics.observe)
    host, _, port = settings.metrics_address.rpartition(":")
    metrics.serve_metrics(app, folder, host.strip("[]"), int(port))
