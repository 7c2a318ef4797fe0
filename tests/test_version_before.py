"""The code of the version before goes on working on today's tables, as it must while nodes are upgraded one by one."""

import json
import os
import subprocess
import sys
import uuid
from datetime import UTC, datetime
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from bench.visit_batches import PASSWORD, hamlets_with_members
from foundation.database import make_engine
from foundation.migrating import upgrade
from tests.browser.serving import PROJECT_ROOT, free_port, wait_for

# The tag or commit of the version before. Until there is one, today's code stands in for it on a database that is
# said to be ahead: that shows the harness, and that code serves a database newer than itself; nothing more.
VERSION_BEFORE = ""


@pytest.fixture(scope="module")
def code(tmp_path_factory) -> Path:
    """The files of the version before, taken out of git, with what a node has installed beside them."""
    folder: Path = tmp_path_factory.mktemp("before")
    archive = subprocess.run(
        ["git", "archive", VERSION_BEFORE or "HEAD"], cwd=PROJECT_ROOT, check=True, capture_output=True
    )
    subprocess.run(["tar", "-x", "-C", folder], input=archive.stdout, check=True)
    for name in ("node_modules", "var"):
        if (PROJECT_ROOT / name).exists() and not (folder / name).exists():
            (folder / name).symlink_to(PROJECT_ROOT / name)
    return folder


@pytest.fixture
def served(code, tmp_path):
    """The version before on today's tables: its address, and the households of its member."""
    url = f"sqlite:///{tmp_path}/bdhvs.sqlite3"
    engine = make_engine(url)
    upgrade(engine)
    (walk,) = hamlets_with_members(engine, hamlets=1, households=5)
    if not VERSION_BEFORE:
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9998'"))
    port = free_port()
    # Its own command: whatever it was, it keeps its name.
    command = [
        sys.executable,
        "-m",
        "flask",
        "--app",
        "app",
        "serve",
        "--port",
        str(port),
        "--workers",
        "1",
        "--no-jobs",
    ]
    environment = {**os.environ, "DATA_FOLDER": str(tmp_path), "DATABASE_URL": url, "PYTHONPATH": str(code)}
    with (tmp_path / "server.log").open("w") as log:
        process = subprocess.Popen(command, cwd=code, env=environment, stdout=log, stderr=log)
    wait_for(f"http://127.0.0.1:{port}/healthz", process)
    yield f"http://127.0.0.1:{port}", walk, engine
    process.terminate()
    process.wait(timeout=30)
    engine.dispose()


def test_people_sign_in_read_and_send_visits(served):
    address, walk, engine = served
    opener = build_opener(HTTPCookieProcessor(CookieJar()))
    form = urlencode({"name": walk.name, "password": PASSWORD}).encode()
    assert opener.open(Request(f"{address}/dang-nhap", form, {"Origin": address}), timeout=30).status == 200
    for path in ("/", "/khoa-hoc", "/bai-hoc/vneid-kich-hoat", "/do-phu", "/doi-so", "/toi"):
        assert opener.open(address + path, timeout=60).status == 200
    visit = {
        "id": str(uuid7()),
        "household": str(walk.households[0]),
        "outcome": "not_home",
        "started_at": datetime.now(UTC).isoformat(),
        "form_version": 1,
    }
    batch = {"batch": str(uuid.uuid4()), "device": str(uuid.uuid4()), "pending": 0, "visits": [visit]}
    request = Request(f"{address}/api/v1/visits", json.dumps(batch).encode(), {"Content-Type": "application/json"})
    results = json.loads(opener.open(request, timeout=30).read())["results"]

    assert [result["outcome"] for result in results] == ["stored"]
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM visit")) == 1
