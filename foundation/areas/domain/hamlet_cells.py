"""Reading single cells of a list of hamlets. Each function raises CellParseError with a code, or gives the value."""

import re
import unicodedata
from datetime import date, datetime

from foundation.areas.domain.kinds import KIND_WORDS, AreaKind, Level
from foundation.areas.domain.naming import fold, without_kind
from foundation.characters import has_hidden_characters, is_hidden, is_overlong, tidy_name
from foundation.problems import ParseError

LONGEST_NAME = 100
LONGEST_SOURCE = 300
# The largest residential groups of cities count a few thousand households; more is a slip of the finger.
MOST_HOUSEHOLDS = 20_000

Cell = str | int | float | bool | date | None

_KINDS = {fold(words): kind for kind, words in KIND_WORDS.items() if kind.level is Level.HAMLET}
_KINDS |= {kind.value: kind for kind in _KINDS.values()} | {"tdp": AreaKind.TO_DAN_PHO}

# "Tổ dân phố 3/5", "Bon Bu N'Đrung", "Xóm 2 & 3 (Nam Sơn)", "Khu A – B".
_NAME_PUNCTUATION = frozenset(" .,'’-–/&()")
# More marks on one letter than any script of Việt Nam needs.
_TOO_MANY_COMBINING = re.compile("M{5}")
_COMMUNE_CODE = re.compile(r"[0-9]{1,5}", re.ASCII)
_HAMLET_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,19}", re.ASCII)
_COUNT = re.compile(r"[0-9]{1,9}|[0-9]{1,3}(\.[0-9]{3})+", re.ASCII)
_DAYS = ("%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y")


class CellParseError(ParseError):
    """A cell that cannot be read."""


def text_of(cell: Cell) -> str:
    """The text of the cell, as one line without spaces around it; "" for an empty cell."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        # Spreadsheets keep every number as a float: 15607 comes back as 15607.0.
        cell = int(cell)
    return " ".join(unicodedata.normalize("NFC", str(cell)).split())


def commune_code(cell: Cell) -> str:
    text = text_of(cell)
    if not _COMMUNE_CODE.fullmatch(text):
        raise CellParseError("not_a_commune_code")
    # Spreadsheets drop the zeros in front: 04714 becomes 4714.
    return text.zfill(5)


def hamlet_code(cell: Cell) -> str:
    text = text_of(cell)
    if not _HAMLET_CODE.fullmatch(text):
        raise CellParseError("not_a_hamlet_code")
    return text


def name(cell: Cell) -> str:
    """A hamlet's name as written, with or without its kind: letters, marks and digits of any script, spaces and
    _NAME_PUNCTUATION, beginning with a letter or digit. A spreadsheet must take no part of it for a formula."""
    if isinstance(cell, str) and is_overlong(cell, LONGEST_NAME):
        raise CellParseError("name_too_long")
    text = tidy_name(text_of(cell))
    if len(text) > LONGEST_NAME:
        raise CellParseError("name_too_long")
    if not text[:1].isalnum() or not all(map(_may_stand_in_a_name, text)) or _TOO_MANY_COMBINING.search(_kinds(text)):
        raise CellParseError("not_a_name")
    return text


def bare_name(kind: AreaKind, written: str) -> str:
    """A name read by `name`, without its kind: "Bản Mẫu 1" of kind bản gives "Mẫu 1". Raises
    CellParseError("not_a_name")
    where what is left is none."""
    return name(without_kind(kind, written))


def _may_stand_in_a_name(character: str) -> bool:
    if character in _NAME_PUNCTUATION:
        return True
    return unicodedata.category(character)[0] in "LMN" and not is_hidden(character)


def _kinds(text: str) -> str:
    return "".join(unicodedata.category(character)[0] for character in text)


def kind(cell: Cell) -> AreaKind:
    found = _KINDS.get(fold(text_of(cell).replace("_", " "))) or _KINDS.get(text_of(cell))
    if found is None:
        raise CellParseError("unknown_kind")
    return found


def households(cell: Cell) -> int:
    """A whole count; "1.234" is read as people here write it."""
    text = text_of(cell)
    if text.startswith("-"):
        raise CellParseError("negative_households")
    if isinstance(cell, bool | float) and text != text_of(int(cell)):
        raise CellParseError("not_a_number")
    if not _COUNT.fullmatch(text):
        raise CellParseError("not_a_number")
    count = int(text.replace(".", ""))
    if count > MOST_HOUSEHOLDS:
        raise CellParseError("too_many_households")
    return count


def source(cell: Cell) -> str:
    text = text_of(cell)
    if len(text) > LONGEST_SOURCE or has_hidden_characters(text):
        raise CellParseError("source_too_long")
    return text


def day(cell: Cell, today: date) -> date:
    """A day written 21/11/2026 or 2026-11-21, or a date of the spreadsheet's own; not after `today`."""
    found = _day(cell)
    if found > today:
        raise CellParseError("day_in_the_future")
    return found


def _day(cell: Cell) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    for form in _DAYS:
        try:
            return datetime.strptime(text_of(cell), form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise CellParseError("not_a_day")
