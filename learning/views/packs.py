"""A lesson's practice, questions and last page as one file, from which a phone renders the same pages without network.

Every page in it is rendered by the same templates as with network. Parts that change with each answer are replaced by a
gap, ⟦name⟧, and the pack contains the possible contents of each gap: static/learning/offline/pages.js fills them in.
"""

import re
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

from flask import current_app, json, render_template, url_for

from courses.domain.lesson import Course, Lesson, Question
from courses.domain.practice import Screen, ScreenKind, ScreenTarget
from courses.recordings import hint_of, praise_of
from learning.domain.progress import Progress
from learning.views.questions import draw_question
from translations.web import language

_PAGE = re.compile(
    r"(?P<top>.*<title>)(?P<title>.*?)(?P<head></title>.*<main[^>]*>)(?P<main>.*)(?P<foot></main>.*)", re.DOTALL
)
_FILE = re.compile(r'(?:href|src)="(/static/[^"]+)"')
_VOICE = re.compile(r'data-(?:recorded|read-out)="([^"]+)"')


def gap(name: str) -> str:
    return f"⟦{name}⟧"


class _Frames:
    """The parts of pages around their main content; each different frame is stored once."""

    def __init__(self, address: str) -> None:
        self.frames: list[list[str]] = []
        self._address = address

    def page(self, html: str) -> dict[str, Any]:
        """{"frame": its index, "title", "main"}."""
        parts = _PAGE.fullmatch(html.replace(self._address, gap("path")))
        if parts is None:
            raise AssertionError("a page with another structure than web/page.html")
        frame = [parts["top"], parts["head"], parts["foot"]]
        if frame not in self.frames:
            self.frames.append(frame)
        return {"frame": self.frames.index(frame), "title": parts["title"], "main": parts["main"]}


def pack(lesson: Lesson, course: Course, *, address: str) -> str:
    """The pack as JSON. address: the one it is rendered under, which its pages must not contain as their own."""
    frames = _Frames(address)
    content: dict[str, Any] = {
        "lesson": lesson.id,
        "course": course.id,
        "title": lesson.title,
        "lang": language().tag,
        "graded": lesson.graded,
        "course_lessons": [
            {"id": each.id, "title": each.title, "minutes": each.minutes, "graded": each.graded}
            for each in course.lessons
        ],
        "first": lesson.practice.first.id,
        "screens": {screen.id: _screen(lesson, screen, frames) for screen in lesson.practice.screens},
        "wiped": _word(lesson, SimpleNamespace(wiped=True), "", ""),
        "questions": {question.id: _question(lesson, question, frames) for question in lesson.questions},
        "ends": _ends(lesson, course, frames),
    }
    content["frames"] = frames.frames
    reading = render_template("learning/lesson.html", lesson=lesson, course=course)
    words = "".join([reading, *_strings(content)])
    content["files"] = sorted(_with_imports(_FILE.findall(words)))
    content["voices"] = sorted(set(_VOICE.findall(words)))
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=False)


def _with_imports(addresses: Iterable[str]) -> set[str]:
    """Addresses of files, and of every script that one of them imports, directly or indirectly."""
    static = current_app.extensions["static_files"]
    files = set(addresses)
    for address in addresses:
        package, _version, name = address.removeprefix("/static/").split("/", 2)
        files |= {url_for(f"{package}.static", filename=each) for each in static.with_imports(package, name)}
    return files


def _screen(lesson: Lesson, screen: Screen, frames: _Frames) -> dict[str, Any]:
    parts: Any = current_app.jinja_env.get_template("learning/parts/phone.html").module
    content: dict[str, Any] = {
        "kind": screen.kind.value,
        "goes": screen.goes,
        "graded": screen.id in lesson.practice.must_pass,
        "page": _with_gaps(frames.page(_draw_screen(lesson, screen)), screen, parts),
        "hint": _hint(lesson, screen, screen.hint, ""),
        "praise": _word(lesson, None, screen.praise, praise_of(screen.id)),
    }
    if screen is lesson.practice.first:
        content["begin"] = _with_gaps(frames.page(_draw_screen(lesson, screen, intro=True)), screen, parts)
    if screen.kind is ScreenKind.TYPE:
        content["typed"] = screen.typed
    if screen.rules:
        content["rules"] = {code: [parts.rule_line(code, False), parts.rule_line(code, True)] for code in screen.rules}
    if screen.targets:
        content["targets"] = [
            {
                "id": target.id,
                "right": target.right,
                "goes": target.goes,
                "hint": _hint(lesson, screen, target.hint, target.id) if target.hint else None,
                "looks": _looks(screen, target, parts),
            }
            for target in screen.targets
        ]
    return content


def _draw_screen(lesson: Lesson, screen: Screen, *, intro: bool = False) -> str:
    screens = lesson.practice.must_pass
    return render_template(
        "learning/practice.html",
        lesson=lesson,
        screen=screen,
        tried=None,
        hint="",
        hint_part="",
        touched=(),
        met=(),
        intro=lesson.practice.intro if intro else "",
        place=screens.index(screen.id) + 1 if screen.id in screens else None,
        form=gap("form"),
    )


def _looks(screen: Screen, target: ScreenTarget, parts: Any) -> list[str]:
    """The target normal and highlighted; for tick targets: normal, highlighted, ticked, ticked and highlighted."""
    if screen.kind is ScreenKind.TAP:
        return [str(parts.place_to_touch(target, flash)) for flash in (False, True)]
    return [str(parts.place_to_tick(target, flash, ticked)) for ticked in (False, True) for flash in (False, True)]


def _with_gaps(page: dict[str, Any], screen: Screen, parts: Any) -> dict[str, Any]:
    main = _cut(page["main"], 'class="word"></div>', f'class="word">{gap("word")}</div>')
    for target in screen.targets:
        main = _cut(main, _looks(screen, target, parts)[0], gap(f"target {target.id}"))
    for code in screen.rules:
        main = _cut(main, str(parts.rule_line(code, False)), gap(f"rule {code}"))
    if screen.kind in {ScreenKind.TYPE, ScreenKind.SECRET}:
        main = _cut(main, 'class="phone-input"', f'class="phone-input{gap("tried")}"')
    return {**page, "main": main}


def _cut(main: str, part: str, gap_: str) -> str:
    if main.count(part) != 1:
        raise AssertionError(f"{part!r} occurs {main.count(part)} times on its page")
    return main.replace(part, gap_)


def _hint(lesson: Lesson, screen: Screen, hint: str, target: str) -> list[str]:
    """The hint after a wrong answer, on the same screen, and on the screen a detour leads to."""
    part = hint_of(screen.id, target)
    return [_word(lesson, tried, hint, part) for tried in (SimpleNamespace(wiped=False), None)]


def _word(lesson: Lesson, tried: SimpleNamespace | None, text: str, part: str) -> str:
    parts: Any = current_app.jinja_env.get_template("learning/parts/word.html").module
    return str(parts.word(lesson, tried, text, part))


def _question(lesson: Lesson, question: Question, frames: _Frames) -> dict[str, Any]:
    def draw(chosen: str) -> dict[str, Any]:
        return frames.page(draw_question(lesson, question, chosen, form=gap("form")))

    return {"right": question.right.id, "pages": {id_: draw(id_) for id_ in ("", *(o.id for o in question.options))}}


def _ends(lesson: Lesson, course: Course, frames: _Frames) -> dict[str, Any]:
    """The last page in three variants: lessons of the course are left, the course is done, steps of this lesson are
    missing.
    """
    # url_for would escape the characters of a gap.
    onward = SimpleNamespace(id="zz-next-zz", title=gap("next title"), minutes=gap("next minutes"))
    done = Progress(done=len(lesson.graded), total=len(lesson.graded), next_step=None)
    begun: Any = SimpleNamespace(complete=False, done=gap("done"), total=len(lesson.graded))

    def draw(progress: Any, following: SimpleNamespace | None, missing: str | None) -> dict[str, Any]:
        html = render_template(
            "learning/finished.html",
            lesson=lesson,
            course=course,
            person=None,
            people=(),
            progress=progress,
            missing=missing,
            through_course=SimpleNamespace(next_lesson=following, done=gap("lessons done")),
            path=None,
            along=None,
            next_on_path=None,
            letter=None,
        )
        page = frames.page(html)
        return {**page, "main": page["main"].replace("zz-next-zz", gap("next id"))}

    return {
        "more": draw(done, onward, None),
        "course": draw(done, None, None),
        "missing": draw(begun, None, gap("way")),
    }


def _strings(content: object) -> list[str]:
    if isinstance(content, str):
        return [content]
    if isinstance(content, dict):
        return [text for each in content.values() for text in _strings(each)]
    if isinstance(content, list | tuple):
        return [text for each in content for text in _strings(each)]
    return []
