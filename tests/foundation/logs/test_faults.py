import logging
import sqlite3
import sys
from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from foundation.logs.faults import FORGET_AFTER, SUMMARY_EVERY, RepeatedFaults, describe_error, fault_id, format_fault


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def raised(make):
    try:
        make()
    except (ArithmeticError, LookupError, OSError, SQLAlchemyError, ValueError) as error:
        return error
    raise AssertionError("nothing was raised")


def record(error):
    return logging.LogRecord("x", logging.ERROR, __file__, 1, "fault", None, (type(error), error, error.__traceback__))


def divide(by=0):
    return 1 / by


def locked():
    raise OperationalError("SELECT secret", {}, sqlite3.OperationalError("database is locked"))


def locked_elsewhere():
    locked()


def test_the_first_of_a_fault_is_written_and_the_others_are_counted():
    clock = Clock()
    faults = RepeatedFaults(clock)

    passed = [faults.filter(record(raised(divide))) for _ in range(120)]

    assert passed == [True] + [False] * 119
    assert faults.due() == []
    clock.now = SUMMARY_EVERY
    assert faults.due() == [{"fault": fault_id(raised(divide)), "times": 119, "seconds": SUMMARY_EVERY}]
    assert faults.due() == []


def test_what_was_counted_last_is_summarised_at_the_end():
    faults = RepeatedFaults(Clock())
    for _ in range(3):
        faults.filter(record(raised(divide)))

    assert [each["times"] for each in faults.due(everything=True)] == [2]


def test_a_fault_that_comes_back_much_later_is_news():
    clock = Clock()
    faults = RepeatedFaults(clock)
    faults.filter(record(raised(divide)))
    clock.now = FORGET_AFTER

    assert faults.filter(record(raised(divide)))


def test_two_faults_are_two_and_one_trouble_of_the_storage_is_one_wherever_it_is_met():
    faults = RepeatedFaults(Clock())

    assert faults.filter(record(raised(divide)))
    assert faults.filter(record(raised(lambda: int("x"))))
    assert faults.filter(record(raised(locked)))
    assert not faults.filter(record(raised(locked_elsewhere)))


def test_faults_without_end_do_not_fill_the_memory():
    faults = RepeatedFaults(Clock())
    for number in range(600):
        kind = type(f"Fault{number}", (Exception,), {})
        faults.filter(record(kind()))

    assert len(faults._seen) == 500


class Person(BaseModel):
    age: int


@pytest.mark.parametrize(
    ("make", "secret"),
    [
        (lambda: Person(age="Bùi Thị Mẫu"), "Mẫu"),
        (lambda: dict[str, str]()["Bùi Thị Mẫu"], "Mẫu"),
        (lambda: int("0912345678x"), "0912345678"),
        (lambda: Path("/khong/co/Bui Thi Mau.pdf").read_bytes(), "Thi Mau"),
        (locked, "secret"),
    ],
)
def test_no_value_that_somebody_typed_is_in_the_description(make, secret):
    error = raised(make)

    assert secret not in describe_error(error)
    assert secret not in format_fault(error).splitlines()[-1]
    assert type(error).__name__ in describe_error(error)


def test_pydantic_says_where_and_what_kind():
    assert describe_error(raised(lambda: Person(age="x"))) == "ValidationError: age: int_parsing"
    assert issubclass(ValidationError, ValueError)


def test_a_name_of_our_code_stays():
    assert "'no_such_key'" in describe_error(raised(lambda: {}["no_such_key"]))


def test_a_traceback_is_bounded_and_tells_what_it_was_raised_from():
    def deep(depth):
        if depth:
            deep(depth - 1)
        else:
            try:
                divide()
            except ZeroDivisionError as error:
                raise ValueError("too bad") from error

    sys.setrecursionlimit(max(sys.getrecursionlimit(), 3000))
    text = format_fault(raised(lambda: deep(500)))

    assert len(text.splitlines()) < 50
    assert "frames left out" in text
    assert "ValueError: too bad" in text
    assert "ZeroDivisionError: division by zero" in text
    assert "tests/foundation/logs/test_faults.py" in text
