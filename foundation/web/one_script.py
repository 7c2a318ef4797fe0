"""Makes one classic script of ES modules: a service worker that needs Workbox cannot import modules.

Understands only what our own modules are written in: named imports from beside, and `export` before a declaration or
around names. tests/browser_modules checks that every module of the worker is written so.
"""

import re
from pathlib import Path

_IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([a-z_]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const) )", re.MULTILINE)
_EXPORTED = re.compile(r"^export (?:async )?(?:function|class|const) (\w+)", re.MULTILINE)


def one_script(entry: Path) -> str:
    """`entry` and all it imports, each module in a scope of its own, in the order they need each other.

    Raises ValueError for a module that imports or exports in any other way, or in a circle.
    """
    done: dict[str, str] = {}
    _add(entry, done, ())
    return "const modules = {};\n" + "".join(done.values())


def _add(file: Path, done: dict[str, str], above: tuple[str, ...]) -> None:
    if file.name in above:
        raise ValueError(f"{file.name} imports itself by way of {', '.join(above)}")
    text = file.read_text(encoding="utf-8")
    for _names, beside in _IMPORT.findall(text):
        if beside not in done:
            _add(file.with_name(beside), done, (*above, file.name))
    exported = _EXPORTED.findall(text)
    body = _EXPORT.sub("", _IMPORT.sub(_taken, text))
    if left := re.search(r"^(?:import|export)\b.*", body, re.MULTILINE):
        raise ValueError(f"{file.name} says {left.group()!r}, which only a module may say")
    given = f"\nreturn {{ {', '.join(exported)} }};"
    done[file.name] = f'modules["{file.name}"] = (() => {{\n"use strict";\n{body}{given}\n}})();\n'


def _taken(found: re.Match[str]) -> str:
    names = re.sub(r"(\w+) as (\w+)", r"\1: \2", " ".join(found.group(1).split()))
    return f'const {{ {names} }} = modules["{found.group(2)}"];\n'
