import os
import re
import shutil
import time
from pathlib import Path

import pytest
from flask import url_for

from app import create_app
from foundation.web.browser_build import BrowserBuild
from foundation.web.browser_health import check_browser_files
from foundation.web.static_files import MAX_VERSIONS, RETENTION_SECONDS, StaticFiles, missing_browser_files


@pytest.fixture
def style(app) -> str:
    with app.test_request_context():
        return url_for("web.static", filename="page.css")


def test_a_static_file_is_kept_for_a_year(visitor, style):
    answer = visitor.client.get(style)

    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_a_static_file_was_compressed_beforehand(visitor, style, coding):
    whole = len(visitor.client.get(style, headers={"Accept-Encoding": "identity"}).data)

    answer = visitor.client.get(style, headers={"Accept-Encoding": coding})

    assert answer.headers["Content-Encoding"] == coding
    assert len(answer.data) < whole / 2


def test_another_content_gets_another_address(tmp_path):
    source = tmp_path / "a.css"
    source.write_text("p { color: red }")
    files = StaticFiles(tmp_path / "served")
    files.add("room", {"a.css": source})
    before = files.version("room")

    source.write_text("p { color: blue }")
    files.add("room", {"a.css": source})

    assert files.version("room") != before
    assert files.file("room", f"{files.version('room')}/a.css").read_text() == "p { color: blue }"


def test_preparing_twice_writes_nothing(tmp_path):
    source = tmp_path / "a.css"
    source.write_text("p { color: red }" * 100)
    files = StaticFiles(tmp_path / "served")
    place = files.add("room", {"a.css": source})
    before = {file: file.stat().st_mtime_ns for file in place.iterdir()}

    StaticFiles(tmp_path / "served").add("room", {"a.css": source})

    assert {file: file.stat().st_mtime_ns for file in place.iterdir()} == before
    assert {file.suffix for file in before} == {".css", ".br", ".gz"}


@pytest.mark.parametrize("address", ["../../../etc/passwd", "nothing.css", "", "/etc/passwd"])
def test_no_address_leaves_the_rooms_folder(tmp_path, address):
    source = tmp_path / "a.css"
    source.write_text("p {}")
    files = StaticFiles(tmp_path / "served")
    files.add("room", {"a.css": source})

    assert files.file("room", address) is None


def _versions(tmp_path, count: int) -> tuple[Path, list[str]]:
    """A served folder with this many versions of one room, a day between each."""
    source = tmp_path / "a.css"
    served = tmp_path / "served"
    names = []
    for number in range(count):
        source.write_text(f"p {{ order: {number} }}")
        files = StaticFiles(served)
        place = files.add("room", {"a.css": source})
        begun = time.time() - (count - number) * 24 * 3600
        os.utime(place, (begun, begun))
        names.append(files.version("room"))
    return served, names


def _on_disk(served: Path) -> set[str]:
    return {place.name for place in (served / "room").iterdir()}


def test_a_version_stays_until_a_page_of_it_can_no_longer_be_open(tmp_path):
    served, names = _versions(tmp_path, 4)
    long_ago = time.time() - RETENTION_SECONDS - 24 * 3600
    os.utime(served / "room" / names[0], (long_ago - 10, long_ago - 10))
    os.utime(served / "room" / names[1], (long_ago, long_ago))

    StaticFiles(served).add("room", {"a.css": tmp_path / "a.css"})

    # The first was replaced by the second more than thirty days ago; the second by the third only the other day.
    assert _on_disk(served) == set(names[1:])


def test_the_version_before_stays_however_long_ago_it_was_replaced(tmp_path):
    served, names = _versions(tmp_path, 3)
    for name in names:
        os.utime(served / "room" / name, (names.index(name), names.index(name)))

    StaticFiles(served).add("room", {"a.css": tmp_path / "a.css"})

    assert _on_disk(served) == set(names[1:])


def test_versions_are_bounded_however_often_somebody_installs(tmp_path):
    served, names = _versions(tmp_path, MAX_VERSIONS + 5)

    assert _on_disk(served) == set(names[-MAX_VERSIONS:])


def test_an_earlier_version_that_is_served_again_counts_as_the_newest(tmp_path):
    served, names = _versions(tmp_path, 3)
    (tmp_path / "a.css").write_text("p { order: 0 }")

    StaticFiles(served).add("room", {"a.css": tmp_path / "a.css"})

    times = {name: (served / "room" / name).stat().st_mtime for name in names}
    assert max(times, key=times.__getitem__) == names[0]


def test_a_page_of_the_version_before_still_finds_its_files(settings, engine, visitor, style):
    """Also where another process put them there after this one started, as in an upgrade one node after the other."""
    folder = settings.data_folder / "static" / "web"
    address = style.replace(style.split("/")[3], "0123456789")
    before = visitor.client.get(address)
    shutil.copytree(folder / style.split("/")[3], folder / "0123456789")
    try:
        after = visitor.client.get(address, headers={"Accept-Encoding": "br"})
    finally:
        shutil.rmtree(folder / "0123456789")

    assert before.status_code == 404
    assert (after.status_code, after.mimetype) == (200, "text/css")
    assert "immutable" in after.headers["Cache-Control"]
    assert after.headers["Content-Encoding"] == "br"


@pytest.mark.parametrize(
    "address",
    ["/static/web/../../secret_key", "/static/web", "/static/", "/static/%2e%2e/secret_key", "/static/web/x.css"],
)
def test_no_address_of_another_version_leaves_the_static_folder(visitor, settings, address):
    (settings.data_folder / "secret_key").write_text("only for tests")

    assert visitor.client.get(address).status_code == 404


def test_nothing_is_missing_and_a_lost_file_is_noticed(app, style):
    static = app.extensions["static_files"]
    with app.app_context():
        assert missing_browser_files() == []
        file = static.file("web", style.removeprefix("/static/web/"))
        aside = file.with_name("aside")
        file.rename(aside)
        try:
            assert missing_browser_files() == ["web/page.css"]
        finally:
            aside.rename(file)


def test_a_build_that_is_missing_is_noticed_and_pages_work_without(settings, engine, monkeypatch, caplog):
    monkeypatch.setattr("foundation.web.static_files.read_build", BrowserBuild)
    bare = create_app(settings, engine=engine)

    with bare.app_context():
        assert missing_browser_files() == ["build/browser/manifest.json"]
    assert [finding.code for finding in check_browser_files(bare)] == ["browser_files_missing"]
    assert "make install" in caplog.text
    answer = bare.test_client().get("/huong-dan")
    assert answer.status_code == 200
    style = re.search(r'"(/static/web/[^"]+/page\.css)"', answer.get_data(as_text=True)).group(1)
    assert bare.test_client().get(style).status_code == 200
    assert bare.test_client().get("/sw.js").status_code == 404


def test_source_of_scripts_is_not_served(visitor, app):
    with app.test_request_context():
        address = url_for("learning.static", filename="letters/camera.js")
    assert visitor.client.get(address).status_code == 404


def test_the_doctor_notices_sources_that_changed_after_the_build(app, monkeypatch):
    assert check_browser_files(app) == []
    monkeypatch.setattr(BrowserBuild, "changed_sources", lambda _build: [f"a{number}.js" for number in range(7)])

    [finding] = check_browser_files(app)

    assert (finding.code, finding.severity) == ("browser_files_outdated", "warning")
    assert "a4.js và 2 tập tin nữa" in finding.what
