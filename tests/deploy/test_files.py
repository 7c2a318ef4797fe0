"""The files of deploy/ are what systemd, nginx and Caddy take for good."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())


def checked(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
def test_the_units_pass_systemds_own_check(tmp_path):
    for unit in UNITS:
        # What is installed at /srv/bdhvs on a server is this Python here.
        words = unit.read_text().replace("/srv/bdhvs/.venv/bin/flask", sys.executable).replace("/srv/bdhvs", "/")
        (tmp_path / unit.name.replace("@", "@8001")).write_text(words.replace("%i", "8001"))
    assert len(UNITS) == 4
    status, said = checked("systemd-analyze", "verify", "--man=no", *map(str, sorted(tmp_path.iterdir())))

    assert (status, said) == (0, "")


@pytest.mark.parametrize("unit", [unit for unit in UNITS if unit.suffix == ".service"], ids=lambda unit: unit.name)
def test_a_service_is_hardened(unit):
    words = unit.read_text()
    for line in ("User=bdhvs", "UMask=0077", "NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet="):
        assert f"\n{line}\n" in words
    assert "EnvironmentFile=/etc/bdhvs/bdhvs.env" in words


@pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not installed")
def test_nginx_takes_its_configuration(tmp_path):
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=hoc.example.vn",
            "-keyout",
            tmp_path / "privkey.pem",
            "-out",
            tmp_path / "fullchain.pem",
        ],
        check=True,
        capture_output=True,
    )
    words = (DEPLOY / "nginx.conf").read_text().replace("/etc/bdhvs/tls", str(tmp_path))
    words = words.replace("/run/nginx.pid", str(tmp_path / "pid")).replace("/var/log/nginx", str(tmp_path))
    (tmp_path / "nginx.conf").write_text(words)
    status, said = checked("nginx", "-t", "-c", str(tmp_path / "nginx.conf"))

    assert status == 0, said
    assert "warn" not in said


@pytest.mark.skipif(not shutil.which("caddy"), reason="caddy is not installed")
def test_caddy_takes_its_configuration():
    status, said = checked("caddy", "validate", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile"))

    assert status == 0, said


def test_idle_connections_of_the_proxy_end_before_the_nodes_close_them():
    """Otherwise a request is now and then sent on a connection that is being closed."""
    worker = (DEPLOY.parent / "foundation" / "serving" / "worker.py").read_text()
    node = int(re.search(r"^HEADERS = ([\d_]+)", worker, re.MULTILINE).group(1).replace("_", "")) / 1000
    upstream = re.search(r"upstream nodes \{.*?\}", (DEPLOY / "nginx.conf").read_text(), re.DOTALL).group()
    proxy = int(re.search(r"keepalive_timeout (\d+)s", upstream).group(1))

    assert proxy < node
    # Two nodes restarted one after the other: neither may be shunned for what it did a moment ago.
    assert upstream.count("max_fails=0;") == 2
    assert "keepalive 15s" in (DEPLOY / "Caddyfile").read_text()
