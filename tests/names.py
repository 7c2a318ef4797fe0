"""Reads the names the project defines and the files its prose refers to. What is done with them: test_names.py."""

import ast
import io
import re
import subprocess
import tokenize
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("foundation", "translations", "courses", "learning", "community_teams")

# Private words, whose standard terms are in docs/glossary.md. A name is wrong when one of its parts is one of these.
# `knocked` is not among them: "doors knocked" is the term of canvassing for what these counters count.
PRIVATE_WORDS = frozenset(
    [
        "told",
        "kept",
        "said",
        "stands",
        "standing",
        "standings",
        "boiled",
        "boiling",
        "heir",
        "heirs",
        "veil",
        "veils",
        "amiss",
        "asked",
        "drawn",
        "seen",
        "marks",
        "knock",
        "knocks",
    ]
)
PRIVATE_PHRASES = ("let_in", "let_go", "let_back", "take_along")
# Standard terms that hold such a word.
STANDARD_PHRASES = (
    *("last_seen", "first_seen", "byte_order_marks"),
    # Respondents of a question: columns, and words of files and addresses for machines.
    *(f"{question}_asked" for question in ("vneid", "skills", "signal", "power", "phone", "language", "not", "nobody")),
)

_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_JS_NAMES = re.compile(
    r"\bfunction\s*\*?\s+(\w+)\s*\(([^)]*)\)|\bclass\s+(\w+)|^(?:export\s+)?(?:const|let)\s+(\w+)\s*=", re.MULTILINE
)
_MACRO = re.compile(r"{%-?\s*macro\s+(\w+)\s*\(([^)]*)\)")
_COMMENTS = {
    ".js": re.compile(r"/\*.*?\*/|(?:^|\s)//[^\n]*", re.DOTALL),
    ".mjs": re.compile(r"/\*.*?\*/|(?:^|\s)//[^\n]*", re.DOTALL),
    ".css": re.compile(r"/\*.*?\*/", re.DOTALL),
    ".html": re.compile(r"{#.*?#}", re.DOTALL),
    ".md": re.compile(r".+", re.DOTALL),
}
# A path or file name; not the end of an address, of a placeholder or of a longer word.
_FILE = re.compile(r"(?<![\w./…<>{}*$~@%-])[\w][\w./-]*\.(?:py|js|mjs|html|css|md)\b(?![\w*/<{(-])")
_MODULE = re.compile(rf"(?<![\w./-])(?:{'|'.join(PACKAGES)})(?:\.\w+)+")


def private_words(name: str) -> list[str]:
    """The private words in a name, by its parts: `_told_if_known` and `AreaTold` both give ["told"]."""
    snake = "_".join(part.lower() for part in _PART.findall(name))
    for phrase in STANDARD_PHRASES:
        snake = re.sub(rf"(?<![a-z]){phrase}(?![a-z])", "", snake)
    found = [word for word in snake.split("_") if word in PRIVATE_WORDS]
    return found + [phrase for phrase in PRIVATE_PHRASES if re.search(rf"(?<![a-z]){phrase}(?![a-z])", snake)]


@cache
def tracked() -> tuple[Path, ...]:
    """The files under version control that exist, relative to ROOT."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return tuple(Path(name) for name in listed.split("\0") if name and (ROOT / name).is_file())


def files_of(package: str, *endings: str) -> list[Path]:
    return [file for file in tracked() if file.parts[0] == package and file.suffix in endings]


def defined_in(package: str) -> Counter[str]:
    """How often each name is defined in a package: modules, classes, functions, parameters, fields and columns.

    Of Python, of the package's scripts for browsers, and of the macros of its templates.
    """
    names: Counter[str] = Counter()
    for file in files_of(package, ".py", ".js", ".html"):
        names[file.stem] += 1
        names.update(definitions((ROOT / file).read_text(encoding="utf-8"), file.suffix))
    return names


def definitions(text: str, suffix: str) -> Iterator[str]:
    """The names that `text`, a file with that ending, defines. Local variables are not among them."""
    if suffix == ".py":
        yield from _python_definitions(text)
    elif suffix == ".js":
        for function, parameters, class_name, constant in _JS_NAMES.findall(text):
            yield from filter(None, (function, class_name, constant))
            yield from re.findall(r"\w+", re.sub(r"=[^,]*", "", parameters))
    elif suffix == ".html":
        for macro, parameters in _MACRO.findall(text):
            yield macro
            yield from re.findall(r"(\w+)\s*(?:=[^,]*)?(?:,|$)", parameters)


def _python_definitions(text: str) -> Iterator[str]:
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        if isinstance(node, ast.arg):
            yield node.arg
        if isinstance(node, ast.ClassDef | ast.Module):
            for statement in node.body:
                if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                    yield statement.target.id
                elif isinstance(statement, ast.Assign):
                    yield from (target.id for target in statement.targets if isinstance(target, ast.Name))


def private_names(package: str) -> dict[str, int]:
    """The names of a package that hold a private word, and how often each is defined."""
    return {name: times for name, times in sorted(defined_in(package).items()) if private_words(name)}


def repeated_classes() -> dict[str, int]:
    """Public class names that several modules define, and how many do."""
    homes: Counter[str] = Counter()
    for package in PACKAGES:
        for file in files_of(package, ".py"):
            tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
            homes.update({node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)})
    return {name: times for name, times in sorted(homes.items()) if times > 1 and not name.startswith("_")}


def prose_of(text: str, suffix: str) -> str:
    """Comments and docstrings of a source file; the whole of a page of docs."""
    if suffix != ".py":
        return "\n".join(_COMMENTS[suffix].findall(text)) if suffix in _COMMENTS else ""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    found = [token.string for token in tokens if token.type == tokenize.COMMENT]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            found.append(ast.get_docstring(node, clean=False) or "")
    return "\n".join(found)


def stale_references(prose: str, beside: Path = Path()) -> list[str]:
    """Files and modules of this project that `prose` names and that do not exist.

    beside: the folder of the file that holds it, for relative links. A path may leave out folders: web/print.css is
    foundation/web/static/print.css. Addresses, patterns and placeholders are not looked at.
    """
    stale = [name for name in _FILE.findall(prose) if not _file_exists(name, beside)]
    return stale + [name for name in _MODULE.findall(prose) if not _module_exists(name)]


@cache
def _by_file_name() -> dict[str, list[tuple[str, ...]]]:
    paths: dict[str, list[tuple[str, ...]]] = {}
    for file in tracked():
        paths.setdefault(file.name, []).append(file.parts[:-1])
    return paths


def _file_exists(name: str, beside: Path) -> bool:
    """Whether a tracked file has that name and, in that order among its folders, those of `name`."""
    if (ROOT / beside / name).exists():
        return True
    *folders, last = name.removeprefix("./").split("/")
    return any(_in_order(folders, path) for path in _by_file_name().get(last, ()))


def _in_order(folders: list[str], path: tuple[str, ...]) -> bool:
    remaining = iter(path)
    return all(folder in remaining for folder in folders)


@cache
def _words(file: Path) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", file.read_text(encoding="utf-8")))


def _module_exists(name: str) -> bool:
    """Whether the module is there, and what is named in it occurs in its text; or an endpoint of that package is."""
    parts = name.split(".")
    place = ROOT / parts[0]
    for position, part in enumerate(parts[1:], start=1):
        if (place / f"{part}.py").is_file():
            rest = parts[position + 1 : position + 2]
            return all(each in _words(place / f"{part}.py") for each in rest)
        if not (place / part).is_dir():
            break
        place = place / part
    else:
        return True
    if place != ROOT / parts[0]:
        return (place / "__init__.py").is_file() and part in _words(place / "__init__.py")
    return part == "static" or any(
        re.search(rf"(?:def|class) {part}\b|endpoint=\"{part}\"", (ROOT / file).read_text(encoding="utf-8"))
        for file in files_of(parts[0], ".py")
    )
