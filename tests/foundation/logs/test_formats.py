import io
import json
import logging
import re

import pytest

from foundation.logs.context import working_on
from foundation.logs.setup import LogHandler, configure_logging
from foundation.settings import Settings


@pytest.fixture
def written(monkeypatch, tmp_path):
    """Sets logging up, writes, and gives back what came out; leaves everything as it was."""
    root, ours = logging.getLogger(), logging.getLogger("foundation")
    before = root.handlers[:], root.level, ours.level
    # A command in another test may have set it up, and seen the same fault.
    root.handlers[:] = [each for each in root.handlers if not isinstance(each, LogHandler)]

    def write(act, **settings):
        out = io.StringIO()
        monkeypatch.setattr("sys.stderr", out)
        handler = configure_logging(Settings(data_folder=tmp_path, **settings))
        act(logging.getLogger("foundation.x"))
        handler.write_summaries(everything=True)
        return out.getvalue()

    yield write
    root.handlers[:], level, our_level = before[0], before[1], before[2]
    root.setLevel(level)
    ours.setLevel(our_level)


def fault(log):
    try:
        raise ValueError("too bad")
    except ValueError:
        log.exception("fault")


def test_a_line_of_text_tells_when_how_grave_what_and_the_fields(written):
    with working_on({"id": "K7QDM2XP4T"}):
        said = written(lambda log: log.info("request", extra={"fields": {"route": "/bai-hoc/<lesson>", "ms": 1.5}}))

    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+07:00 info request id=K7QDM2XP4T route=/bai-hoc/<lesson> ms=1.5\n",
        said,
    )


def test_a_line_break_in_a_text_makes_no_second_record(written):
    said = written(lambda log: log.warning("tên %s", "a\n2026 error forged", extra={"fields": {"x": "b\nc d"}}))

    assert said.count("\n") == 1
    assert "tên a\\x0a2026" in said
    assert 'x="b\\nc d"' in said


def test_json_is_one_object_a_line_with_its_traceback_inside(written):
    lines = [json.loads(line) for line in written(fault, log_format="json").splitlines()]

    assert len(lines) == 1
    assert lines[0].keys() == {"time", "level", "logger", "message", "fault", "traceback"}
    assert lines[0]["level"] == "error"
    assert "ValueError: too bad" in lines[0]["traceback"]


def test_a_traceback_follows_its_record_indented_and_repeats_are_summed_up(written):
    def often(log):
        for _ in range(50):
            fault(log)

    lines = written(often).splitlines()

    assert all(line.startswith("    ") for line in lines[1:-1])
    assert lines[-2] == "    ValueError: too bad"
    assert "error fault repeated fault=" in lines[-1]
    assert "times=49" in lines[-1]


@pytest.mark.parametrize(("level", "count"), [("debug", 3), ("info", 2), ("warning", 1), ("error", 0)])
def test_the_level_is_a_setting(written, level, count):
    def speak(log):
        log.debug("a")
        log.info("b")
        log.warning("c")

    assert len(written(speak, log_level=level).splitlines()) == count


def test_other_packages_are_heard_from_a_warning_on(written):
    def speak(_log):
        logging.getLogger("weasyprint").info("a")
        logging.getLogger("weasyprint").warning("b")

    assert len(written(speak).splitlines()) == 1


def test_set_up_twice_there_is_one_handler(written):
    written(lambda _log: None)
    written(lambda _log: None, log_format="json")

    assert sum(isinstance(each, LogHandler) for each in logging.getLogger().handlers) == 1
