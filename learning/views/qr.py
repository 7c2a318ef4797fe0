"""QR codes on paper: the address one leads to, and its drawing."""

import base64
import struct
import zlib
from collections.abc import Sequence
from typing import Any

import segno
from flask import current_app, request, url_for


def lasting_address(endpoint: str, **values: Any) -> str:
    """The whole address of a page, as it may stand on paper. Needs a request, or a public address in the settings."""
    # Paper outlives the request: where the site is known under one address, that one is printed.
    return printed_root() + url_for(endpoint, **values)


def printed_root() -> str:
    """Where this site is reached, such as https://hoc.example.vn, without a slash at the end."""
    return current_app.extensions["settings"].public_address.rstrip("/") or request.url_root.rstrip("/")


def qr_picture(address: str, *, light: str = "#ffffff") -> str:
    """A QR code as a picture's address, readable with 15 % worn off (level M), with the edge the standard asks.

    light: the colour of the paper around it.
    """
    # Any of the eight masks reads alike; trying them all would take as long as a third of the text on the page.
    code = segno.make_qr(address, error="m", boost_error=False, mask=3)
    uri: str = code.png_data_uri(scale=4, border=4, light=light)
    return uri


def award_picture(address: str, digits: str) -> str:
    """The square code of a letter as a picture's address: `address`, "#" and the digits of its award.

    Digits stand in it as numbers, three in ten bits, which keeps it within version 10 while the address has no more
    than about 70 characters; longer ones are still drawn, with larger codes.
    """
    parts: Any = [f"{address}#", digits]  # each in the kind of writing that takes the least room
    code = segno.make_qr(parts, error="m", boost_error=False, mask=3)
    return _black_on_white(code.matrix, scale=2, border=4)


def _black_on_white(matrix: Sequence[bytearray], *, scale: int, border: int) -> str:
    """A PNG in shades of grey: the one kind that printing takes over as it is, without turning it into colours."""
    light, dark = b"\xff" * scale, b"\0" * scale
    side = (len(matrix) + 2 * border) * scale
    edge = light * border
    empty = (b"\0" + light * (len(matrix) + 2 * border)) * (border * scale)
    rows = b"".join(
        (b"\0" + edge + b"".join([dark if module else light for module in row]) + edge) * scale for row in matrix
    )
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(empty + rows + empty, 6)), (b"IEND", b""))
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return "data:image/png;base64," + base64.b64encode(png).decode()
