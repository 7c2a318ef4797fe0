"""Fills the blanks of drawn forms: one page for each person, of which most was drawn once for all of them.

A form is a page of its own. The strip is one tall page: for every page to make, a box as high as a form, with what goes
into the blanks at the very places where it will stand. From the strip only text and fonts are taken, in the order of
the tags; the form keeps its colours, tags and pictures. What a form must look like:

* its tags are one Sect, of which the child after H1 is the first blank and the two after Figure are the others;
* each blank holds some text; the figure is a picture of one dot, whose place each page's own picture takes.

Only lasting_pdf knows this module.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String

from foundation.web.papers import Filling

FORM_HEIGHT = 210 / 25.4 * 96  # CSS pixels

_MARKED = re.compile(rb"/\w+\s*<</MCID (\d+)>>\s*BDC(.*?)EMC", re.DOTALL)
_TEXT = re.compile(rb"BT\b.*?\bET\b", re.DOTALL)
_PLACE = re.compile(rb"1 0 0 -1 (\S+) (\S+) Tm")
_FONT = re.compile(rb"/(\w+) (\S+) Tf")
_DRAWN = re.compile(rb"/([\w.-]+)\s+Do\b")


@dataclass(frozen=True)
class _Form:
    """drawn: its file; element: its tags; parts: the content around the blanks; picture: the resource of the figure."""

    drawn: Pdf
    element: pikepdf.Object
    parts: list[bytes]
    picture: str
    figure: int


class FilledForms:
    """Forms, one in each file, and the strip for them, opened; makes pages while they stay open."""

    def __init__(self, forms: Sequence[Pdf], strip: Pdf) -> None:
        self.forms = [_form(drawn) for drawn in forms]
        self.strip = strip

    def add_page(self, file: Pdf, place: int, filling: Filling, document: pikepdf.Object) -> list[pikepdf.Object]:
        """Add the page whose blanks the strip's box `place` fills to `file`, its tags below `document`.

        Returns the elements of its marked content, in order, for the parent tree.
        """
        form = self.forms[filling.form]
        texts = self._texts[place]
        content = b"".join(part + text for part, text in zip(form.parts, [*texts, b""], strict=True))
        page = Dictionary(
            Type=Name.Page,
            Contents=file.make_stream(content),
            Resources=self._resources(file, form, filling),
            Tabs=Name.S,
        )
        for box in ("/MediaBox", "/TrimBox", "/BleedBox"):
            page[box] = Array(list(form.drawn.pages[0].obj[box]))
        file.pages.append(pikepdf.Page(file.make_indirect(page)))
        marked: dict[int, pikepdf.Object] = {}
        element = _cloned(file, form.element, document, file.pages[-1].obj, marked)
        element.K[form.figure].Alt = String(filling.alt)
        document.K.append(element)
        return [marked[number] for number in sorted(marked)]

    def _resources(self, file: Pdf, form: _Form, filling: Filling) -> Dictionary:
        shared: Any = form.drawn.pages[0].obj.Resources
        others = [key for key in shared if key not in ("/XObject", "/Font")]
        own = {key: file.copy_foreign(_indirect(form.drawn, shared, key)) for key in others}
        side, dots = filling.picture
        picture = file.make_stream(
            dots,
            Type=Name.XObject,
            Subtype=Name.Image,
            Width=side,
            Height=side,
            ColorSpace=Name.DeviceGray,
            BitsPerComponent=1,
            Interpolate=False,
        )
        fonts = {name: file.copy_foreign(font) for name, font in shared.Font.items()}
        strip: Any = self.strip.pages[0].obj.Resources
        fonts |= {_in_strip(name): file.copy_foreign(font) for name, font in strip.Font.items()}
        return Dictionary(own | {"/Font": Dictionary(fonts), "/XObject": Dictionary({form.picture: picture})})

    @cached_property
    def _texts(self) -> list[list[bytes]]:
        """For each box of the strip, the text of its blanks, moved to where it stands on a page."""
        content = self.strip.pages[0].obj.Contents.read_bytes()
        marked = {int(mark[1]): mark[2] for mark in _MARKED.finditer(content)}
        return [
            [b"\n".join(_moved(marked[number], place) for number in _marks(blank)) for blank in box.K]
            for place, box in enumerate(_sections(self.strip))
        ]


def _sections(drawn: Pdf) -> list[pikepdf.Object]:
    return list(drawn.Root.StructTreeRoot.K[0].K)


def _form(drawn: Pdf) -> _Form:
    [element] = _sections(drawn)
    kinds = [str(each.S) for each in element.K]
    first, figure = kinds.index("/H1") + 1, kinds.index("/Figure")
    blanks = [_marks(element.K[place])[0] for place in (first, figure + 1, figure + 2)]
    content = drawn.pages[0].obj.Contents.read_bytes()
    spans = {int(mark[1]): mark.span(2) for mark in _MARKED.finditer(content)}
    parts, end = [], 0
    for blank in blanks:
        text = _TEXT.search(content, *spans[blank])
        if text is None:
            raise LookupError("a blank of the form holds no text")
        parts.append(content[end : text.start()])
        end = text.end()
    picture = _DRAWN.search(content)
    if picture is None:
        raise LookupError("the form has no picture")
    return _Form(drawn, element, [*parts, content[end:]], "/" + picture[1].decode(), figure)


def _in_strip(font: str) -> str:
    """The name of a font of the strip beside the form's: both may have one part or another of the same font."""
    return f"/s{font[1:]}"


def _moved(marked: bytes, place: int) -> bytes:
    def up(found: re.Match[bytes]) -> bytes:
        return b"1 0 0 -1 %s %.4f Tm" % (found[1], float(found[2]) - place * FORM_HEIGHT)

    text = b"\n".join(_PLACE.sub(up, text) for text in _TEXT.findall(marked))
    return _FONT.sub(rb"/s\1 \2 Tf", text)


def _marks(element: Any) -> list[int]:
    """The marked content under an element, in order."""
    marks: list[int] = []
    for kid in element.K:
        if isinstance(kid, pikepdf.Dictionary):
            marks += _marks(kid)
        else:
            marks.append(int(kid))
    return marks


def _cloned(
    file: Pdf, element: Any, above: pikepdf.Object, page: pikepdf.Object, marked: dict[int, pikepdf.Object]
) -> Any:
    """A copy of an element with all below it, for another page; notes in `marked` whose each marked content is."""
    own: Any = file.make_indirect(Dictionary(Type=Name.StructElem, S=element.S, P=above, Pg=page, K=Array()))
    if "/A" in element:
        own.A = Dictionary(dict(element.A))
    if "/Alt" in element:
        own.Alt = String(str(element.Alt))
    for kid in element.K:
        if isinstance(kid, pikepdf.Dictionary):
            own.K.append(_cloned(file, kid, own, page, marked))
        else:
            own.K.append(int(kid))
            marked[int(kid)] = own
    return own


def _indirect(drawn: Pdf, resources: Any, key: str) -> pikepdf.Object:
    if not resources[key].is_indirect:
        resources[key] = drawn.make_indirect(resources[key])
    found: pikepdf.Object = resources[key]
    return found
