"""Letters as PDF: drawn many at once, then one file for the printer or one for each learner.

Nothing here needs a request: whoever prints says where the site is reached, so that a job can print as well.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module

from flask import current_app

from foundation.settings import Settings
from foundation.web.papers import Attachment, Paper
from foundation.web.print import bind_sheaves, draw_sheaf, separate_sheaf
from learning.domain.awards import award_of, signed_token
from learning.domain.codes import in_groups
from learning.domain.letters import Letter
from learning.queries import LIST_SIZE
from learning.services.award_keys import SigningKey
from learning.views.qr import award_picture

# Loaded once somebody prints or a checker asks, never before the first page.
OPEN_BADGES = "learning.services.open_badges"
SEAL = "foundation.web.seal"
# More pages in one drawing and WeasyPrint spends ever longer on each; fewer and their common work is shared by fewer.
SHEAF = 25


@dataclass(frozen=True)
class Sheet:
    """One letter as its template wants it. address: where it is checked. qr: a picture's address."""

    letter: Letter
    address: str
    qr: str


class LetterPrints:
    """Letters being printed, each drawn at most once whether it goes into the common file or into its own.

    letters: at least one. root: where the site is reached, such as https://hoc.example.vn, without a slash at the end.
    key: signs square codes and credentials. Needs an application context.
    """

    def __init__(self, letters: Sequence[Letter], *, root: str, key: SigningKey) -> None:
        self.letters = letters
        self.root = root
        self.key = key

    def as_one(self) -> bytes:
        """All letters, in order, as one file for the printer. Not sealed: it is nobody's letter."""
        organisation = self.letters[0].facts.organisation
        paper = Paper(f"Giấy xác nhận hoàn thành – {len(self.letters)} tờ", organisation, "Để in")
        return bind_sheaves(self._sheaves, paper)

    def singly(self) -> Iterator[tuple[str, bytes]]:
        """Each letter, in order, as (name of its file, the file): its credential inside, sealed if there is a seal."""
        for start, sheaf in zip(range(0, len(self.letters), SHEAF), self._sheaves, strict=True):
            letters = self.letters[start : start + SHEAF]
            files = separate_sheaf(sheaf, [self._paper(letter) for letter in letters])
            for letter, file in zip(letters, files, strict=True):
                yield file_name(letter), _sealed(file)

    @cached_property
    def _sheaves(self) -> list[bytes]:
        return [self._drawn(self.letters[start : start + SHEAF]) for start in range(0, len(self.letters), SHEAF)]

    def _drawn(self, letters: Sequence[Letter]) -> bytes:
        sheets = [self._sheet(letter) for letter in letters]
        return draw_sheaf("learning/letter.html", styles=["learning/letter.css"], sheets=sheets)

    def _sheet(self, letter: Letter) -> Sheet:
        address = f"{self.root}/xac-nhan/{letter.code}"
        return Sheet(letter, address, award_picture(address, self._digits(letter)))

    def _digits(self, letter: Letter) -> str:
        return signed_token(award_of(letter, self.key.id), self.key.sign)

    def _paper(self, letter: Letter) -> Paper:
        facts = letter.facts
        badge = Attachment(
            "open-badge.jwt",
            "Open Badges 3.0",
            "application/vc+jwt",
            open_badge(letter, root=self.root, key=self.key).encode(),
        )
        return Paper(
            title=f"Giấy xác nhận hoàn thành – {facts.course_title} – {facts.name}",
            author=facts.organisation,
            subject=f"Giấy xác nhận hoàn thành khoá học, mã {in_groups(letter.code)}",
            attachments=[badge],
        )


def open_badge(letter: Letter, *, root: str, key: SigningKey) -> str:
    """The letter as an Open Badges 3.0 credential (compact JWT)."""
    signed: str = import_module(OPEN_BADGES).credential(
        letter, root=root, status_list=status_list_address(root, letter.status_index // LIST_SIZE), key=key
    )
    return signed


def status_list_address(root: str, number: int) -> str:
    """Where status list `number`, counted from 0, is served. Stands in every credential: it never changes."""
    return f"{root}/xac-nhan/tinh-trang/{number}"


def file_name(letter: Letter) -> str:
    return f"giay-xac-nhan-{in_groups(letter.code)}.pdf"


def _sealed(file: bytes) -> bytes:
    settings: Settings = current_app.extensions["settings"]
    if settings.seal_file is None:
        return file
    sealed: bytes = import_module(SEAL).sealed(
        file, settings.seal_file, settings.seal_password, tip="Dấu điện tử của nơi cấp giấy"
    )
    return sealed
