"""Lessons on paper: CPU of a card and of a booklet, and what a kept one costs."""

import itertools
import tempfile
import time
from pathlib import Path

from app import create_app
from bench.table import Row, timed
from foundation.settings import Settings

CARD = "/bai-hoc/vneid-kich-hoat/in.pdf"
BOOKLET = "/khoa-hoc/vneid-cai-dat/in.pdf"  # six lessons


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        client = create_app(Settings(data_folder=Path(folder), secret_key="bench")).test_client()
        # A print is kept by the address its QR codes lead to: under a new one it is drawn anew.
        hosts = (f"http://{number}.example/" for number in itertools.count())
        card = timed(lambda: client.get(CARD, base_url=next(hosts)), times=10, warm=2, clock=time.process_time)
        booklet = timed(lambda: client.get(BOOKLET, base_url=next(hosts)), times=5, warm=1, clock=time.process_time)
        kept = timed(lambda: client.get(BOOKLET), times=200, warm=1, clock=time.process_time)
        size = len(client.get(BOOKLET).data)
    return [
        Row("lesson card, CPU, first time", str(card), "", None),
        Row("booklet of 6 lessons, CPU, first time", str(booklet), "≤ 3,000 ms", booklet.median <= 3000),
        Row("booklet, CPU, once kept", str(kept), "", None),
        Row("booklet, size", f"{size / 1024:.0f} KB", "", None),
    ]
