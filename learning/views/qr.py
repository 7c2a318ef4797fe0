"""QR codes on paper: the address one leads to, and its drawing."""

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
