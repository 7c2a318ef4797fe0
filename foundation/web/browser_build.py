"""Reads the output of scripts/browser/build.mjs: files for browsers, and which of them import each other."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from foundation.settings import PROJECT_ROOT

BUILD_FOLDER = PROJECT_ROOT / "build" / "browser"
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class BrowserBuild:
    """One build, or an empty one if nothing was built.

    folder: holds a folder for each package; None where nothing was built.
    packages: package -> entry, such as "offline/page.js" -> the other files it imports, at once or later.
    inputs: source file, relative to the project -> SHA-256 of what was built from it.
    """

    folder: Path | None = None
    packages: Mapping[str, Mapping[str, list[str]]] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)

    def files(self, package: str) -> dict[str, Path]:
        """Every built file of a package: name -> path."""
        place = self.folder / package if self.folder else None
        if place is None or not place.is_dir():
            return {}
        return {file.relative_to(place).as_posix(): file for file in sorted(place.rglob("*")) if file.is_file()}

    def with_imports(self, package: str, entry: str) -> list[str]:
        """`entry` and every file it imports, at once or later. An entry that was not built gives only itself."""
        return [entry, *self.packages.get(package, {}).get(entry, [])]

    def changed_sources(self) -> list[str]:
        """Source files that were changed or removed after the build."""
        return [name for name, digest in self.inputs.items() if _digest(PROJECT_ROOT / name) != digest]


def read_build(place: Path = BUILD_FOLDER) -> BrowserBuild:
    """The newest build; an empty one if there is none or its folder is missing."""
    try:
        manifest = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
        folder = place / manifest["digest"]
        if folder.is_dir():
            return BrowserBuild(folder, manifest["rooms"], manifest["inputs"])
    except (OSError, ValueError, KeyError):
        pass
    return BrowserBuild()


def _digest(file: Path) -> str | None:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return None
