"""QR codes on paper: the address one leads to, and its drawing."""

from typing import Any

import segno
from flask import current_app, request, url_for

_EDGE = 4  # modules of light around a code, as the standard asks
_SCALE = 4  # dots a module: fewer, and some readers smooth them away


def lasting_address(endpoint: str, **values: Any) -> str:
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
    uri: str = code.png_data_uri(scale=4, border=4, light=light)
    return uri


def award_dots(address: str, digits: str) -> tuple[int, bytes]:
    """The square code of a letter: `address`, "#" and the digits of its award: dots a side, and bits, 1 for light.

    Digits stand in it as numbers, three in ten bits, which keeps it within version 10 while the address has no more
    than about 70 characters; longer ones are still drawn, with larger codes.
    """
    parts: Any = [f"{address}#", digits]  # each in the kind of writing that takes the least room
    matrix = segno.make_qr(parts, error="m", boost_error=False, mask=3).matrix
    side = (len(matrix) + 2 * _EDGE) * _SCALE
    padding, edge = "1" * (-side % 8), "1" * (_EDGE * _SCALE)
    light, dark = "1" * _SCALE, "0" * _SCALE

    def row(middle: str) -> bytes:
        bits = edge + middle + edge + padding
        return int(bits, 2).to_bytes(len(bits) // 8) * _SCALE

    empty = row(light * len(matrix)) * _EDGE
    return side, empty + b"".join(row("".join([dark if each else light for each in line])) for line in matrix) + empty
