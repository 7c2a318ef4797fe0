"""The phone draws and judges, without network, exactly what the server does."""

import itertools
import json
import re
import subprocess
from pathlib import Path

import pytest

from courses.catalogue import Catalogue
from courses.domain.lesson import Lesson
from courses.domain.practice import Screen, ScreenKind
from foundation.settings import PROJECT_ROOT
from tests.browser_modules.test_modules import node  # noqa: F401  a fixture

CATALOGUE = Catalogue.load()
FORM = re.compile(r'name="form" value="[^"]*"')
TYPED = (
    "",
    "x",
    "0123",
    "0912345678",
    "123456",
    "591733",
    "Bvs@Que27lua",
    "000000",
    "  ",
    "９１２３４５６７８",
    "Ạbc 1!",
)


def one_lesson_of_every_kind() -> list[Lesson]:
    """The fewest lessons, in teaching order, that hold every kind of screen."""
    seen: set[tuple[object, ...]] = set()
    chosen = []
    for lesson in CATALOGUE.lessons:
        has = {(screen.kind, bool(screen.rules)) for screen in lesson.practice.screens}
        if has - seen:
            seen |= has
            chosen.append(lesson)
    return chosen


def ways_to_answer(screen: Screen) -> list[list[str]]:
    ids = [target.id for target in screen.targets]
    if screen.kind is ScreenKind.TICK:
        sizes = range(min(len(ids), 3) + 1)
        some = [list(chosen) for size in sizes for chosen in itertools.combinations(ids, size)]
        return [*some, [target.id for target in screen.targets if target.right]]
    if screen.kind is ScreenKind.TAP:
        return [[], *([id_] for id_ in ids), ["nothing-of-ours"]]
    return [[text] for text in (*TYPED, screen.typed, f" {screen.typed.upper()} ")]


@pytest.mark.parametrize("lesson", one_lesson_of_every_kind(), ids=lambda lesson: lesson.id)
def test_the_phone_says_what_the_server_says(visitor, node, lesson):  # noqa: F811
    base = f"/bai-hoc/{lesson.id}"
    pack = visitor.client.get(f"{base}/goi.json").json
    answers = [("tap", screen.id, given) for screen in lesson.practice.screens for given in ways_to_answer(screen)]
    answers += [
        ("cau-hoi", q.id, [given]) for q in lesson.questions for given in ("", "no", *(o.id for o in q.options))
    ]

    led_by_phone = on_phone(node, pack, [{"part": part, "id": id_, "given": given} for part, id_, given in answers])
    led_by_server = [
        visitor.client.post(f"{base}/{part}/{id_}", data={"given": given}).headers["Location"]
        for part, id_, given in answers
    ]
    assert [without_marks(way) for way in led_by_phone] == [without_marks(way) for way in led_by_server]

    ways = [f"{base}/tap", *sorted({way.partition("#")[0] for way in led_by_server})]
    ways = [way for way in ways if way != f"{base}/cau-hoi"]
    drawn = on_phone(node, pack, ways)
    visitor.client.delete_cookie("hoc")
    for way, html in zip(ways, drawn, strict=True):
        served = visitor.client.get(way).text
        assert FORM.sub("", html) == FORM.sub("", served), way


def test_a_pack_names_all_it_needs(visitor):
    pack = visitor.client.get(f"/bai-hoc/{CATALOGUE.lessons[0].id}/goi.json").json

    assert all(visitor.client.get(address).status_code == 200 for address in pack["files"])
    assert any("/voice-" in address for address in pack["files"])


def test_a_pack_is_the_same_for_everybody_and_known_again(visitor):
    address = f"/bai-hoc/{CATALOGUE.lessons[0].id}/goi.json"
    first = visitor.client.get(address)

    assert visitor.client.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert first.mimetype == "application/json"
    assert "⟦path⟧" in first.text
    assert "goi.json" not in first.text


def test_the_last_pages_say_what_the_server_says(visitor):
    lesson = CATALOGUE.lessons[0]
    pack = visitor.client.get(f"/bai-hoc/{lesson.id}/goi.json").json

    assert "Bác đã học xong bài này" in pack["ends"]["more"]["main"]
    assert "Bác đã học xong cả khoá" in pack["ends"]["course"]["main"]
    assert "Sắp xong rồi" in pack["ends"]["missing"]["main"]


def test_a_course_tells_what_it_weighs(visitor):
    for course in CATALOGUE.courses[:2]:
        content = visitor.client.get(f"/khoa-hoc/{course.id}/goi.json").json
        assert content["lessons"] == [lesson.id for lesson in course.lessons]
        assert 10_000 < content["bytes"] < 400 * 1024


def test_the_worker_leaves_everybody_else_alone(visitor):
    worker = visitor.client.get("/sw.js")

    content = json.loads(worker.text.partition(";\n")[0].removeprefix("self.hoc="))
    assert worker.mimetype == "text/javascript"
    assert "Service-Worker-Allowed" not in worker.headers
    assert not {"doi-so", "quan-ly", "api", "dang-nhap", "tai-khoan", "sw.js"} & set(content["ours"])
    assert all(visitor.client.get(page).status_code == 200 for page in content["pages"])


def test_what_phones_keep_names_nobody_who_is_signed_in(app, visitor, make):
    make.person(name="to-truong-mau", display_name="Tổ Trưởng Mẫu")
    visitor.sign_in("to-truong-mau")
    lesson = CATALOGUE.courses[0].lessons[0]
    visitor.client.get(f"/khoa-hoc/{lesson.course}/goi.json")
    shell, worker = visitor.client.get("/tren-may").text, visitor.client.get("/sw.js").text

    stranger = app.test_client()
    assert "Tổ Trưởng Mẫu" in visitor.client.get("/").text
    assert "Tổ Trưởng Mẫu" not in shell + stranger.get(f"/bai-hoc/{lesson.id}/goi.json").text
    assert worker == stranger.get("/sw.js").text


def on_phone(node: str, pack: object, asked: list[object]) -> list[str]:  # noqa: F811
    said = subprocess.run(
        [node, str(Path(__file__).with_name("packs.mjs"))],
        input=json.dumps({"pack": pack, "asked": asked}),
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    content: list[str] = json.loads(said)
    return content


def without_marks(way: str) -> str:
    return way.replace("+", "%20")
