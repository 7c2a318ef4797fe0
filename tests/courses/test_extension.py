import json
import os

import pytest
from flask import Flask, render_template_string

import foundation.clock
from courses.catalogue import Catalogue
from courses.cli import commands
from courses.extension import init_courses
from foundation.settings import Settings


@pytest.fixture
def app():
    app = Flask(__name__)
    init_courses(app)
    app.cli.add_command(commands)
    return app


@pytest.fixture
def run(app):
    return lambda *arguments: app.test_cli_runner().invoke(args=["courses", "check", *map(str, arguments)])


def test_the_application_holds_the_catalogue_and_the_filter(app):
    with app.app_context():
        shown = render_template_string("{{ text | rich }}", text="**Đậm** & <b>")

    assert shown == "<strong>Đậm</strong> &amp; &lt;b&gt;"
    assert app.extensions["catalogue"].lesson("vneid-kich-hoat").title == "Kích hoạt tài khoản định danh mức 2"


def test_a_faulty_lesson_is_logged_and_the_house_still_opens(library, caplog, good_lesson):
    library.with_second(good_lesson.replace("minutes = 3", ""))
    app = Flask(__name__)
    init_courses(app, library.folder)

    assert "left out of the library: library/khoa-mau/bai-hai/lesson.toml: minutes: is missing" in caplog.text
    assert isinstance(app.extensions["catalogue"], Catalogue)


@pytest.fixture
def titles(library, tmp_path):
    """The titles a page would show, asked for as a page does; of an app in development or not."""

    def serve(*, development):
        app = Flask(__name__)
        app.extensions["settings"] = Settings(data_folder=tmp_path, development=development)
        init_courses(app, library.folder)
        app.add_url_rule("/", "page", lambda: [lesson.title for lesson in app.extensions["catalogue"].lessons])
        return app, lambda: app.test_client().get("/").json

    return serve


def test_in_development_a_lesson_just_saved_is_shown_at_once(library, titles, good_lesson):
    _app, ask = titles(development=True)
    assert ask() == ["Bài mẫu"]

    library.put("khoa-mau/bai-mau/lesson.toml", good_lesson.replace("Bài mẫu", "Bài vừa sửa"))
    assert ask() == ["Bài vừa sửa"]
    library.with_second(good_lesson)
    assert ask() == ["Bài vừa sửa", "Bài mẫu"]


def test_in_development_a_lesson_saved_half_done_hides_itself_alone_and_comes_back(
    library, titles, good_lesson, caplog
):
    library.with_second(good_lesson)
    _app, ask = titles(development=True)

    library.put("khoa-mau/bai-hai/lesson.toml", good_lesson[:200])
    assert ask() == ["Bài mẫu"]
    assert "left out of the library: library/khoa-mau/bai-hai/lesson.toml" in caplog.text
    library.put("khoa-mau/bai-hai/lesson.toml", good_lesson)
    assert ask() == ["Bài mẫu", "Bài mẫu"]


def test_a_change_of_the_same_length_is_seen_too(library, titles, good_lesson):
    _app, ask = titles(development=True)
    file = library.folder / "khoa-mau/bai-mau/lesson.toml"

    library.put("khoa-mau/bai-mau/lesson.toml", good_lesson.replace("Bài mẫu", "Bài tốt"))
    os.utime(file, ns=(1, 1))

    assert ask() == ["Bài tốt"]


def test_elsewhere_people_keep_the_lesson_they_began(library, titles, good_lesson):
    app, ask = titles(development=False)
    began_with = app.extensions["catalogue"]

    library.put("khoa-mau/bai-mau/lesson.toml", good_lesson.replace("Bài mẫu", "Bài vừa sửa"))

    assert ask() == ["Bài mẫu"]
    assert app.extensions["catalogue"] is began_with


def test_nothing_is_read_anew_while_nothing_changes(titles):
    app, ask = titles(development=True)
    began_with = app.extensions["catalogue"]
    ask()

    assert app.extensions["catalogue"] is began_with


def test_checking_our_library_finds_nothing(run, now):
    result = run()

    assert result.exit_code == 0, result.output
    assert "vneid-cai-dat/vneid-kich-hoat" in result.output


def test_checking_names_every_fault_and_exits_one(run, library, good_lesson):
    library.with_second(good_lesson.replace("minutes = 3", "minutes = 9").replace("{TD_MAU}", "{LA}"))

    result = run("--folder", library.folder)

    assert result.exit_code == 1
    assert "FAULT    library/khoa-mau/bai-hai/lesson.toml: goal: no such fact: {LA}" in result.output
    assert "FAULT    library/khoa-mau/bai-hai/lesson.toml: minutes: " in result.output
    assert "ok       khoa-mau/bai-mau" in result.output


def test_warnings_are_listed_but_do_not_fail(run, library, monkeypatch):
    later = foundation.clock.datetime(2027, 3, 1, tzinfo=foundation.clock.UTC)
    monkeypatch.setattr(foundation.clock, "now", lambda: later)

    result = run("--folder", library.folder)

    assert result.exit_code == 0
    assert "warning  library/khoa-mau/bai-mau/lesson.toml: checked_on: may have changed" in result.output


def test_a_machine_gets_the_same_as_json(run, library, now):
    told = json.loads(run("--json", "--folder", library.put("khoa-mau/bai-mau/lesson.toml", "x").folder).stdout)

    assert told["lessons"] == []
    assert told["warnings"] == []
    assert told["faults"][0]["file"] == "library/khoa-mau/bai-mau/lesson.toml"
    assert told["faults"][0]["says"].startswith("is not TOML")


def test_a_library_that_is_not_there_is_refused(run, tmp_path):
    assert run("--folder", tmp_path / "nowhere").exit_code == 2
