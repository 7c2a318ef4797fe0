"""nginx as a bench needs it: the file of deploy/, with free ports and a certificate of its own."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.browser.serving import free_port, wait_for

CONFIGURATION = Path(__file__).resolve().parents[1] / "deploy" / "nginx.conf"


@contextmanager
def nginx(folder: Path, nodes: list[str]) -> Iterator[str]:
    """The plain address of an nginx before `nodes` (http://127.0.0.1:PORT). Needs the program: skip without it.

    Speaks HTTP instead of TLS to wrk and to us, so that what is measured is the proxying.
    """
    port = free_port()
    words = CONFIGURATION.read_text(encoding="utf-8")
    before, _, upstream = words.partition("upstream nodes {")
    servers = "\n".join(f"server {node.removeprefix('http://')} max_fails=0;" for node in nodes)
    inside, _, after = upstream.partition("}")
    kept = "\n".join(line for line in inside.splitlines() if not line.strip().startswith("server "))
    words = f"{before}upstream nodes {{{kept}\n{servers}\n}}{after}"
    # The server that only leads from port 80 to TLS goes; the other listens here.
    first = words.index("    server {\n        listen 80;")
    second = words.index("    server {\n        listen 443")
    words = words[:first] + words[second:]
    words = "\n".join(line for line in words.splitlines() if "ssl_" not in line and "listen [::]" not in line)
    for written, here in (
        ("listen 443 ssl http2", f"listen 127.0.0.1:{port}"),
        ("server_name hoc.example.vn", "server_name _"),
        ("/run/nginx.pid", f"{folder}/nginx.pid"),
        ("/var/log/nginx", str(folder)),
        # All of the load comes from one address.
        ("limit_conn addresses 400", "limit_conn addresses 9000"),
    ):
        assert written in words, written
        words = words.replace(written, here)
    file = folder / "nginx.conf"
    file.write_text(words, encoding="utf-8")
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    process = subprocess.Popen([program, "-c", str(file), "-g", "daemon off;"], stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/healthz", process)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)
