"""Writes THIRD_PARTY_NOTICES.md: `make notices`. With --check it only says whether the file is up to date.

Names come from the lock files, licences from the metadata of what is installed. Versions are left out, so that an
update changes the file only where a licence changes. A package that is not installed here (for another system) keeps
the row that the file has; a package without any known licence ends the script with a message.
"""

import json
import re
import sys
from email.message import Message
from importlib.metadata import PackageNotFoundError, metadata
from importlib.resources import files
from pathlib import Path
from typing import cast

ROOT = Path(__file__).resolve().parent.parent
NOTICES = ROOT / "THIRD_PARTY_NOTICES.md"

# Read from the licence file of a package whose metadata names no licence, or names it loosely.
READ_IN_PACKAGE = {
    "pyrage": "MIT",
    "pypdfium2": "BSD-3-Clause AND Apache-2.0",
    "pyphen": "GPL-2.0-or-later OR LGPL-2.1-or-later OR MPL-1.1",
}
# Only installed on Windows or with another Python; read from the metadata of the package (December 2026).
ELSEWHERE = {"brotlicffi": "MIT", "colorama": "BSD-3-Clause", "tzdata": "Apache-2.0"}
# Run while the files for browsers are built, and never sent to one.
BUILD_TOOLS = {"esbuild", "postcss"}
# Other spellings -> identifier of SPDX.
SPDX = {
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD 2-Clause License": "BSD-2-Clause",
    "BSD License": "BSD-3-Clause",  # so say the texts of all that have this classifier
    "GNU LGPL v3+": "LGPL-3.0-or-later",
    "GPL": "GPL-2.0-or-later",
    "LGPLv3": "LGPL-3.0-only",
    "MIT License": "MIT",
    "PSFL": "PSF-2.0",
}

HEAD = """# Third-party notices

Written by `make notices` out of the lock files; do not edit by hand. The code of this repository is under
[LICENSE](LICENSE), lessons, drawings and voices under [LICENSE-CONTENT](LICENSE-CONTENT). What others made is under
their own licences:

"""
DATA = """## Fonts and data

| what | where it is used | licence |
|---|---|---|
| Be Vietnam Pro | printed pages and letters (embedded in PDF files) | OFL-1.1, text below |
| Noto (Debian's `fonts-noto-core`) | letters that Be Vietnam Pro does not have, in print | OFL-1.1, the same text |
| vietnamadminunits | `foundation/areas/data/`: areas of today and before 1 July 2025 | MIT, text in `README.md` there |
"""
SERVER = """
## On the server

Installed by pip from their own archives, each with its licence; none is in this repository.

"""
TOOLS = """
## For building and testing

Only what is named directly; neither browsers nor servers get it.

"""
ENGINE = """
The scanning engine of qr-scanner is a port of [jsQR](https://github.com/cozmo/jsqr), itself a port of
[ZXing](https://github.com/zxing/zxing); both are under Apache-2.0, whose text is in [LICENSE](LICENSE).
"""


class UnknownLicence(Exception):
    """A package of a lock file that has no known licence."""


def python_packages(lock: str) -> list[str]:
    """Names in a lock of pip, sorted; one that is locked twice for two versions of Python comes once."""
    return sorted(set(re.findall(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^]]*\])?==", lock, re.MULTILINE)))


def browser_packages(lock: dict[str, dict[str, dict[str, object]]]) -> dict[str, str]:
    """Package -> licence of what pages may load: direct dependencies but build tools, and all that those depend on."""
    packages = lock["packages"]
    waiting = [name for name in _dependencies(packages[""]) if name not in BUILD_TOOLS]
    found: dict[str, str] = {}
    while waiting:
        name = waiting.pop()
        if name not in found:
            package = packages[f"node_modules/{name}"]
            found[name] = str(package["license"])
            waiting += _dependencies(package)
    return dict(sorted(found.items()))


def licence_of(name: str, rows: dict[str, str]) -> str:
    """The SPDX expression of an installed Python package. rows: what the file says so far. Raises UnknownLicence."""
    known = READ_IN_PACKAGE | ELSEWHERE
    if name in known:
        return known[name]
    try:
        licence = _licence_in(cast(Message, metadata(name)))
    except PackageNotFoundError:
        licence = rows.get(name, "")
    if not licence:
        raise UnknownLicence(f"{name}: read its licence and add it to READ_IN_PACKAGE of {Path(__file__).name}")
    return licence


def rows_of(notices: str) -> dict[str, str]:
    """Name -> licence of every row of two columns in the file."""
    return dict(re.findall(r"^\| ([^|\n]+?) \| ([^|\n]+?) \|$", notices, re.MULTILINE))


def write_notices(before: str) -> str:
    """The whole text. before: the text of the file as it is. Raises UnknownLicence."""
    rows = rows_of(before)
    python = {name: licence_of(name, rows) for name in python_packages((ROOT / "requirements/run.txt").read_text())}
    browser = browser_packages(json.loads((ROOT / "package-lock.json").read_text()))
    parts = [
        HEAD,
        "## Sent to browsers\n\nWith the texts of their licences, further down.\n\n",
        _table(browser),
        ENGINE,
        SERVER,
        _table(python),
        TOOLS,
        _table(_tools(rows)),
        "\n",
        DATA,
        "\n## Texts of the licences\n",
    ]
    for name in browser:
        parts.append(_text(name, _licence_file(ROOT / "node_modules" / name)))
    parts.append(_text("Be Vietnam Pro", (files("fontpkg_be_vietnam_pro") / "LICENSE").read_text(encoding="utf-8")))
    return "".join(parts)


def _tools(rows: dict[str, str]) -> dict[str, str]:
    """Package -> licence of what package.json and requirements/test.in name for building and testing."""
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    npm = BUILD_TOOLS | set(packages[""]["devDependencies"])
    named = re.findall(r"^([a-z0-9][a-z0-9-]*)", (ROOT / "requirements/test.in").read_text(), re.MULTILINE)
    licences = {name: str(packages[f"node_modules/{name}"]["license"]) for name in npm}
    licences |= {name: licence_of(name, rows) for name in named}
    return dict(sorted(licences.items()))


def _dependencies(package: dict[str, object]) -> list[str]:
    dependencies = package.get("dependencies", {})
    assert isinstance(dependencies, dict)
    return list(dependencies)


def _licence_in(package: Message) -> str:
    expression = package.get("License-Expression")
    if expression:
        return str(expression)
    written = str(package.get("License") or "")
    if written and len(written) < 40:
        return SPDX.get(written, written)
    classifiers = [name for name in package.get_all("Classifier") or [] if name.startswith("License :: OSI")]
    names = [name.rsplit(" :: ", 1)[1] for name in classifiers]
    return " OR ".join(SPDX.get(name, name) for name in names)


def _licence_file(folder: Path) -> str:
    found = sorted(
        path for path in folder.iterdir() if re.match(r"(LICEN[CS]E|NOTICE)(\.|$)", path.name, re.IGNORECASE)
    )
    if not found:
        raise UnknownLicence(f"{folder}: no file of a licence")
    return "\n".join(path.read_text(encoding="utf-8") for path in found)


def _table(rows: dict[str, str]) -> str:
    lines = [f"| {name} | {licence} |" for name, licence in rows.items()]
    return "\n".join(["| package | licence |", "|---|---|", *lines]) + "\n"


def _text(name: str, text: str) -> str:
    body = "\n".join(line.rstrip() for line in text.strip().splitlines())
    return f"\n### {name}\n\n```text\n{body}\n```\n"


def main(arguments: list[str]) -> int:
    before = NOTICES.read_text(encoding="utf-8") if NOTICES.exists() else ""
    try:
        text = write_notices(before)
    except UnknownLicence as unknown:
        sys.stderr.write(f"{unknown}\n")
        return 1
    if "--check" not in arguments:
        NOTICES.write_text(text, encoding="utf-8")
    elif text != before:
        sys.stderr.write("THIRD_PARTY_NOTICES.md is older than the lock files: make notices\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
