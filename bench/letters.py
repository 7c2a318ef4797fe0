"""The letter of completion: CPU and size, once the printer is warm."""

import gc
import io
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

import pikepdf

from app import create_app
from bench.table import Row, timed
from foundation.settings import Settings
from learning.domain.codes import code_from
from learning.domain.letters import Letter, Status, facts_of
from learning.views.letters import letter_as_pdf

NAME = "Giàng Thị Páo Sềnh"


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(data_folder=Path(folder), secret_key="bench"))
        course = app.extensions["catalogue"].courses[1]
        facts = facts_of(course, name=NAME, issued_on=date(2026, 11, 21), language="vi", organisation="Xã Đoàn Mẫu")
        moment = datetime(2026, 11, 21, 5, tzinfo=UTC)
        letter = Letter(code_from(20_261_121_000), uuid4(), course.id, facts, Status.VALID, moment)
        gc.collect()
        gc.freeze()  # as app.serve() does
        with app.test_request_context("/"):
            pdf = letter_as_pdf(letter)
            spread = timed(lambda: letter_as_pdf(letter), times=60, warm=5, clock=time.process_time)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        tagged = "/StructTreeRoot" in opened.Root and bool(opened.Root.get("/MarkInfo", {}).get("/Marked"))
    return [
        Row("letter of completion, CPU, warm", str(spread), "≤ 25 ms", spread.median <= 25),
        Row("letter of completion, size", f"{len(pdf) / 1024:.1f} KB", "≤ 40 KB", len(pdf) <= 40 * 1024),
        Row("letter of completion, tagged", "yes" if tagged else "no", "tagged", tagged),
    ]
