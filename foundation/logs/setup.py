"""Sets up logging to standard error; called once at the start of a process."""

import atexit
import logging
import sys
import threading
from typing import TextIO

from foundation.logs.faults import RepeatedFaults
from foundation.logs.formats import JsonFormatter, TextFormatter
from foundation.settings import Settings

log = logging.getLogger(__name__)
OUR_PACKAGES = ("foundation", "translations", "courses", "learning", "community_teams")


class LogHandler(logging.StreamHandler[TextIO]):
    """Writes to the current sys.stderr, and a summary of repeated faults when one is due."""

    def __init__(self) -> None:
        super().__init__(sys.stderr)
        self.faults = RepeatedFaults()
        self.addFilter(self.faults)

    def handle(self, record: logging.LogRecord) -> bool:
        # Before the filter, because a repeated fault may be the only thing that is logged.
        self.write_summaries()
        return super().handle(record)

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)

    def write_summaries(self, *, everything: bool = False) -> None:
        for fields in self.faults.due(everything=everything):
            summary = logging.LogRecord(log.name, logging.ERROR, __file__, 0, "fault repeated", None, None)
            summary.fields = fields
            self.emit(summary)


def configure_logging(settings: Settings, *, least: int = logging.DEBUG) -> LogHandler:
    """Write records of LOG_LEVEL and above as LOG_FORMAT says. A second call reconfigures the same handler.

    least: commands with their own output pass logging.WARNING; LOG_LEVEL=debug overrides it. Records of other
    libraries are written from warning on, or from info on while debugging.
    """
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    if level > logging.DEBUG:
        level = max(level, least)
    root = logging.getLogger()
    handler = next((each for each in root.handlers if isinstance(each, LogHandler)), None)
    if handler is None:
        handler = LogHandler()
        root.addHandler(handler)
        atexit.register(handler.write_summaries, everything=True)
        threading.excepthook = _thread_ended
        logging.captureWarnings(True)
    handler.setFormatter(JsonFormatter() if settings.log_format == "json" else TextFormatter())
    root.setLevel(logging.INFO if level <= logging.DEBUG else max(level, logging.WARNING))
    for package in OUR_PACKAGES:
        logging.getLogger(package).setLevel(level)
    return handler


def _thread_ended(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_type is not SystemExit and ended.exc_value is not None:
        log.error("thread ended", exc_info=ended.exc_value)
