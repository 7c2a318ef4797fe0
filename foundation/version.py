"""The version of the platform, as pyproject.toml names it."""

import tomllib

from foundation.settings import HOUSE

VERSION: str = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
