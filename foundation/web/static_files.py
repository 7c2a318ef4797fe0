"""Serves every room's static files from addresses that carry a hash of their content.

At start each room's folder is copied to `<data folder>/static/<room>/<hash>/` with compressed twins beside the files,
unless it is already there. The hash stands in the folder, not in each name, so that modules and style sheets keep
naming their neighbours by relative address. A phone keeps what it has for a year; a changed file moves its room.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from flask import Blueprint, Flask
from whitenoise import WhiteNoise
from whitenoise.compress import Compressor

from foundation.settings import HOUSE
from foundation.web.headers import GUARDS

# Browser libraries from npm, served as their authors built them: name under /static/vendor/ -> file in node_modules.
VENDOR: Mapping[str, str] = {
    "noble-ed25519/index.js": "@noble/ed25519/index.js",
    # What reading CBOR takes; writing it is never needed in a browser.
    **{
        f"cborg/lib/{part}.js": f"cborg/lib/{part}.js"
        for part in (
            *("0uint", "1negint", "2bytes", "3string", "4array", "5map", "6tag", "7float"),
            *("byte-utils", "common", "decode", "jump", "token"),
        )
    },
    "qr-scanner/qr-scanner.min.js": "qr-scanner/qr-scanner.min.js",
    "idb/index.js": "idb/build/index.js",
    # The same for a service worker, which cannot import modules.
    "idb/umd.js": "idb/build/umd.js",
    "leaflet/leaflet.js": "leaflet/dist/leaflet.js",
    "leaflet/leaflet.css": "leaflet/dist/leaflet.css",
    **{f"leaflet/images/{name}": f"leaflet/dist/images/{name}" for name in ("layers.png", "layers-2x.png")},
    "workbox/workbox-sw.js": "workbox-sw/build/workbox-sw.js",
    **{
        f"workbox/workbox-{part}.prod.js": f"workbox-{part}/build/workbox-{part}.prod.js"
        for part in ("cacheable-response", "core", "expiration", "precaching", "routing", "strategies")
    },
}

# Workers that a library carries as text inside a module, to start them from memory; our pages start nothing from
# memory, so the text is served as a file of its own: name under /static/vendor/ -> the module in node_modules.
WORKERS: Mapping[str, str] = {"qr-scanner/engine.js": "qr-scanner/qr-scanner-worker.min.js"}

vendor = Blueprint("vendor", __name__, static_folder="vendor", static_url_path="/static/vendor")


class StaticFiles:
    """Where each room's files lie, and under which address they are served."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._rooms: dict[str, str] = {}

    def add(self, room: str, files: Mapping[str, Path]) -> Path:
        """Prepare a room's files; returns their folder. The second time nothing is written."""
        version = _version(files)
        self._rooms[room] = version
        place = self.folder / room / version
        if not place.is_dir():
            _prepare(place, files)
        return place

    def version(self, room: str) -> str:
        return self._rooms[room]

    def file(self, room: str, address: str) -> Path | None:
        """The file behind `<hash>/<name>`, or None when there is none. Never leaves the room's folder."""
        place = (self.folder / room).resolve()
        file = (place / address).resolve()
        return file if file.is_relative_to(place) and file.is_file() else None


def serve_static_files(app: Flask, folder: Path) -> None:
    """Serve the static files of every blueprint registered so far."""
    files = StaticFiles(folder)
    app.extensions["static_files"] = files
    app.register_blueprint(vendor)
    served = WhiteNoise(
        app.wsgi_app, immutable_file_test=lambda _path, _url: True, add_headers_function=_guard, allow_all_origins=False
    )
    for room, blueprint in app.blueprints.items():
        if blueprint.static_folder is None:
            continue
        listed = _vendor_files(folder) if room == "vendor" else _files_below(Path(blueprint.static_folder))
        served.add_files(str(files.add(room, listed)), prefix=f"static/{room}/{files.version(room)}/")
    app.wsgi_app = served  # type: ignore[method-assign]

    @app.url_defaults
    def add_version(endpoint: str, values: dict) -> None:
        room, _, kind = endpoint.rpartition(".")
        if kind == "static":
            values["filename"] = f"{files.version(room)}/{values['filename']}"


def _guard(headers, _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = GUARDS["X-Content-Type-Options"]
    headers["Cross-Origin-Resource-Policy"] = "same-origin"


def _vendor_files(folder: Path) -> dict[str, Path]:
    modules = HOUSE / "node_modules"
    files = {name: modules / file for name, file in VENDOR.items() if (modules / file).is_file()}
    for name, file in WORKERS.items():
        if (modules / file).is_file():
            files[name] = _unwrapped(modules / file, folder / "workers" / name)
    return files


def _unwrapped(module: Path, place: Path) -> Path:
    """The worker written out of its module, whose whole text it is between the first and the last backtick."""
    text = module.read_text(encoding="utf-8")
    worker = text[text.index("`") + 1 : text.rindex("`")].replace("\\`", "`").replace("\\$", "$")
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=place.parent, delete=False, encoding="utf-8") as written:
        written.write(worker)
    os.replace(written.name, place)
    return place


def _files_below(folder: Path) -> dict[str, Path]:
    return {file.relative_to(folder).as_posix(): file for file in sorted(folder.rglob("*")) if file.is_file()}


def _version(files: Mapping[str, Path]) -> str:
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(name.encode() + b"\0" + files[name].read_bytes() + b"\0")
    return digest.hexdigest()[:10]


def _prepare(place: Path, files: Mapping[str, Path]) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent) as making:
        made = Path(making) / "files"
        made.mkdir()
        compressor = Compressor(quiet=True)
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
