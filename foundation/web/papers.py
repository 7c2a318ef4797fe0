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
