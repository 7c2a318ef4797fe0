"""What tests do with a printed letter."""

import pypdfium2
import zxingcpp


def scanned(pdf: bytes) -> str:
    """What a phone's camera reads off the first page."""
    picture = pypdfium2.PdfDocument(pdf)[0].render(scale=2).to_pil()
    [found] = zxingcpp.read_barcodes(picture)
    text: str = found.text
    return text
