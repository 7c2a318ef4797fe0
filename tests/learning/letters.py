"""What tests do with a printed letter."""

import pypdfium2
import zxingcpp


def scanned(pdf: bytes) -> str:
    """What a phone's camera reads off the first page."""
    picture = pypdfium2.PdfDocument(pdf)[0].render(scale=2).to_pil()
    # The brocade band can look like a bar code of another kind.
    [found] = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    text: str = found.text
    return text
