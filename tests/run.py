"""One run of tests or measurements: a folder and an environment of its own, and nothing left of it afterwards.

`python -m tests.run COMMAND…` runs a command so; `make test` does. pytest alone, `python -m bench` and
`python -m tests.faults` make a run for themselves.
"""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from foundation.settings import PROJECT_ROOT, Settings
from tests.leftovers import RUN_FOLDER, end_run

# Of the shell's variables these may change a run; everything else that the platform or a library reads is cleared.
ALLOWED = {"REQUIRE_BROWSER", "PGSERVER_POSTGRES_VERSION"}
PREFIXES = ("FLASK_", "GRANIAN_", "PG", "LC_")
NAMES = {"PORT", "WORKERS", "LANG", "LANGUAGE", "TZ", "XDG_RUNTIME_DIR"}
PROXIES = {"HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "ALL_PROXY", "NO_PROXY"}  # everything asked is on this machine
FIXED = {"LC_ALL": "C.UTF-8", "TZ": "UTC"}
LONGEST = 60  # characters of the temporary folder: a socket's path, some 40 characters longer, may have 107


class Leftovers(Exception):
    """What a run left behind, one line each. It has been ended and removed."""


def run_folder() -> Path:
    """The folder of the run that this process belongs to."""
    return Path(os.environ[RUN_FOLDER])


@contextmanager
def whole_run() -> Iterator[None]:
    """Inside an outer run, in a pytest worker for example, this does nothing: the outer one cleans up.

    Temporary files of this process and of all that it starts lie in the run's folder.
    Raises Leftovers after a run that left processes behind. A watcher cleans up if this process is killed.
    """
    if RUN_FOLDER in os.environ:
        yield
        return
    before, temporary = dict(os.environ), tempfile.tempdir
    folder = _make_folder()
    watcher = subprocess.Popen(
        [sys.executable, "-m", "tests.leftovers", str(folder), str(os.getpid())],
        cwd=PROJECT_ROOT,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        clear(os.environ)
        os.environ |= FIXED | {RUN_FOLDER: str(folder), "TMPDIR": str(folder / "tmp")}
        tempfile.tempdir = None  # TMPDIR is read again
        yield
    finally:
        os.environ.clear()
        os.environ |= before
        tempfile.tempdir = temporary
        left = end_run(folder)
        watcher.kill()
        watcher.wait()
    if left:
        raise Leftovers("\n".join(left))


def clear(environment: MutableMapping[str, str]) -> None:
    """Takes out what would change a test: each setting, also from a file (NAME_FILE), in whatever case."""
    settings = {name.upper() for name in Settings.model_fields}
    for name in list(environment):
        upper = name.upper()
        known = upper in NAMES | PROXIES or upper.removesuffix("_FILE") in settings or upper.startswith(PREFIXES)
        if known and upper not in ALLOWED:
            del environment[name]


def _make_folder() -> Path:
    base = tempfile.gettempdir()
    folder = Path(tempfile.mkdtemp(prefix="bdhvs-run-", dir=base if len(base) <= LONGEST else "/tmp"))
    # As root PostgreSQL runs as another user, who has to get to its own folder here; the rest stays closed to others.
    folder.chmod(0o755)
    (folder / "tmp").mkdir(mode=0o700)
    return folder


def main(command: Sequence[str]) -> int:
    """The command's own status; 1 if that is 0 and something was left behind."""
    status = 1
    try:
        with whole_run(), subprocess.Popen(command) as process:
            # A terminal tells the command too, which ends in its own time.
            told = signal.signal(signal.SIGINT, signal.SIG_IGN)
            status = process.wait()
            signal.signal(signal.SIGINT, told)
    except Leftovers as left:
        sys.stderr.write(f"Left behind, now removed:\n{left}\n")
        return status or 1
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
