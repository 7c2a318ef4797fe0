"""Serves every room's static files from addresses that carry a hash of their content.

At start each room's files, with what was built of its scripts and styles, are copied to
`<static folder>/<room>/<hash>/` with compressed twins beside them, unless they are there already. The hash stands in
the folder, so that modules and style sheets keep naming their neighbours by relative address. A phone keeps what it
has for a year; a changed file moves its room. Folders of earlier versions go on being served, and so do those that
another node puts there later: a page that was open during an upgrade still finds its files.
"""

import hashlib
import itertools
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Blueprint, Flask, current_app
from whitenoise import WhiteNoise
from whitenoise.compress import Compressor
from whitenoise.responders import NotARegularFileError

from foundation.web.browser_build import MANIFEST, BrowserBuild, read_build
from foundation.web.headers import GUARDS

# Of each room: these many versions stay whatever their age, since a node that was not upgraded yet may serve them ...
ALWAYS_KEPT = 2
# ... one that was replaced stays for as long as a page may lie open in a tab ...
KEPT_SECONDS = 30 * 24 * 3600
# ... and never more than these, however often somebody installs.
MOST_KEPT = 20

# Source maps are four times as large as all the rest, and only developers' tools ask for them.
NOT_COMPRESSED = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")

vendor = Blueprint("vendor", __name__, static_folder="vendor", static_url_path="/static/vendor")
_log = logging.getLogger(__name__)


class StaticFiles:
    """Where each room's files lie, and under which address they are served."""

    def __init__(self, folder: Path, build: BrowserBuild | None = None) -> None:
        self.folder = folder
        self.build = build or BrowserBuild()
        self._rooms: dict[str, str] = {}
        self._names: dict[str, list[str]] = {}

    def add(self, room: str, files: Mapping[str, Path]) -> Path:
        """Prepare a room's files; returns their folder. The second time nothing is written.

        Removes versions that were replaced long ago: see ALWAYS_KEPT, KEPT_SECONDS and MOST_KEPT.
        """
        version = _version(files)
        self._rooms[room] = version
        self._names[room] = list(files)
        place = self.folder / room / version
        if not place.is_dir():
            _prepare(place, files)
        _remove_replaced(self.folder / room, version)
        return place

    def version(self, room: str) -> str:
        return self._rooms[room]

    def file(self, room: str, address: str) -> Path | None:
        """The file behind `<hash>/<name>`, or None when there is none. Never leaves the room's folder."""
        place = (self.folder / room).resolve()
        file = (place / address).resolve()
        return file if file.is_relative_to(place) and file.is_file() else None

    def with_imports(self, room: str, entry: str) -> list[str]:
        """A script and every script that it imports, at once or later: what a phone keeps to run it offline."""
        return self.build.with_imports(room, entry)

    def text(self, room: str, name: str) -> str:
        """A file of the version served. Raises LookupError where it is not there."""
        file = self.file(room, f"{self._rooms[room]}/{name}")
        if file is None:
            raise LookupError(f"{room}/{name} was not built")
        return file.read_text(encoding="utf-8")

    def missing(self) -> list[str]:
        """Files that pages ask for and nobody serves, as "<room>/<name>"; empty where all is well."""
        if self.build.folder is None:
            return [f"build/browser/{MANIFEST}"]
        return [
            f"{room}/{name}"
            for room, version in self._rooms.items()
            for name in self._names[room]
            if not (self.folder / room / version / name).is_file()
        ]


def missing_browser_files() -> list[str]:
    """What browsers need and this process cannot serve, as "<room>/<name>"; empty where all is well.

    Needs an application context. One `stat` for each file, about 200 of them.
    """
    files: StaticFiles = current_app.extensions["static_files"]
    return files.missing()


def serve_static_files(app: Flask, folder: Path) -> None:
    """Serve the static files of every blueprint registered so far.

    Where nothing was built, pages work without scripts, styles are served as they are written, and the log says so.
    """
    build = read_build()
    files = StaticFiles(folder, build)
    app.extensions["static_files"] = files
    app.register_blueprint(vendor)
    served = _AllVersions(app.wsgi_app, folder)
    for room, blueprint in app.blueprints.items():
        if blueprint.static_folder is None:
            continue
        listed = {**_sources_below(Path(blueprint.static_folder)), **build.files(room)}
        served.add_files(str(files.add(room, listed)), prefix=f"static/{room}/{files.version(room)}/")
    app.wsgi_app = served  # type: ignore[method-assign]
    if build.folder is None:
        _log.error("Chưa có tập tin cho trình duyệt: chạy `make install`. (No browser files: run `make install`.)")

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        room, _, kind = endpoint.rpartition(".")
        if kind == "static":
            values["filename"] = f"{files.version(room)}/{values['filename']}"


class _AllVersions(WhiteNoise):  # type: ignore[misc]  # WhiteNoise has no types
    """Knows where the files listed at start lie, and looks on disk for those of any other version."""

    def __init__(self, application: WSGIApplication, folder: Path) -> None:
        super().__init__(
            application,
            immutable_file_test=lambda _path, _url: True,
            add_headers_function=_guard,
            allow_all_origins=False,
        )
        self.directories = [(f"{folder.resolve()}{os.sep}", "/static/")]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path.startswith("/static/") and path not in self.files:
            try:
                earlier = self.find_file(path)
            except (OSError, NotARegularFileError):  # a folder, or removed this very moment
                earlier = None
            if earlier is not None:
                answer: Iterable[bytes] = self.serve(earlier, environ, start_response)
                return answer
        usual: Iterable[bytes] = super().__call__(environ, start_response)
        return usual


def _guard(headers: Headers, _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = GUARDS["X-Content-Type-Options"]
    headers["Cross-Origin-Resource-Policy"] = "same-origin"


def _sources_below(folder: Path) -> dict[str, Path]:
    """Pictures and styles. Scripts are served as they were built, never as they are written."""
    return {
        file.relative_to(folder).as_posix(): file
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.suffix != ".js"
    }


def _version(files: Mapping[str, Path]) -> str:
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(name.encode() + b"\0" + files[name].read_bytes() + b"\0")
    return digest.hexdigest()[:10]


def _prepare(place: Path, files: Mapping[str, Path]) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent, prefix=".making-") as making:
        made = Path(making) / "files"
        made.mkdir()
        compressor = Compressor(NOT_COMPRESSED, quiet=True)
        for name, file in files.items():
            copy = made / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
            if compressor.should_compress(copy.name):
                compressor.compress(str(copy))
        try:
            os.rename(made, place)
        except OSError:
            # Another process was quicker with the very same files.
            if not place.is_dir():
                raise


def _remove_replaced(room: Path, current: str) -> None:
    """Remove versions of a room that nobody can need any more. The time of a folder says when it began to be served."""
    begun: dict[Path, float] = {}
    for place in room.iterdir():
        # A folder that another process is still making has a dot before its name.
        if place.is_dir() and not place.name.startswith("."):
            begun[place] = place.stat().st_mtime
    newest_first = sorted(begun, key=lambda place: begun[place], reverse=True)
    if newest_first[0].name != current:  # an earlier version is served again
        os.utime(room / current)
        begun[room / current] = time.time()
        newest_first.sort(key=lambda place: begun[place], reverse=True)
    long_ago = time.time() - KEPT_SECONDS
    for rank, (newer, place) in enumerate(itertools.pairwise(newest_first), start=1):
        replaced_long_ago = rank >= ALWAYS_KEPT and begun[newer] < long_ago
        if place.name != current and (replaced_long_ago or rank >= MOST_KEPT):
            shutil.rmtree(place, ignore_errors=True)
