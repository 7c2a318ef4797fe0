"""What scripts/browser/build.mjs made for browsers: where it lies, and which files belong together."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from foundation.settings import PROJECT_ROOT

PLACE = PROJECT_ROOT / "build" / "browser"
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class BrowserBuild:
    """One build, or the absence of one.

    folder: holds a folder for each room; None where nothing was built.
    rooms: room -> entry, such as "offline/page.js" -> the other files it imports, at once or later.
    inputs: source file, relative to the house -> SHA-256 of what was built from it.
    """

    folder: Path | None = None
    rooms: Mapping[str, Mapping[str, list[str]]] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)

    def files(self, room: str) -> dict[str, Path]:
        """Every built file of a room: name -> where it lies."""
        place = self.folder / room if self.folder else None
        if place is None or not place.is_dir():
            return {}
        return {file.relative_to(place).as_posix(): file for file in sorted(place.rglob("*")) if file.is_file()}

    def with_imports(self, room: str, entry: str) -> list[str]:
        """`entry` and every file it imports, at once or later. Of an entry that was not built only itself is known."""
        return [entry, *self.rooms.get(room, {}).get(entry, [])]

    def changed_sources(self) -> list[str]:
        """Sources that are no longer what was built from them: somebody changed or removed them since."""
        return [name for name, digest in self.inputs.items() if _digest(PROJECT_ROOT / name) != digest]


def read_build(place: Path = PLACE) -> BrowserBuild:
    """The newest build; an empty one where there is none, or its folder is gone."""
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
