"""QR codes on paper: the address one leads to, and its drawing."""

import base64
import io
from importlib import import_module
from typing import Any

import segno
from flask import current_app, request, url_for

_EDGE = 4  # modules of light around a code, as the standard asks
_SCALE = 4  # dots a module: fewer, and some readers smooth them away

_PILLOW = "PIL.Image"  # loaded once somebody prints a letter
_DARK, _LIGHT = 0, 255  # a byte of grey


def printable_address(endpoint: str, **values: Any) -> str:
    """The whole address of a page, as it may stand on paper. Needs a request, or a public address in the settings."""
    # Paper outlives the request: where the site is known under one address, that one is printed.
    return printed_root() + url_for(endpoint, **values)


def printed_root() -> str:
    """Where this site is reached, such as https://hoc.example.vn, without a slash at the end."""
    return current_app.extensions["settings"].public_address.rstrip("/") or request.url_root.rstrip("/")


def has_own_address() -> bool:
    """Whether the site is known under one address, whatever host a request names."""
    return bool(current_app.extensions["settings"].public_address)


def qr_picture(address: str, *, light: str = "#ffffff") -> str:
    """A QR code as a picture's address, readable with 15 % worn off (level M), with the edge the standard asks.

    light: the colour of the paper around it.
    """
    # Any of the eight masks reads alike; trying them all would take as long as a third of the text on the page.
    code = segno.make_qr(address, error="m", boost_error=False, mask=3)
    uri: str = code.png_data_uri(scale=_SCALE, border=_EDGE, light=light)
    return uri


def award_picture(address: str, digits: str) -> str:
    """The square code of a letter, as a picture's address: it holds `address`, "#" and the digits of its award.

    Digits stand in it as numbers, three in ten bits, which keeps it within version 10 while the address has no more
    than about 70 characters; longer ones are still drawn, with larger codes.
    """
    parts: Any = [f"{address}#", digits]  # each in the kind of writing that takes the least room
    code = segno.make_qr(parts, error="m", boost_error=False, mask=3)
    rows = [bytes(_DARK if module else _LIGHT for module in row) for row in code.matrix_iter(border=_EDGE)]
    side = len(rows) * _SCALE
    # Grey, a byte a dot: of one bit a dot WeasyPrint makes three bytes, which takes it 5 ms longer.
    image = import_module(_PILLOW)
    small = image.frombytes("L", (len(rows), len(rows)), b"".join(rows))
    picture = small.resize((side, side), image.Resampling.NEAREST)
    written = io.BytesIO()
    picture.save(written, "PNG", compress_level=1)
    return f"data:image/png;base64,{base64.b64encode(written.getvalue()).decode()}"
