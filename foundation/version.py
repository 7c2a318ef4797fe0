"""The version of the platform, from pyproject.toml, and a fingerprint of its code."""

import tomllib
from functools import cache
from hashlib import sha256

from foundation.settings import PROJECT_ROOT

VERSION: str = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
PACKAGES = ("community_teams", "learning", "courses", "translations", "foundation")


@cache
def code_fingerprint() -> str:
    """16 hexadecimal digits that change with any source file, template or gettext catalogue.

    Computed once per process.
    """
    found = sha256()
    for package in PACKAGES:
        for file in sorted((PROJECT_ROOT / package).rglob("*")):
            if file.suffix in {".py", ".html", ".mo"}:
                found.update(file.read_bytes())
    return found.hexdigest()[:16]
