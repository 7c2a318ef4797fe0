"""For phones without network: the service worker, packs of lessons, and the page of downloads."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Response, current_app, jsonify, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from courses.domain.lesson import Lesson
from foundation.web.access import public
from foundation.web.database import session
from foundation.web.openapi import Operation, describe
from foundation.web.workers import worker_script
from learning import queries
from learning.domain.learners import FACES
from learning.views.blueprint import blueprint
from learning.views.home import CHEATED
from learning.views.learner import people_here
from learning.views.letter_checking import letter_check_files
from learning.views.lookups import catalogue, find_course, find_lesson
from learning.views.packs import pack
from learning.views.page_cache import cached_page, compressed_size
from learning.views.reading import draw_lesson, lesson_key
from translations.web import HEADER, language

WORKER = "offline/worker.js"
# Styles and pictures of the downloads page and of pages rendered on the phone.
SHELL_FILES = (
    *("lesson.css", "people.css", "offline.css"),
    *(f"faces/{face}.svg" for face in FACES),
)
SCRIPTS = ("listen.js", "practice.js", "offline/page.js", "offline/course.js", "offline/hello.js")
# First parts of the addresses the worker may respond to. It ignores all others, above all those of signed-in people.
OURS = ("bai-hoc", "khoa-hoc", "lo-trinh", "tren-may", "toi", "the", "tim", "huong-dan", "quyen-rieng-tu", "xac-nhan")


@blueprint.get("/sw.js")
@public
def serve_offline_worker() -> Response:
    """The service worker. It changes, and is updated on every phone, whenever a file or a word of the app shell
    changes.
    """
    config = {
        "files": _precached(),
        "shell": url_for(".show_downloads"),
        "ours": OURS,
        # The same for everybody; stored without cookies as soon as possible.
        "pages": [
            url_for(".home"),
            url_for(".show_courses"),
            url_for(".show_paths"),
            *[url_for(".show_path", path_id=path.id) for path in catalogue().paths],
            url_for(".explain"),
        ],
        "lesson": CHEATED if catalogue().lesson(CHEATED) else None,
        "checking": {"page": url_for(".scan"), "files": letter_check_files()},
        "courses": {lesson.id: lesson.course for lesson in catalogue().lessons},
    }
    return worker_script("learning", WORKER, "hoc", config)


@blueprint.get("/bai-hoc/<lesson_id>/goi.json")
@public
def serve_pack(lesson_id: str) -> BaseResponse | str:
    """Everything a phone needs to render a lesson's practice, questions and last page: see packs.py."""
    lesson = find_lesson(lesson_id)
    return cached_page(lambda: _draw_pack(lesson), *_key("pack", lesson), media_type="application/json")


@blueprint.get("/khoa-hoc/<course_id>/goi.json")
@public
def show_download_size(course_id: str) -> Response:
    """The download size of a course: title, ids of lessons, "bytes" over the network without recordings, bytes of
    "voices".
    """
    course = find_course(course_id)
    voices = sum(
        recording.file.stat().st_size
        for lesson in course.lessons
        for recording in catalogue().recordings.get(lesson.id, {}).values()
        if recording.file.is_file()
    )
    return jsonify(
        title=course.title,
        lessons=[lesson.id for lesson in course.lessons],
        bytes=sum(_lesson_size(lesson) for lesson in course.lessons),
        voices=voices,
    )


@blueprint.get("/tren-may")
@public
def show_downloads() -> BaseResponse | str:
    """The downloads on this phone, waiting answers and learners. The phone fills the page in: the same for
    everybody.
    """
    # Cached also for signed-in people: the phone stores it for all its users.
    return cached_page(_draw_shell, "phone", catalogue().version, language().tag, _shell_version())


@blueprint.get("/api/v1/progress")
@public
def list_progress() -> Response:
    """The correct answers of all learners on this phone: {"learners": {id: {lesson: [step]}}}."""
    progress = {
        str(person.id): {
            lesson: sorted(answer.step for answer in answers)
            for lesson, answers in queries.right_answers(session(), person.id).items()
        }
        for person in people_here()
    }
    answer = jsonify(learners=progress)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _draw_pack(lesson: Lesson) -> str:
    return pack(lesson, find_course(lesson.course), address=request.path)


def _lesson_size(lesson: Lesson) -> int:
    """Size over the network of a lesson's page and its pack, in bytes, each rendered as for a request."""
    with _as_new_visitor(url_for(".read_lesson", lesson_id=lesson.id)):
        page_size = compressed_size(lambda: draw_lesson(lesson), *lesson_key(lesson))
    with _as_new_visitor(url_for(".serve_pack", lesson_id=lesson.id)):
        return page_size + compressed_size(lambda: _draw_pack(lesson), *_key("pack", lesson))


@contextmanager
def _as_new_visitor(address: str) -> Iterator[None]:
    """Render inside as for an unknown visitor who requests `address`, in the current language: a cached page must not
    contain the name of the person who requested it first.
    """
    says = {HEADER: language().tag}
    with current_app.app_context(), current_app.test_request_context(address, headers=says):
        yield


def _key(kind: str, lesson: Lesson) -> tuple[str, ...]:
    return kind, catalogue().version, lesson.id, language().tag


def _draw_shell() -> str:
    titles = {course.id: course.title for course in catalogue().courses}
    with _as_new_visitor(url_for(".show_downloads")):
        return render_template("learning/downloads.html", faces=FACES, titles=titles)


def _precached() -> list[dict[str, str | None]]:
    words = _draw_shell().encode()
    shell: dict[str, str | None] = {
        "url": url_for(".show_downloads"),
        "revision": hashlib.sha256(words).hexdigest()[:16],
    }
    files = [url_for("web.static", filename=name) for name in ("page.css", "mark.svg", "keeping.js")]
    static = current_app.extensions["static_files"]
    scripts = {name for entry in SCRIPTS for name in static.with_imports("learning", entry)}
    files += [url_for(".static", filename=name) for name in (*SHELL_FILES, *sorted(scripts))]
    return [shell, *({"url": url, "revision": None} for url in files)]


def _shell_version() -> str:
    version: str = current_app.extensions["static_files"].version("learning")
    return version


describe(
    blueprint,
    Operation(
        "GET",
        "/api/v1/progress",
        "tellProgress",
        "The correct answers of all learners on the phone that sends the request.",
        gives={
            "type": "object",
            "required": ["learners"],
            "properties": {
                "learners": {
                    "type": "object",
                    "additionalProperties": {
                        "type": "object",
                        "additionalProperties": {"type": "array", "items": {"type": "string"}},
                    },
                }
            },
        },
        refusals={503: ("busy",)},
    ),
)
