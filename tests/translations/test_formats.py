from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from babel.dates import format_date
from babel.numbers import format_decimal

from translations.formats import day, moment, number, percent


@pytest.mark.parametrize(
    "value", [0, 7, 999, 1000, 1234.5, 1234567.25, -1234.5, 0.04, 12.0, 166, Decimal("3321.5"), 1e15]
)
def test_numbers_are_written_as_babel_writes_them_in_vietnamese(value):
    assert number(value) == format_decimal(value, format="#,##0.#", locale="vi")


def test_decimals_are_as_many_as_asked():
    assert number(3.14159, 3) == "3,142"
    assert number(3.0, 3) == "3"
    assert number(-0.01) == "0"
    assert number(True) == "1"


def test_what_is_missing_is_no_zero():
    assert number(None) == percent(None) == day(None) == moment(None) == "–"


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0, "0 %"),
        (0.123, "12,3 %"),
        (0.65, "65 %"),
        (0.99951, "99,9 %"),
        (1, "100 %"),
        (1.0, "100 %"),
        (1.045, "104,5 %"),
    ],
)
def test_a_share_is_never_rounded_up_to_all_and_never_cut_at_all(share, text):
    assert percent(share) == text.replace(" ", "\u00a0")


def test_a_day_is_the_one_in_viet_nam():
    late = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)

    assert day(date(2026, 11, 21)) == format_date(date(2026, 11, 21), "dd/MM/y", locale="vi") == "21/11/2026"
    assert day(late) == "02/03/2026"
    assert moment(late) == "06:30 02/03/2026"
