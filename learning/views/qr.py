"""QR codes on paper: their address and their picture."""

import base64
import io
from importlib import import_module
from typing import Any

import segno
from flask import current_app, request, url_for

_EDGE = 4  # empty modules around a code, as the standard requires
_SCALE = 4  # pixels per module; with fewer, some readers blur them

_PILLOW = "PIL.Image"  # loaded when somebody prints a letter
_DARK, _LIGHT = 0, 255  # grey, one byte


def printable_address(endpoint: str, **values: Any) -> str:
    """The full address of a page for print. Needs a request, or a public address in the settings."""
    # Paper outlives the request, so the configured public address is printed if there is one.
    return printed_root() + url_for(endpoint, **values)


def printed_root() -> str:
    """The site's address, such as https://hoc.example.vn, without a slash at the end."""
    return current_app.extensions["settings"].public_address.rstrip("/") or request.url_root.rstrip("/")


def has_own_address() -> bool:
    """Whether a public address is configured, independent of the request's host."""
    return bool(current_app.extensions["settings"].public_address)


def qr_picture(address: str, *, light: str = "#ffffff") -> str:
    """A QR code as a data URI, readable with 15 % worn off (level M), with the margin the standard requires.

    light: the colour of the paper around it.
    """
    # All eight masks can be read equally well; trying them takes a third of the time of rendering the page's text.
    code = segno.make_qr(address, error="m", boost_error=False, mask=3)
    uri: str = code.png_data_uri(scale=_SCALE, border=_EDGE, light=light)
    return uri


def award_picture(address: str, digits: str) -> str:
    """The QR code of a letter as a data URI: `address`, "#" and the digits of its award.

    Digits are encoded as numbers, three in ten bits. The code stays within version 10 if the address has at most about
    70 characters; longer ones give larger codes.
    """
    parts: Any = [f"{address}#", digits]  # each part in the encoding that takes the least room
    code = segno.make_qr(parts, error="m", boost_error=False, mask=3)
    rows = [bytes(_DARK if module else _LIGHT for module in row) for row in code.matrix_iter(border=_EDGE)]
    side = len(rows) * _SCALE
    # Grey, one byte per pixel: from one bit per pixel WeasyPrint makes three bytes, which takes 5 ms longer.
    image = import_module(_PILLOW)
    small = image.frombytes("L", (len(rows), len(rows)), b"".join(rows))
    picture = small.resize((side, side), image.Resampling.NEAREST)
    written = io.BytesIO()
    picture.save(written, "PNG", compress_level=1)
    return f"data:image/png;base64,{base64.b64encode(written.getvalue()).decode()}"
