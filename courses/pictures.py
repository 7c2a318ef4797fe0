"""Reads the library's pictures. Only an allow-list of shapes and attributes is accepted: no scripts, no requests.

A picture is a file `<name>.svg` and a line `<name> = "what it shows"` in pictures.toml. Drawings
refer to shared parts with <use href="parts.svg#phone" …/>; the parts are inserted here.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

from courses.domain.picture import PALETTE, STROKE_STYLE, VIEW_BOX, Picture
from courses.faults import ErrorDetail, LibraryFault, error_detail
from courses.reading import InvalidFile, parse_toml
from courses.schema import ID
from courses.texts import text_faults

FOLDER = "pictures"
PARTS = "parts.svg"
ALTS = "pictures.toml"
MAX_BYTES = 3 * 1024  # bytes of a drawing with its parts inserted
_MAX_FILE_BYTES = 100_000  # bytes; parts.svg is a tenth of that
_MAX_DEPTH = 6  # groups within groups
_SVG = "{http://www.w3.org/2000/svg}"
_USED = re.compile(re.escape(PARTS) + r"#([a-z0-9-]+)")

# Allowed attributes. Everything else (style, class, on…, href) is refused.
_NUMBER = re.compile(r"-?[0-9]*\.?[0-9]+")
_COLOURS = {"none", *PALETTE}
_ATTRIBUTES: Mapping[str, Callable[[str], object]] = {
    **dict.fromkeys(
        ["x", "y", "width", "height", "rx", "ry", "r", "cx", "cy", "x1", "y1", "x2", "y2"], _NUMBER.fullmatch
    ),
    "d": re.compile(r"[MmLlHhVvCcSsQqTtAaZz0-9 .,\-]+").fullmatch,
    "points": re.compile(r"[0-9 .,\-]+").fullmatch,
    "transform": re.compile(r"((translate|rotate|scale)\([0-9 .,\-]+\) ?)+").fullmatch,
    "stroke-dasharray": re.compile(r"[0-9 .]+").fullmatch,
    "fill": _COLOURS.__contains__,
    "stroke": _COLOURS.__contains__,
    # 2.5 is the common line; 4 is for signs that are seen from afar, such as a tick.
    "stroke-width": {"2.5", "4"}.__contains__,
}
_SHAPES = {"path", "circle", "ellipse", "rect", "line", "polyline", "polygon", "g"}


class InvalidDrawing(Exception):
    """A file that cannot be shown. `details`: all its errors."""

    def __init__(self, *details: ErrorDetail) -> None:
        self.details = details
        super().__init__("; ".join(map(str, details)))


def read_pictures(folder: Path, label: str) -> tuple[dict[str, Picture | None], tuple[LibraryFault, ...]]:
    """The pictures by name, and the faults. The value of a faulty one is None: lessons are served without it.

    label: how faults name the folder. A library without such a folder has no pictures and no faults.
    """
    if not folder.is_dir():
        return {}, ()
    alts, faults = _read_alts(folder / ALTS, f"{label}/{ALTS}")
    try:
        parts = _read_parts(folder / PARTS)
    except InvalidDrawing as invalid:
        parts = {}
        faults += [LibraryFault(f"{label}/{PARTS}", "", detail) for detail in invalid.details]
    pictures: dict[str, Picture | None] = {}
    for file in sorted(folder.glob("*.svg")):
        if file.name == PARTS:
            continue
        name, file_label = file.stem, f"{label}/{file.name}"
        pictures[name] = None
        try:
            drawing = _read_drawing(file, parts)
        except InvalidDrawing as invalid:
            faults += [LibraryFault(file_label, "", detail) for detail in invalid.details]
            continue
        if name in alts:
            pictures[name] = Picture(name, alts[name], drawing)
        else:
            faults.append(LibraryFault(file_label, "", error_detail("no_alt", file=ALTS)))
    faults += [
        LibraryFault(f"{label}/{ALTS}", name, error_detail("no_drawing")) for name in alts if name not in pictures
    ]
    return pictures, tuple(faults)


def _read_alts(file: Path, label: str) -> tuple[dict[str, str], list[LibraryFault]]:
    try:
        data = parse_toml(file, label)
    except InvalidFile as invalid:
        return {}, list(invalid.faults)
    faults = [LibraryFault(label, key, detail) for key, detail in text_faults(data, {})]
    faults += [
        LibraryFault(label, name, error_detail("alt_form"))
        for name, alt in data.items()
        if not ID.fullmatch(name) or not isinstance(alt, str) or not alt.strip()
    ]
    bad = {fault.key for fault in faults}
    return {name: " ".join(alt.split()) for name, alt in data.items() if name not in bad}, faults


def _read_parts(file: Path) -> dict[str, str]:
    """The shared parts by name, each as markup. Raises InvalidDrawing."""
    parts: dict[str, str] = {}
    for group in _root(file):
        name = group.attrib.pop("id", "")
        if not ID.fullmatch(name):
            raise InvalidDrawing(error_detail("part_name"))
        # A part may use earlier parts. The limit stops parts that grow by repeated use.
        parts[name] = _to_markup(group, parts)
        if len(parts[name]) > MAX_BYTES:
            raise InvalidDrawing(error_detail("part_too_big", part=name, bytes=len(parts[name]), most=MAX_BYTES))
    return parts


def _read_drawing(file: Path, parts: Mapping[str, str]) -> str:
    if not ID.fullmatch(file.stem):
        raise InvalidDrawing(error_detail("picture_name"))
    drawing = "".join(_to_markup(shape, parts) for shape in _root(file))
    if not drawing:
        raise InvalidDrawing(error_detail("nothing_drawn"))
    if len(drawing) > MAX_BYTES:
        raise InvalidDrawing(error_detail("drawing_too_big", bytes=len(drawing), most=MAX_BYTES))
    return drawing


def _root(file: Path) -> Element:
    """The svg element of a file that holds only allowed content. Raises InvalidDrawing with all errors."""
    try:
        content = file.read_bytes()
        if len(content) > _MAX_FILE_BYTES:
            raise InvalidDrawing(error_detail("too_big", most=_MAX_FILE_BYTES))
        root: Element = fromstring(content, forbid_dtd=True)
    except OSError as error:
        raise InvalidDrawing(error_detail("cannot_be_opened", why=error.strerror)) from None
    except (ParseError, ValueError, LookupError, DefusedXmlException) as error:
        raise InvalidDrawing(error_detail("not_a_drawing", why=f"{type(error).__name__} {error}")) from None
    if root.tag != f"{_SVG}svg" or root.attrib != {"viewBox": VIEW_BOX, **STROKE_STYLE}:
        style = " ".join(f'{name}="{value}"' for name, value in STROKE_STYLE.items())
        raise InvalidDrawing(error_detail("drawing_begins", begin=f'<svg xmlns="…" viewBox="{VIEW_BOX}" {style}>'))
    found = list(_find_errors(root))
    if found:
        raise InvalidDrawing(*dict.fromkeys(found))
    return root


def _find_errors(root: Element) -> Iterator[ErrorDetail]:
    for shape in root.iter():
        tag = shape.tag.removeprefix(_SVG)
        if shape is not root and tag not in _SHAPES | {"use"}:
            yield error_detail("no_such_shape", tag=tag)
        if (shape.text or "").strip() or (shape.tail or "").strip():
            yield error_detail("letters_drawn")
        if shape is root:
            continue
        for name, value in shape.attrib.items():
            allowed = _ATTRIBUTES.get(name)
            if (tag, name) == ("use", "href"):
                allowed = _USED.fullmatch
            if (tag, name) == ("g", "id"):
                allowed = ID.fullmatch
            if allowed is None:
                yield error_detail("no_such_attribute", name=name, tag=tag)
            elif not allowed(value):
                yield error_detail("no_such_value", name=name, value=value[:40])


def _to_markup(shape: Element, parts: Mapping[str, str], depth: int = 0) -> str:
    """A checked element as markup with its parts inserted. Raises InvalidDrawing for an unknown part."""
    if depth > _MAX_DEPTH:
        raise InvalidDrawing(error_detail("too_deep"))
    tag = shape.tag.removeprefix(_SVG)
    attributes = {name: value for name, value in shape.attrib.items() if name not in ("href", "id")}
    if tag == "use":
        tag = "g"
        # A group has no x and y: they become a translation after its other transforms, as for <use>.
        x, y = attributes.pop("x", "0"), attributes.pop("y", "0")
        if (x, y) != ("0", "0"):
            attributes["transform"] = f"{attributes.get('transform', '')} translate({x} {y})".strip()
        used = _USED.fullmatch(shape.get("href", ""))
        if used is None or used[1] not in parts:
            raise InvalidDrawing(error_detail("no_part_drawn", part=shape.get("href")))
        inner = parts[used[1]]
    else:
        inner = "".join(_to_markup(each, parts, depth + 1) for each in shape)
    opening = " ".join([tag, *(f'{name}="{value}"' for name, value in attributes.items())])
    if tag == "g" and not attributes:
        return inner
    return f"<{opening}>{inner}</{tag}>" if inner else f"<{opening}/>"
