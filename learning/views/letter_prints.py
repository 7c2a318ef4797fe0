"""Letters as PDF: one file for the printer, or one for each learner.

Nothing here needs a request: the caller passes the site's address, so that a job can print as well.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from importlib import import_module
from typing import Any

from flask import current_app

from foundation.settings import Settings
from foundation.web.pdf.render import Attachment, lay_out, write_archival_pdf
from learning.domain.awards import award_for, signed_token
from learning.domain.codes import format_code
from learning.domain.letters import Letter
from learning.queries import LIST_SIZE
from learning.services.award_keys import SigningKey
from learning.views.qr import award_picture

# Loaded when somebody prints or a checker asks, not at start.
OPEN_BADGES = "learning.services.open_badges"
SIGNING = "foundation.web.pdf.sign"
_STYLES = ("learning/letter.css",)


class LetterPrints:
    """Letters to print. Each is laid out once, for the common file and for its own.

    letters: at least one. root: the site's address, such as https://hoc.example.vn, without a slash at the end. key:
    signs QR codes and credentials. Needs an application context.
    """

    def __init__(self, letters: Sequence[Letter], *, root: str, key: SigningKey) -> None:
        self.letters = letters
        self.root = root
        self.key = key
        # Laid out one by one when needed, so that the caller can report progress.
        self._laid_out = cache(self._lay_out)

    def combined(self) -> bytes:
        """All letters, in order, as one file for the printer. Not sealed, because it is not one learner's letter."""
        return write_archival_pdf(
            [self._laid_out(place) for place in range(len(self.letters))],
            title=f"Giấy xác nhận hoàn thành – {len(self.letters)} tờ",
        )

    def separately(self) -> Iterator[tuple[str, bytes]]:
        """Each letter, in order, as (file name, file). Its credential is attached; it is sealed if a seal is
        configured.
        """
        for place, letter in enumerate(self.letters):
            badge = open_badge(letter, root=self.root, key=self.key).encode()
            inside = Attachment("open-badge.jwt", "Open Badges 3.0", "application/vc+jwt", badge)
            yield file_name(letter), _sealed(write_archival_pdf([self._laid_out(place)], attachments=[inside]))

    def _lay_out(self, place: int) -> Any:
        letter = self.letters[place]
        address = f"{self.root}/xac-nhan/{letter.code}"
        award = signed_token(award_for(letter, self.key.id), self.key.sign)
        return lay_out(
            "learning/letter.html", styles=_STYLES, letter=letter, address=address, square=award_picture(address, award)
        )


def open_badge(letter: Letter, *, root: str, key: SigningKey) -> str:
    """The letter as an Open Badges 3.0 credential (compact JWT)."""
    signed: str = import_module(OPEN_BADGES).credential(
        letter, root=root, status_list=status_list_address(root, letter.status_index // LIST_SIZE), key=key
    )
    return signed


def status_list_address(root: str, number: int) -> str:
    """Where status list `number`, counted from 0, is served. It is in every credential: it must not change."""
    return f"{root}/xac-nhan/tinh-trang/{number}"


def file_name(letter: Letter) -> str:
    return f"giay-xac-nhan-{format_code(letter.code)}.pdf"


def _sealed(file: bytes) -> bytes:
    settings: Settings = current_app.extensions["settings"]
    if settings.seal_file is None:
        return file
    sealed: bytes = import_module(SIGNING).sign_pdf(
        file, settings.seal_file, settings.seal_password, tip="Dấu điện tử của nơi cấp giấy"
    )
    return sealed
