"""Translates between RSGI and WSGI (PEP 3333): the environment of a request, and the whole answer."""

import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, Any

from werkzeug.wsgi import FileWrapper

WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

# A larger answer is put into a file, because granian would hold all of it in memory.
LARGEST_IN_MEMORY = 256 * 1024  # bytes


class FileAnswer(FileWrapper):
    """wsgi.file_wrapper: an answer that is a file already."""


CONSTANT: dict[str, Any] = {
    "SCRIPT_NAME": "",
    "SERVER_SOFTWARE": "granian",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
    "wsgi.input_terminated": True,
    "wsgi.file_wrapper": FileAnswer,
}


def environ_of(scope: Any, body: IO[bytes], size: int | None) -> dict[str, Any]:
    """The WSGI environment of an RSGI scope. size: of the whole body in bytes; None when there is none."""
    client, _, client_port = scope.client.rpartition(":")
    server, _, server_port = scope.server.rpartition(":")
    environ = {
        **CONSTANT,
        "REQUEST_METHOD": scope.method,
        # RSGI has decoded path and query as UTF-8; WSGI wants their bytes, each as one letter.
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string.encode().decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "SERVER_NAME": server.strip("[]"),
        "SERVER_PORT": server_port,
        "REMOTE_ADDR": client.strip("[]"),
        "REMOTE_PORT": client_port,
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": body,
    }
    for name, value in scope.headers.items():
        # X_Forwarded_For would become the same key as X-Forwarded-For, which a trusted proxy sets.
        if "_" in name or name == "transfer-encoding":
            continue
        key = name.upper().replace("-", "_")
        if key not in {"CONTENT_TYPE", "CONTENT_LENGTH"}:
            key = f"HTTP_{key}"
        if key in environ:
            value = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{value}"
        environ[key] = value
    if size is None:
        environ.pop("CONTENT_LENGTH", None)
    else:
        environ["CONTENT_LENGTH"] = str(size)
    return environ


class Answer:
    """What the application answers, whole. status: HTTP; headers: as WSGI has them; content, or a file when large.

    Call close() when the file is no longer read.
    """

    def __init__(self, app: WSGI, environ: dict[str, Any], folder: Path) -> None:
        self.status = 500
        self.headers: list[tuple[str, str]] = []
        self.content = b""
        self.file: IO[bytes] | None = None
        chunks = app(environ, self._start)
        close = getattr(chunks, "close", None)
        if type(chunks) is FileAnswer and _is_large_file(chunks.file):
            self.file = chunks.file
            return
        try:
            self.content = b"".join(chunks)
        finally:
            if close:
                close()
        if len(self.content) > LARGEST_IN_MEMORY:
            self._move_to_file(folder)

    def close(self) -> None:
        if self.file is not None:
            self.file.close()

    def _start(self, line: str, headers: list[tuple[str, str]], _error: Any = None) -> None:
        self.status, self.headers = int(line[:3]), headers

    def _move_to_file(self, folder: Path) -> None:
        try:
            self.file = file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115
            file.write(self.content)
            file.flush()
        except OSError:
            # On a full disk the answer stays in memory.
            self.close()
            self.file = None
        else:
            self.content = b""


def _is_large_file(file: Any) -> bool:
    """Whether granian can send it itself: a file on disk, read from its start, larger than LARGEST_IN_MEMORY."""
    try:
        return bool(Path(f"/proc/self/fd/{file.fileno()}").stat().st_size > LARGEST_IN_MEMORY and file.tell() == 0)
    except (AttributeError, OSError, ValueError):
        return False
