import pytest
from flask import url_for

from foundation.web.static_files import StaticFiles


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
