"""The band is drawn once and told twice: as a file, and inside the style sheet to save a weak line a request."""

import re
from pathlib import Path
from urllib.parse import unquote

STATIC = Path(__file__).parents[3] / "foundation/web/static"


def test_the_band_in_the_style_sheet_is_the_one_in_its_file():
    copies = re.findall(r'url\("data:image/svg\+xml,([^"]+)"\)', (STATIC / "page.css").read_text(encoding="utf-8"))

    band = (STATIC / "band.svg").read_text(encoding="utf-8").strip()
    assert [unquote(copy).replace("'", '"') for copy in copies] == [band]
