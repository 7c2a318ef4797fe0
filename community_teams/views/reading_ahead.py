"""What pages of the map rest on, read by a worker as it starts, so that its first visitors need not wait for it."""

from threading import Thread

from flask import Flask

# The page of the nation reads every hamlet, all its counters of today and by week.
PAGE = "/do-phu"


def read_ahead(app: Flask) -> Thread:
    """Ask for PAGE beside whatever the worker does, and keep what it is made of: over 90,000 hamlets some seconds.

    A database that does not answer is left to whoever asks for a page: they are told in words.
    """
    reader = Thread(target=_ask, args=(app,), name="reading ahead", daemon=True)
    reader.start()
    return reader


def _ask(app: Flask) -> None:
    with app.test_request_context(PAGE):
        app.full_dispatch_request()
