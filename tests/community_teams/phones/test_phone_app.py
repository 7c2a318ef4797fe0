"""What makes the team's app one that can be installed: its worker, its manifest, and whose phone is speaking."""

import json
import re
import shutil
import subprocess

import pytest


def _told(script: str) -> dict:
    found = re.match(r"self\.doiSo=(.*);\n", script)
    assert found
    return json.loads(found.group(1))


def test_the_worker_keeps_the_shell_and_every_file_it_wears(visitor):
    shell = visitor.client.get("/doi-so/tren-may").get_data(as_text=True)
    answer = visitor.client.get("/doi-so/sw.js")
    kept = {file["url"] for file in _told(answer.get_data(as_text=True))["files"]}

    assert answer.mimetype == "text/javascript"
    assert answer.headers["Service-Worker-Allowed"] == "/doi-so"
    worn = set(re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js|svg))', shell))
    assert worn
    assert worn <= kept
    assert "/doi-so/tren-may" in kept


def test_every_file_the_worker_keeps_and_loads_is_there(visitor):
    script = visitor.client.get("/doi-so/sw.js").get_data(as_text=True)
    addresses = [file["url"] for file in _told(script)["files"]]
    addresses += re.findall(r"^//# sourceMappingURL=(\S+)", script, re.MULTILINE)

    assert len(addresses) > 10

    for address in addresses:
        assert visitor.client.get(address).status_code == 200, address


def test_the_worker_changes_with_the_words_of_the_shell_and_with_nothing_else(visitor):
    first = visitor.client.get("/doi-so/sw.js")
    again = visitor.client.get("/doi-so/sw.js")
    visitor.client.get("/ngon-ngu/en")
    english = visitor.client.get("/doi-so/sw.js")

    assert again.get_data() == first.get_data()
    assert english.get_data() != first.get_data()
    same = visitor.client.get("/doi-so/sw.js", headers={"If-None-Match": english.headers["ETag"]})
    assert same.status_code == 304


def test_the_worker_is_a_script_that_a_browser_can_read(visitor, tmp_path):
    node = shutil.which("node")
    if node is None:
        pytest.skip("the browser walks load it, too")
    file = tmp_path / "sw.js"
    file.write_bytes(visitor.client.get("/doi-so/sw.js").get_data())
    subprocess.run([node, "--check", str(file)], check=True, capture_output=True)


def test_the_app_can_be_installed(visitor):
    answer = visitor.client.get("/doi-so/manifest.webmanifest")
    manifest = json.loads(answer.get_data())

    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("/doi-so", "/doi-so", "standalone")
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in manifest["icons"]}
    for icon in manifest["icons"]:
        assert visitor.client.get(icon["src"]).status_code == 200


def test_what_one_member_recorded_is_never_taken_under_anothers_session(visitor, make):
    member = make.person()
    visitor.sign_in(member.name)
    batch = {"batch": "0b7a2c1e-0000-4000-8000-000000000001", "device": "0b7a2c1e-0000-4000-8000-000000000002"}
    body = batch | {"pending": 0, "visits": []}
    own = visitor.client.post("/api/v1/visits", json=body, headers={"X-Member": str(member.id)})
    other = visitor.client.post("/api/v1/visits", json=body, headers={"X-Member": str(member.id + 1)})
    lists = visitor.client.get("/api/v1/worklist", headers={"X-Member": "somebody"})

    assert own.status_code == 200
    assert (other.status_code, other.json["code"]) == (409, "other_member")
    assert (lists.status_code, lists.json["code"]) == (409, "other_member")
