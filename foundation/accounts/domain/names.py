"""Sign-in names and display names: normalisation and checks."""

import re
import unicodedata

from foundation.characters import MAX_DECOMPOSED, has_hidden_characters, is_overlong, tidy_name

LONGEST_NAME = 40
LONGEST_DISPLAY_NAME = 100

_SHAPE = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
_MARKED_D = str.maketrans("đ", "d")


def fold_name(typed: str) -> str:
    """The one spelling of a sign-in name: small letters, no marks, no spaces around it.

    "Tổ-Viên " and "to-vien" are the same name: Vietnamese keyboards put marks on by themselves.
    """
    # Longer input is cut: it cannot be a name.
    apart = unicodedata.normalize("NFKD", typed.strip()[: 2 * MAX_DECOMPOSED * LONGEST_NAME].casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).translate(_MARKED_D)


def name_fault(folded: str) -> str | None:
    """Why a folded name cannot be given to a new account, as a code: missing, too_long, bad_characters; None if it can.

    Two to LONGEST_NAME letters a–z, digits, dots, hyphens and underscores, beginning with a letter or digit.
    """
    if not folded:
        return "missing"
    if len(folded) > LONGEST_NAME:
        return "too_long"
    return None if _SHAPE.fullmatch(folded) else "bad_characters"


def clean_display_name(typed: str) -> str:
    """A person's name as shown: foundation.characters.tidy_name.

    A far too long one is returned unchanged, for display_name_fault.
    """
    return typed if is_overlong(typed, LONGEST_DISPLAY_NAME) else tidy_name(typed)


def display_name_fault(cleaned: str) -> str | None:
    """missing, too_long (over LONGEST_DISPLAY_NAME characters), bad_characters (hidden ones, bidi marks) or None."""
    if not any(map(str.isalnum, cleaned)):
        return "bad_characters" if cleaned else "missing"
    if len(cleaned) > LONGEST_DISPLAY_NAME:
        return "too_long"
    return "bad_characters" if has_hidden_characters(cleaned) else None
