"""What is told of a PDF file that is to be kept, besides its pages."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Attachment:
    """A file inside the PDF: the same thing for machines to read. mimetype: such as "application/vc+jwt"."""

    name: str
    description: str
    mimetype: str
    content: bytes


@dataclass(frozen=True)
class Paper:
    """title: shown in the window's bar and read out first. language: BCP 47 tag of its text."""

    title: str
    author: str
    subject: str
    language: str = "vi"
    attachments: Sequence[Attachment] = ()


@dataclass(frozen=True)
class Filling:
    """What one page gets besides the text of its box in the strip: see filled_forms.py.

    form: which form, counted from 0. picture: (dots a side, their bits, row by row, 1 for light). alt: what it shows.
    """

    form: int
    picture: tuple[int, bytes]
    alt: str


@dataclass(frozen=True)
class Drawing:
    """Forms, and the strip that fills their blanks, as drawn: nothing to hand out. forms: one page each."""

    forms: Sequence[bytes]
    strip: bytes
    fillings: Sequence[Filling]
