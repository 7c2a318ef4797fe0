"""Reads the library's pictures. Only what a drawing needs may stand in one, so nothing in it can act or call out.

A picture is a file `<name>.svg` and a line `<name> = "what it shows"` in pictures.toml. Drawings set in the shared
parts of parts.svg with <use href="parts.svg#phone" …/>; here each becomes whole.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

from courses.domain.picture import HAND, PALETTE, VIEW_BOX, Picture
from courses.faults import Amiss, Fault, amiss
from courses.reading import Faulty, parsed
from courses.texts import text_faults
from courses.written import ID

FOLDER = "pictures"
PARTS = "parts.svg"
ALTS = "pictures.toml"
BIGGEST = 3 * 1024  # bytes of a drawing, its parts set in
_BIGGEST_FILE = 100_000  # bytes; parts.svg is a tenth of that
_DEEPEST = 6  # groups within groups
_SVG = "{http://www.w3.org/2000/svg}"
_USED = re.compile(re.escape(PARTS) + r"#([a-z0-9-]+)")

# What may be said of a shape. Everything else (style, class, on…, href) is refused by not being here.
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
    # The line of the whole hand; 4 for signs seen from afar, such as a tick.
    "stroke-width": {"2.5", "4"}.__contains__,
}
_SHAPES = {"path", "circle", "ellipse", "rect", "line", "polyline", "polygon", "g"}


class Misdrawn(Exception):
    """A file that cannot be shown. `says`: everything that must be otherwise."""

    def __init__(self, *says: Amiss) -> None:
        self.says = says
        super().__init__("; ".join(map(str, says)))


def read_pictures(folder: Path, named: str) -> tuple[dict[str, Picture | None], tuple[Fault, ...]]:
    """The pictures by name, and what is amiss with the others, whose value is None: lessons go on without them.

    named: how faults name the folder. A library without such a folder has no pictures and no faults.
    """
    if not folder.is_dir():
        return {}, ()
    alts, faults = _read_alts(folder / ALTS, f"{named}/{ALTS}")
    try:
        parts = _read_parts(folder / PARTS)
    except Misdrawn as misdrawn:
        parts = {}
        faults += [Fault(f"{named}/{PARTS}", "", says) for says in misdrawn.says]
    pictures: dict[str, Picture | None] = {}
    for file in sorted(folder.glob("*.svg")):
        if file.name == PARTS:
            continue
        name, at = file.stem, f"{named}/{file.name}"
        pictures[name] = None
        try:
            drawing = _read_drawing(file, parts)
        except Misdrawn as misdrawn:
            faults += [Fault(at, "", says) for says in misdrawn.says]
            continue
        if name in alts:
            pictures[name] = Picture(name, alts[name], drawing)
        else:
            faults.append(Fault(at, "", amiss("no_alt", file=ALTS)))
    faults += [Fault(f"{named}/{ALTS}", name, amiss("no_drawing")) for name in alts if name not in pictures]
    return pictures, tuple(faults)


def _read_alts(file: Path, named: str) -> tuple[dict[str, str], list[Fault]]:
    try:
        data = parsed(file, named)
    except Faulty as faulty:
        return {}, list(faulty.faults)
    faults = [Fault(named, key, says) for key, says in text_faults(data, {})]
    faults += [
        Fault(named, name, amiss("alt_form"))
        for name, alt in data.items()
        if not ID.fullmatch(name) or not isinstance(alt, str) or not alt.strip()
    ]
    bad = {fault.key for fault in faults}
    return {name: " ".join(alt.split()) for name, alt in data.items() if name not in bad}, faults


def _read_parts(file: Path) -> dict[str, str]:
    """The shared parts by name, each as markup. Raises Misdrawn."""
    parts: dict[str, str] = {}
    for group in _root(file):
        name = group.attrib.pop("id", "")
        if not ID.fullmatch(name):
            raise Misdrawn(amiss("part_name"))
        # A part may set in those before it, but not grow beyond a picture by doing so again and again.
        parts[name] = _told(group, parts)
        if len(parts[name]) > BIGGEST:
            raise Misdrawn(amiss("part_too_big", part=name, bytes=len(parts[name]), most=BIGGEST))
    return parts


def _read_drawing(file: Path, parts: Mapping[str, str]) -> str:
    if not ID.fullmatch(file.stem):
        raise Misdrawn(amiss("picture_name"))
    drawing = "".join(_told(shape, parts) for shape in _root(file))
    if not drawing:
        raise Misdrawn(amiss("nothing_drawn"))
    if len(drawing) > BIGGEST:
        raise Misdrawn(amiss("drawing_too_big", bytes=len(drawing), most=BIGGEST))
    return drawing


def _root(file: Path) -> Element:
    """The svg element of a file in which nothing stands that may not. Raises Misdrawn with all that does."""
    try:
        content = file.read_bytes()
        if len(content) > _BIGGEST_FILE:
            raise Misdrawn(amiss("too_big", most=_BIGGEST_FILE))
        root: Element = fromstring(content, forbid_dtd=True)
    except OSError as error:
        raise Misdrawn(amiss("cannot_be_opened", why=error.strerror)) from None
    except (ParseError, ValueError, LookupError, DefusedXmlException) as error:
        raise Misdrawn(amiss("not_a_drawing", why=f"{type(error).__name__} {error}")) from None
    if root.tag != f"{_SVG}svg" or root.attrib != {"viewBox": VIEW_BOX, **HAND}:
        hand = " ".join(f'{name}="{value}"' for name, value in HAND.items())
        raise Misdrawn(amiss("drawing_begins", begin=f'<svg xmlns="…" viewBox="{VIEW_BOX}" {hand}>'))
    found = list(_amiss(root))
    if found:
        raise Misdrawn(*dict.fromkeys(found))
    return root


def _amiss(root: Element) -> Iterator[Amiss]:
    for shape in root.iter():
        tag = shape.tag.removeprefix(_SVG)
        if shape is not root and tag not in _SHAPES | {"use"}:
            yield amiss("no_such_shape", tag=tag)
        if (shape.text or "").strip() or (shape.tail or "").strip():
            yield amiss("letters_drawn")
        if shape is root:
            continue
        for name, value in shape.attrib.items():
            allowed = _ATTRIBUTES.get(name)
            if (tag, name) == ("use", "href"):
                allowed = _USED.fullmatch
            if (tag, name) == ("g", "id"):
                allowed = ID.fullmatch
            if allowed is None:
                yield amiss("no_such_attribute", name=name, tag=tag)
            elif not allowed(value):
                yield amiss("no_such_value", name=name, value=value[:40])


def _told(shape: Element, parts: Mapping[str, str], depth: int = 0) -> str:
    """A checked element as markup, its parts set in. Raises Misdrawn when there is no such part."""
    if depth > _DEEPEST:
        raise Misdrawn(amiss("too_deep"))
    tag = shape.tag.removeprefix(_SVG)
    said = {name: value for name, value in shape.attrib.items() if name not in ("href", "id")}
    if tag == "use":
        tag = "g"
        # A group has no place of its own: it is moved, last of all, as a <use> would be.
        x, y = said.pop("x", "0"), said.pop("y", "0")
        if (x, y) != ("0", "0"):
            said["transform"] = f"{said.get('transform', '')} translate({x} {y})".strip()
        used = _USED.fullmatch(shape.get("href", ""))
        if used is None or used[1] not in parts:
            raise Misdrawn(amiss("no_part_drawn", part=shape.get("href")))
        inner = parts[used[1]]
    else:
        inner = "".join(_told(each, parts, depth + 1) for each in shape)
    opening = " ".join([tag, *(f'{name}="{value}"' for name, value in said.items())])
    if tag == "g" and not said:
        return inner
    return f"<{opening}>{inner}</{tag}>" if inner else f"<{opening}/>"
