"""Checks addresses in requests to which the browser is sent back."""

import re

# A browser reads a backslash as a slash, drops tabs and line breaks, and takes "//" for another site.
_LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")
LONGEST = 2000


def local_path(given: str | None, otherwise: str) -> str:
    """`given` if it is a path on this site, with its query; `otherwise` for another site or an invalid path."""
    if given and len(given) <= LONGEST and _LOCAL.fullmatch(given):
        return given
    return otherwise
