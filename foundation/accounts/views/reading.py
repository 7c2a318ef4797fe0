"""Reading days and page numbers out of addresses and forms."""

from datetime import date, datetime

from foundation.problems import Invalid

_MOST_PAGES = 10_000


def read_day(given: str | None, field: str) -> date | None:
    """A day as date fields send it (2026-11-21) or as people type it (21/11/2026); None for an empty field.

    Raises Invalid({field: "not_a_date"}) for anything else.
    """
    text = (given or "").strip()
    if not text:
        return None
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007  a day has no zone
        except ValueError:
            continue
    raise Invalid({field: "not_a_date"})


def read_number(given: str | None) -> int | None:
    """A whole number from 1 to 999 999 999; None for anything that is none."""
    if given and given.isascii() and given.isdecimal() and len(given) < 10:
        return int(given) or None
    return None


def read_page(given: str | None) -> int:
    """A page number from 1 to _MOST_PAGES; 1 for anything that is none."""
    return min(read_number(given) or 1, _MOST_PAGES)
