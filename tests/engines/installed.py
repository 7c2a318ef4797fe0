"""Which engines this machine has, and how each is started. `make engines` installs what is missing."""

import os
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

import brotli

from foundation.settings import PROJECT_ROOT
from tests.browser.conftest import find_chromium
from tests.engines.chromium import Chromium
from tests.engines.engine import Engine
from tests.engines.firefox import Firefox
from tests.engines.webkit import DRIVER, WebKit, find_minibrowser

PACKAGES = Path(__file__).parent / "node_modules"
UNPACKED = PROJECT_ROOT / ".cache" / "engines"
# Chromium 64 brings no libraries of its own; those of 80 serve both.
LIBRARIES = UNPACKED / "chromium-80" / "lib"


class Missing(Exception):
    """The engine is not on this machine; the message says what to install."""


def chromium_today() -> Engine:
    binary = find_chromium()
    if binary is None:
        raise Missing("no Chromium: apt-get install chromium")
    return Chromium("chromium", Path(binary))


def chromium_80() -> Engine:
    return Chromium("chromium-80", _unpacked("chromium-80"), libraries=_libraries())


def chromium_64() -> Engine:
    return Chromium("chromium-64", _unpacked("chromium-64"), libraries=_libraries())


def firefox() -> Engine:
    binary = shutil.which("firefox-esr") or shutil.which("firefox")
    if binary is None:
        raise Missing("no Firefox: apt-get install firefox-esr")
    return Firefox(Path(binary))


def webkit() -> Engine:
    binary = find_minibrowser()
    if binary is None or not DRIVER.exists() or shutil.which("Xvfb") is None:
        raise Missing("no WebKit: apt-get install webkit2gtk-driver xvfb")
    return WebKit(binary)


ENGINES: dict[str, Callable[[], Engine]] = {
    "chromium": chromium_today,
    "chromium-80": chromium_80,
    "chromium-64": chromium_64,
    "firefox": firefox,
    "webkit": webkit,
}


def _unpacked(package: str) -> Path:
    """The binary of an npm package, unpacked once: the packages carry it compressed by Brotli."""
    packed = PACKAGES / package / "bin" / "chromium.br"
    binary = UNPACKED / package / "chromium"
    if not packed.exists():
        raise Missing(f"no {package}: npm ci --ignore-scripts --prefix tests/engines")
    if not binary.exists():
        binary.parent.mkdir(parents=True, exist_ok=True)
        _write(binary, brotli.decompress(packed.read_bytes()))
    return binary


def _libraries() -> Path:
    packed = PACKAGES / "chromium-80" / "bin" / "aws.tar.br"
    if not packed.exists():
        raise Missing("no chromium-80: npm ci --ignore-scripts --prefix tests/engines")
    if not LIBRARIES.exists():
        archive = UNPACKED / "libraries.tar"
        archive.parent.mkdir(parents=True, exist_ok=True)
        _write(archive, brotli.decompress(packed.read_bytes()))
        with tarfile.open(archive) as opened:
            opened.extractall(LIBRARIES.parent, filter="data")
    return LIBRARIES


def _write(file: Path, content: bytes) -> None:
    """Whole or not at all: another process may look for it."""
    part = file.with_name(f"{file.name}.{os.getpid()}")
    part.write_bytes(content)
    part.chmod(0o755)
    part.replace(file)
