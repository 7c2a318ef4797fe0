"""What pages of the map rest on, read by a worker as it starts, so that its first visitors need not wait for it."""

from threading import Thread

from flask import Flask

from community_teams.domain.layers import Key

# The page of the nation reads every hamlet, in today's figures and by week; any layer reads what all of them rest on.
PAGES = ("/do-phu", f"/do-phu?lop={Key.ASSESSED}")


def read_ahead(app: Flask) -> Thread:
    """Ask for PAGES beside whatever the worker does, and keep what they were made of: over 90,000 hamlets some seconds.

    A database that does not answer is left to whoever asks for a page: they are told in words.
    """
    reader = Thread(target=_ask, args=(app,), name="reading ahead", daemon=True)
    reader.start()
    return reader


def _ask(app: Flask) -> None:
    for page in PAGES:
        with app.test_request_context(page):
            app.full_dispatch_request()
