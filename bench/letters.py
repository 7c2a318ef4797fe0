"""Letters of completion: one by itself, and two hundred at once beside WeasyPrint one by one."""

import gc
import io
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

import pikepdf
from flask import Flask, render_template
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from app import create_app
from bench.table import Row, timed
from foundation.settings import Settings
from foundation.web.press import OURSELVES, _OurFiles
from learning.domain.awards import award_of, signed_token
from learning.domain.codes import code_from
from learning.domain.letters import Letter, Status, facts_of
from learning.services.award_keys import SigningKey, _derived
from learning.views.letter_prints import LetterPrints
from learning.views.qr import qr_picture

ROOT = "https://hoc.example.vn"
BATCH = 200
NAMES = ("Giàng Thị Páo Sềnh", "Nguyễn Thị Mẫu", "Lò Văn Ướm", "Hà Thị Ngọc Ánh", "Vi Văn Thử")


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(data_folder=Path(folder), secret_key="bench"))
        letters = _letters(app, BATCH)
        key = SigningKey("0a1b2c3d", _derived("bench", bytes(16)))
        gc.collect()
        gc.freeze()  # as app.serve() does

        def print_one() -> bytes:
            [(_name, pdf)] = LetterPrints(letters[:1], root=ROOT, key=key).singly()
            return pdf

        with app.app_context():
            pdf = print_one()
            spread = timed(print_one, times=60, warm=5, clock=time.process_time)
            alone, together, apart, whole = _beside_each_other(app, letters, key)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        tagged = _tagged(opened)
    with pikepdf.open(io.BytesIO(whole)) as opened:
        all_tagged = _tagged(opened) and len(opened.pages) == BATCH
    each, ratio = statistics.median(together), statistics.median(alone) / statistics.median(together)
    ratios = [one / many for one, many in zip(alone, together, strict=True)]
    return [
        Row("letter of completion, CPU, warm", str(spread), "≤ 25 ms", spread.median <= 25),
        Row("letter of completion, size", f"{len(pdf) / 1024:.1f} KB", "≤ 44 KB", len(pdf) <= 44 * 1024),
        Row("letter of completion, tagged", "yes" if tagged else "no", "tagged", tagged),
        Row(f"{BATCH} letters, one file, CPU each", _range(together, "ms"), "≤ 16 ms", each <= 16),
        Row(f"{BATCH} letters, one file, tagged", "yes" if all_tagged else "no", "tagged", all_tagged),
        Row("WeasyPrint one by one, nothing shared, CPU each", _range(alone, "ms"), "", None),
        Row("how many times faster", f"{ratio:.1f} ({min(ratios):.1f}–{max(ratios):.1f})", "≥ 6", ratio >= 6),
        Row(f"{BATCH} files of them besides, CPU each", _range(apart, "ms"), "", None),
    ]


def _letters(app: Flask, count: int) -> list[Letter]:
    course = app.extensions["catalogue"].courses[1]
    moment = datetime(2026, 11, 21, 5, tzinfo=UTC)
    made = []
    for number in range(count):
        name = f"{NAMES[number % len(NAMES)]} {chr(65 + number % 26)}"
        facts = facts_of(course, name=name, issued_on=date(2026, 11, 21), language="vi", organisation="Xã Đoàn Mẫu")
        code = code_from(20_261_121_000 + number)
        made.append(Letter(code, uuid4(), course.id, facts, Status.VALID, moment, status_index=number * 653))
    return made


def _beside_each_other(
    app: Flask, letters: list[Letter], key: SigningKey
) -> tuple[list[float], list[float], list[float], bytes]:
    """CPU milliseconds each, in rounds, so that a busy machine is busy for all: alone, together, apart; one file."""
    alone, together, apart, whole = [], [], [], b""
    for _round in range(3):
        alone.append(_each(lambda: [_unshared(app, letter, key) for letter in letters[:10]], 10))
        prints = LetterPrints(letters, root=ROOT, key=key)
        start = time.process_time()
        whole = prints.as_one()
        together.append((time.process_time() - start) * 1000 / len(letters))
        apart.append(_each(lambda prints=prints: list(prints.singly()), len(letters)))  # type: ignore[misc]
    return alone, together, apart, whole


def _each(act: Callable[[], object], count: int) -> float:
    start = time.process_time()
    act()
    return (time.process_time() - start) * 1000 / count


def _unshared(app: Flask, letter: Letter, key: SigningKey) -> bytes:
    """The same letter as anybody would print it with WeasyPrint: fonts, styles and all read anew for each."""
    fonts = FontConfiguration()
    address = f"{ROOT}/xac-nhan/{letter.code}"
    square = qr_picture(f"{address}#{signed_token(award_of(letter, key.id), key.sign)}")
    texts = [
        (room, (Path(app.blueprints[room].static_folder or "") / name).read_text(encoding="utf-8"))
        for room, name in (("web", "print.css"), ("learning", "letter.css"))
    ]
    versions = app.extensions["static_files"]
    styles = [
        CSS(
            string=text,
            base_url=f"{OURSELVES}/static/{room}/{versions.version(room)}/print.css",
            url_fetcher=_OurFiles(),
            font_config=fonts,
        )
        for room, text in texts
    ]
    # Its own text where the forms have blanks, on one page.
    html = render_template("learning/letter.html", letter=letter, blank=square)
    for blank, text in (("name", letter.facts.name), ("code", letter.code), ("proof", address)):
        html = html.replace(f'<p class="{blank}">0</p>', f'<p class="{blank}">{text}</p>')
    document = HTML(string=html, base_url=OURSELVES, url_fetcher=_OurFiles())
    pdf: bytes = document.write_pdf(stylesheets=styles, font_config=fonts, pdf_variant="pdf/ua-1", pdf_tags=True)
    return pdf


def _tagged(pdf: pikepdf.Pdf) -> bool:
    return "/StructTreeRoot" in pdf.Root and bool(pdf.Root.get("/MarkInfo", pikepdf.Dictionary()).get("/Marked"))


def _range(figures: list[float], unit: str) -> str:
    return f"{statistics.median(figures):.1f} {unit} ({min(figures):.1f}–{max(figures):.1f})"
