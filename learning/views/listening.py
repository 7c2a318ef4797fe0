"""Listening: attributes for reading pages aloud, and the recordings."""

import re

from flask import send_file, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from courses.domain.facts import FactKind
from courses.domain.lesson import Lesson
from courses.recordings import Recording
from foundation.problems import NotFound
from foundation.web.access import public
from foundation.web.headers import ONE_YEAR
from learning.views.blueprint import blueprint
from learning.views.lookups import catalogue, find_lesson
from translations.web import language

LESSONS_SPEAK = "vi"
_NUMBER = re.compile(r"\d[\d .]*")


@blueprint.get("/bai-hoc/<lesson_id>/ghi-am/<version>/<part>")
@public
def play_recording(lesson_id: str, version: str, part: str) -> Response:
    """A recording, whole or in ranges. Another version is not found: the page that names it has other words and is read
    with the phone's voice.
    """
    return _sent(catalogue().recordings.get(find_lesson(lesson_id).id, {}).get(part), version)


@blueprint.get("/ghi-am/<version>/<part>")
@public
def play_frame_recording(version: str, part: str) -> Response:
    """A recording of interface words, likewise."""
    return _sent(catalogue().interface_recordings.get(part), version)


def _sent(recording: Recording | None, version: str) -> Response:
    if recording is None or recording.version != version or not recording.file.is_file():
        raise NotFound("no_such_recording")
    answer = send_file(
        recording.file, mimetype=recording.media_type, conditional=True, etag=recording.version, max_age=ONE_YEAR
    )
    answer.cache_control.immutable = True
    return answer


@blueprint.app_template_global("speech_attributes")
def speech_attributes(lesson: Lesson, part: str = "") -> Markup:
    """Attributes of an element with a lesson's own text: its language, and the recording of `part` if there is one."""
    attributes = Markup("") if language().tag == LESSONS_SPEAK else Markup(' lang="{}"').format(LESSONS_SPEAK)
    recording = catalogue().recordings.get(lesson.id, {}).get(part)
    if recording is None:
        return attributes
    address = url_for(".play_recording", lesson_id=lesson.id, version=recording.version, part=part)
    return attributes + Markup(' data-recorded="{}"').format(address)


@blueprint.app_template_global("read_out")
def read_out(part: str) -> Markup:
    """The attribute of an element with the interface words `part`, one of FRAME_PARTS, if they were recorded.

    Only Vietnamese words are recorded: in other interface languages there is nothing to play.
    """
    recording = catalogue().interface_recordings.get(part)
    if recording is None or language().tag != LESSONS_SPEAK:
        return Markup("")
    address = url_for("learning.play_frame_recording", version=recording.version, part=part)
    return Markup(' data-read-out="{}"').format(address)


@blueprint.app_template_global("dialled")
def dialled() -> str:
    """The shared phone numbers, digits only, separated by spaces: a voice reads 113 digit by digit, not as an
    amount.
    """
    numbers = [
        re.sub(r"\D", "", number)
        for fact in catalogue().facts.values()
        if fact.about is FactKind.PHONE
        for number in _NUMBER.findall(fact.value)
    ]
    return " ".join(dict.fromkeys(numbers))
