"""Letters as PDF: drawn many at once, then one file for the printer or one for each learner.

Nothing here needs a request: whoever prints says where the site is reached, so that a job can print as well.
"""

from collections import OrderedDict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module

from flask import current_app

from foundation.settings import Settings
from foundation.web.papers import Attachment, Drawing, Filling, Paper
from foundation.web.print import bind_files, draw_part, separate_files
from learning.domain.awards import award_of, signed_token
from learning.domain.codes import in_groups
from learning.domain.letters import Letter
from learning.queries import LIST_SIZE
from learning.services.award_keys import SigningKey
from learning.views.qr import award_dots

# Loaded once somebody prints or a checker asks, never before the first page.
OPEN_BADGES = "learning.services.open_badges"
SEAL = "foundation.web.seal"
# As many as fit on the strip of letter.css; also, with more in one drawing WeasyPrint spends ever longer on each.
AT_ONCE = 25
# One light dot, where each letter's square code will stand.
_BLANK = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsTj2FAAAAABJRU5ErkJggg=="
)

_STYLES = ("learning/letter.css",)
_MOST_FORMS = 50  # some 35 KB each
_forms: OrderedDict[Hashable, bytes] = OrderedDict()


@dataclass(frozen=True)
class Sheet:
    """What fills the blanks for one letter. address: where it is checked."""

    letter: Letter
    address: str


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
        return bind_files(self._drawings, paper)

    def singly(self) -> Iterator[tuple[str, bytes]]:
        """Each letter, in order, as (name of its file, the file): its credential inside, sealed if there is a seal."""
        for start, drawing in zip(range(0, len(self.letters), AT_ONCE), self._drawings, strict=True):
            letters = self.letters[start : start + AT_ONCE]
            files = separate_files(drawing, [self._paper(letter) for letter in letters])
            for letter, file in zip(letters, files, strict=True):
                yield file_name(letter), _sealed(file)

    @cached_property
    def _drawings(self) -> list[Drawing]:
        return [self._drawn(self.letters[start : start + AT_ONCE]) for start in range(0, len(self.letters), AT_ONCE)]

    def _drawn(self, letters: Sequence[Letter]) -> Drawing:
        examples: dict[Hashable, Letter] = {}
        for letter in letters:
            examples.setdefault(_form_of(letter), letter)
        places = {form: place for place, form in enumerate(examples)}
        sheets = [Sheet(letter, f"{self.root}/xac-nhan/{letter.code}") for letter in letters]
        return Drawing(
            forms=[_kept_form(letter) for letter in examples.values()],
            strip=draw_part("learning/letter_strip.html", styles=_STYLES, sheets=sheets),
            fillings=[self._filling(sheet, places[_form_of(sheet.letter)]) for sheet in sheets],
        )

    def _filling(self, sheet: Sheet, form: int) -> Filling:
        picture = award_dots(sheet.address, self._digits(sheet.letter))
        return Filling(form, picture, f"Mã vuông dẫn tới {sheet.address}")

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


def _form_of(letter: Letter) -> Hashable:
    """All that the form says; letters alike in this differ only in what fills its blanks."""
    facts = letter.facts
    return (
        letter.status,
        facts.organisation,
        facts.manner,
        facts.supervised_by,
        facts.course_title,
        len(facts.lessons),
        facts.minutes,
    )


def _kept_form(letter: Letter) -> bytes:
    """The form of this letter, drawn the first time; the one used longest ago makes room."""
    files = current_app.extensions["static_files"]
    key = (files.version("web"), files.version("learning"), _form_of(letter))
    form = _forms.pop(key, None)
    if form is None:
        form = draw_part("learning/letter.html", styles=_STYLES, letter=letter, blank=_BLANK)
    _forms[key] = form
    while len(_forms) > _MOST_FORMS:
        _forms.popitem(last=False)
    return form


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
