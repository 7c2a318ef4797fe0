"""Serves the static files of every package at addresses with a hash of their content.

At start each package's files, with what was built of its scripts and styles, are copied to
`<static folder>/<package>/<hash>/` with compressed copies, unless they exist already. The hash is part of the
folder, so that modules and style sheets can use relative addresses. Browsers cache files for a year; a changed file
gives its whole package a new address. Folders of earlier versions are still served, and so are those that another
node adds later, so that a page that was open during an upgrade still finds its files.
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
from foundation.web.headers import SECURITY_HEADERS

# Of each package: these many versions stay whatever their age, since a node that was not upgraded yet may serve them
# ...
MIN_VERSIONS = 2
# ... a replaced one stays as long as a page may be open in a tab ...
RETENTION_SECONDS = 30 * 24 * 3600
# ... and never more than so many, however often somebody installs.
MAX_VERSIONS = 20

# Source maps are four times as large as all other files, and only developer tools load them.
NOT_COMPRESSED = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")

vendor = Blueprint("vendor", __name__, static_folder="vendor", static_url_path="/static/vendor")
_log = logging.getLogger(__name__)


class StaticFiles:
    """The static files of each package: their folders and addresses."""

    def __init__(self, folder: Path, build: BrowserBuild | None = None) -> None:
        self.folder = folder
        self.build = build or BrowserBuild()
        self._packages: dict[str, str] = {}
        self._names: dict[str, list[str]] = {}

    def add(self, package: str, files: Mapping[str, Path]) -> Path:
        """Prepare a package's files; returns their folder. A second call writes nothing.

        Deletes versions that were replaced long ago: see MIN_VERSIONS, RETENTION_SECONDS and MAX_VERSIONS.
        """
        version = _version(files)
        self._packages[package] = version
        self._names[package] = list(files)
        place = self.folder / package / version
        if not place.is_dir():
            _prepare(place, files)
        _remove_replaced(self.folder / package, version)
        return place

    def version(self, package: str) -> str:
        return self._packages[package]

    def file(self, package: str, address: str) -> Path | None:
        """The file behind `<hash>/<name>`, None if there is none. Never a file outside the package's folder."""
        place = (self.folder / package).resolve()
        file = (place / address).resolve()
        return file if file.is_relative_to(place) and file.is_file() else None

    def with_imports(self, package: str, entry: str) -> list[str]:
        """A script and every script that it imports, at once or later: what a phone stores to run it offline."""
        return self.build.with_imports(package, entry)

    def text(self, package: str, name: str) -> str:
        """The text of a file of the current version. Raises LookupError if it does not exist."""
        file = self.file(package, f"{self._packages[package]}/{name}")
        if file is None:
            raise LookupError(f"{package}/{name} was not built")
        return file.read_text(encoding="utf-8")

    def missing(self) -> list[str]:
        """Files that pages use and that do not exist, as "<package>/<name>"; empty if all is well."""
        if self.build.folder is None:
            return [f"build/browser/{MANIFEST}"]
        return [
            f"{package}/{name}"
            for package, version in self._packages.items()
            for name in self._names[package]
            if not (self.folder / package / version / name).is_file()
        ]


def missing_browser_files() -> list[str]:
    """Files that browsers need and this process cannot serve, as "<package>/<name>"; empty if all is well.

    Needs an application context. One `stat` for each file, about 200 of them.
    """
    files: StaticFiles = current_app.extensions["static_files"]
    return files.missing()


def init_static_files(app: Flask, folder: Path) -> None:
    """Serve the static files of every blueprint registered so far.

    If nothing was built, pages work without scripts, styles are served from their sources, and the log says so.
    """
    build = read_build()
    files = StaticFiles(folder, build)
    app.extensions["static_files"] = files
    app.register_blueprint(vendor)
    served = _AllVersions(app.wsgi_app, folder)
    for package, blueprint in app.blueprints.items():
        if blueprint.static_folder is None:
            continue
        listed = {**_sources_below(Path(blueprint.static_folder)), **build.files(package)}
        served.add_files(str(files.add(package, listed)), prefix=f"static/{package}/{files.version(package)}/")
    app.wsgi_app = served  # type: ignore[method-assign]
    if build.folder is None:
        _log.error("Chưa có tập tin cho trình duyệt: chạy `make install`. (No browser files: run `make install`.)")

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        package, _, kind = endpoint.rpartition(".")
        if kind == "static":
            values["filename"] = f"{files.version(package)}/{values['filename']}"


class _AllVersions(WhiteNoise):  # type: ignore[misc]  # WhiteNoise has no types
    """Serves the files listed at start, and finds files of other versions on disk."""

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
            except (OSError, NotARegularFileError):  # a folder, or just deleted
                earlier = None
            if earlier is not None:
                answer: Iterable[bytes] = self.serve(earlier, environ, start_response)
                return answer
        usual: Iterable[bytes] = super().__call__(environ, start_response)
        return usual


def _guard(headers: Headers, _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = SECURITY_HEADERS["X-Content-Type-Options"]
    headers["Cross-Origin-Resource-Policy"] = "same-origin"


def _sources_below(folder: Path) -> dict[str, Path]:
    """Pictures and styles. Scripts are served from the build, never from their sources."""
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
            # Another process has just made the same folder.
            if not place.is_dir():
                raise


def _remove_replaced(package: Path, current: str) -> None:
    """Remove versions of a package that nobody can need any more.

    The time of a folder says when it began to be served.
    """
    begun: dict[Path, float] = {}
    for place in package.iterdir():
        # A folder that another process is still making begins with a dot.
        if place.is_dir() and not place.name.startswith("."):
            begun[place] = place.stat().st_mtime
    newest_first = sorted(begun, key=lambda place: begun[place], reverse=True)
    if newest_first[0].name != current:  # an earlier version is served again
        os.utime(package / current)
        begun[package / current] = time.time()
        newest_first.sort(key=lambda place: begun[place], reverse=True)
    long_ago = time.time() - RETENTION_SECONDS
    for rank, (newer, place) in enumerate(itertools.pairwise(newest_first), start=1):
        replaced_long_ago = rank >= MIN_VERSIONS and begun[newer] < long_ago
        if place.name != current and (replaced_long_ago or rank >= MAX_VERSIONS):
            shutil.rmtree(place, ignore_errors=True)
