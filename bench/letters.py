"""Letters of completion: one by itself, one with a seal, and two hundred for a class."""

import gc
import io
import statistics
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pikepdf
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from flask import Flask

from app import create_app
from bench.table import Row, timed
from foundation.settings import Settings
from learning.domain.codes import code_from
from learning.domain.letters import CertificateStatus, Letter, letter_facts
from learning.services.award_keys import SigningKey, _derived
from learning.views.letter_prints import LetterPrints

ROOT = "https://hoc.example.vn"
BATCH = 200
ROUNDS = 3
NAMES = ("Giàng Thị Páo Sềnh", "Nguyễn Thị Mẫu", "Lò Văn Ướm", "Hà Thị Ngọc Ánh", "Vi Văn Thử")
PASSWORD = "only for the bench"


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        app = create_app(Settings(data_folder=folder, secret_key="bench"))
        letters = _letters(app, BATCH)
        key = SigningKey("0a1b2c3d", _derived("bench", bytes(16)))
        gc.collect()
        gc.freeze()  # as app.serve() does

        def print_one() -> bytes:
            [(_name, pdf)] = LetterPrints(letters[:1], root=ROOT, key=key).separately()
            return pdf

        with app.app_context():
            pdf = print_one()
            plain = timed(print_one, times=60, warm=5, clock=time.process_time)
            apart, together, whole = _class(letters, key)
            app.extensions["settings"] = app.extensions["settings"].model_copy(
                update={"seal_file": _seal(folder / "seal.p12"), "seal_password": PASSWORD}
            )
            sealed = timed(print_one, times=60, warm=5, clock=time.process_time)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        tagged = _tagged(opened)
    with pikepdf.open(io.BytesIO(whole)) as opened:
        all_tagged = _tagged(opened) and len(opened.pages) == BATCH
    return [
        Row("letter of completion, CPU, warm", str(plain), "≤ 40 ms", plain.median <= 40),
        Row("letter of completion with a seal, CPU, warm", str(sealed), "≤ 60 ms", sealed.median <= 60),
        Row("letter of completion, size", f"{len(pdf) / 1024:.1f} KB", "≤ 44 KB", len(pdf) <= 44 * 1024),
        Row("letter of completion, tagged", "yes" if tagged else "no", "tagged", tagged),
        Row(f"{BATCH} letters, a file for each, CPU each", _range(apart), "≤ 40 ms", statistics.median(apart) <= 40),
        Row(f"{BATCH} letters, one file of them besides, CPU each", _range(together), "", None),
        Row(f"{BATCH} letters, one file, tagged", "yes" if all_tagged else "no", "tagged", all_tagged),
    ]


def _letters(app: Flask, count: int) -> list[Letter]:
    course = app.extensions["catalogue"].courses[1]
    moment = datetime(2026, 11, 21, 5, tzinfo=UTC)
    made = []
    for number in range(count):
        name = f"{NAMES[number % len(NAMES)]} {chr(65 + number % 26)}"
        facts = letter_facts(course, name=name, issued_on=date(2026, 11, 21), language="vi", organisation="Xã Đoàn Mẫu")
        code = code_from(20_261_121_000 + number)
        made.append(Letter(code, uuid4(), course.id, facts, CertificateStatus.VALID, moment, status_index=number * 653))
    return made


def _class(letters: list[Letter], key: SigningKey) -> tuple[list[float], list[float], bytes]:
    """CPU milliseconds a letter, in rounds: for files of their own, then for the one file; and that file."""
    apart, together, whole = [], [], b""
    for _round in range(ROUNDS):
        prints = LetterPrints(letters, root=ROOT, key=key)
        start = time.process_time()
        list(prints.separately())
        middle = time.process_time()
        whole = prints.combined()
        apart.append((middle - start) * 1000 / len(letters))
        together.append((time.process_time() - middle) * 1000 / len(letters))
    return apart, together, whole


def _seal(file: Path) -> Path:
    """A seal of our own making, P-256 as real ones."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Dau thu")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.KeyUsage(True, True, False, False, False, False, False, False, False), critical=True)
        .sign(private, hashes.SHA256())
    )
    encrypted = BestAvailableEncryption(PASSWORD.encode())
    file.write_bytes(pkcs12.serialize_key_and_certificates(b"seal", private, certificate, None, encrypted))
    return file


def _tagged(pdf: pikepdf.Pdf) -> bool:
    return "/StructTreeRoot" in pdf.Root and bool(pdf.Root.get("/MarkInfo", pikepdf.Dictionary()).get("/Marked"))


def _range(figures: list[float]) -> str:
    return f"{statistics.median(figures):.1f} ms ({min(figures):.1f}–{max(figures):.1f})"
