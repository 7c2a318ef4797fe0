"""One event as a line of text, or as a line of JSON."""

import json
import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime

from foundation import clock
from foundation.logs.context import log_context
from foundation.logs.faults import format_fault

_PLAIN = re.compile(r"[^\s\"=\x00-\x1f\x7f-\x9f]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def fields_of(record: logging.LogRecord) -> dict[str, object]:
    """The fields of a record: of the current request or job, its own, and the fault's id."""
    own: Mapping[str, object] = getattr(record, "fields", {})
    found = {**log_context(), **own}
    fault = getattr(record, "fault", None)
    return {**found, "fault": fault} if fault else found


class TextFormatter(logging.Formatter):
    """`2026-11-21T12:00:00.123+07:00 info request method=GET route=/bai-hoc/<lesson_slug> status=200 …`.

    A record is always one line; only a traceback follows on more lines, indented.
    """

    def format(self, record: logging.LogRecord) -> str:
        fields = " ".join(f"{name}={_text(value)}" for name, value in fields_of(record).items())
        words = _one_line(record.getMessage())
        line = f"{_time(record)} {record.levelname.lower()} {words}{' ' if fields else ''}{fields}"
        if record.exc_info and record.exc_info[1] is not None:
            line += "".join(f"\n    {each}" for each in format_fault(record.exc_info[1]).splitlines())
        return line


class JsonFormatter(logging.Formatter):
    """The same as one JSON object a line: time, level, logger, message, the fields, and `traceback`."""

    def format(self, record: logging.LogRecord) -> str:
        event = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **fields_of(record),
        }
        if record.exc_info and record.exc_info[1] is not None:
            event["traceback"] = format_fault(record.exc_info[1])
        return json.dumps(event, ensure_ascii=False, default=str)


def _time(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, UTC)
    return clock.in_vietnam(moment).isoformat(timespec="milliseconds")


def _text(value: object) -> str:
    text = str(value)
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def _one_line(words: str) -> str:
    # A line break in a text must not look like another record.
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", words)
