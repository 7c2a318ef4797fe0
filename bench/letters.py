"""The letter of completion: CPU and size, once the printer is warm."""

import io
import tempfile
import time
from pathlib import Path

import pikepdf

from app import create_app
from bench.table import Row, timed
from foundation.settings import Settings

NAME = "Giàng Thị Páo Sềnh"


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(data_folder=Path(folder), secret_key="bench"))
        print_letter = letter_printer(app)
        with app.test_request_context("/"):
            pdf = print_letter()
            spread = timed(print_letter, times=60, warm=5, clock=time.process_time)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        tagged = "/StructTreeRoot" in opened.Root and bool(opened.Root.get("/MarkInfo", {}).get("/Marked"))
    return [
        Row("letter of completion, CPU, warm", str(spread), "≤ 25 ms", spread.median <= 25),
        Row("letter of completion, size", f"{len(pdf) / 1024:.1f} KB", "≤ 40 KB", len(pdf) <= 40 * 1024),
        Row("letter of completion, tagged", "yes" if tagged else "no", "tagged", tagged),
    ]
