from collections import Counter

import pytest
from click.testing import CliRunner

from courses.catalogue import LIBRARY, Catalogue
from courses.cli import commands
from courses.domain.picture import PALETTE, STROKE_STYLE, VIEW_BOX, Picture
from courses.pictures import read_pictures

ROOT = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{VIEW_BOX}" ' + " ".join(
    f'{name}="{value}"' for name, value in STROKE_STYLE.items()
)
PARTS = f'{ROOT}><g id="phone"><rect width="9" height="9"/></g><g id="two"><use href="parts.svg#phone"/></g></svg>'
PHONE = '<use href="parts.svg#phone" transform="translate(5 5)"/>'


@pytest.fixture
def draw(library):
    """Puts one picture, named cham, into the library: draw("<path …/>"), or draw(whole=…) for a whole file."""

    def put(inner="", *, whole=None, alts='cham = "Ngón tay chạm"', parts=PARTS):
        library.put("pictures/pictures.toml", alts)
        library.put("pictures/parts.svg", parts)
        library.put("pictures/cham.svg", whole if whole is not None else f"{ROOT}>{inner}</svg>")
        return library

    return put


@pytest.fixture
def shown(draw, good_lesson):
    """The good lesson, its first step naming the picture cham and whatever else is said of it."""

    def put(more="", **drawing):
        named = good_lesson.replace('id = "mot"\n', f'id = "mot"\npicture = "cham"\n{more}', 1)
        return draw(PHONE, **drawing).put("khoa-mau/bai-mau/lesson.toml", named)

    return put


def test_a_drawing_is_made_whole_with_the_parts_it_shares(draw):
    catalogue = draw(PHONE).load()

    assert catalogue.faults == ()
    assert catalogue.pictures["cham"] == Picture(
        "cham", "Ngón tay chạm", '<g transform="translate(5 5)"><rect width="9" height="9"/></g>'
    )


@pytest.mark.parametrize(
    ("attributes", "moved"),
    [
        ('x="4" y="5"', "translate(4 5)"),
        ('x="4"', "translate(4 0)"),
        ('x="4" y="5" transform="rotate(9)"', "rotate(9) translate(4 5)"),
    ],
)
def test_a_part_may_be_placed_by_x_and_y(draw, attributes, moved):
    catalogue = draw(f'<use href="parts.svg#phone" {attributes}/>').load()

    assert catalogue.pictures["cham"].drawing == f'<g transform="{moved}"><rect width="9" height="9"/></g>'


def test_a_drawing_follows_the_page_s_colours_and_keeps_its_own_on_paper():
    picture = Picture("x", "x", '<path d="M0 0" fill="#ffd84d" stroke="#931a1a"/>')

    assert picture.themed == '<path d="M0 0" fill="var(--sun)" stroke="var(--red)"/>'
    assert 'fill="#ffd84d"' in picture.standalone
    assert picture.standalone.startswith(ROOT)


@pytest.mark.parametrize(
    ("inner", "message"),
    [
        ("<script>alert(1)</script>", "a picture may not have <script>"),
        ("<style>*{fill:red}</style>", "a picture may not have <style>"),
        ("<foreignObject><p>x</p></foreignObject>", "a picture may not have <foreignObject>"),
        ('<image href="https://xau.example/x.png"/>', "a picture may not have <image>"),
        ('<text x="1" y="1">A</text>', "a picture may not have <text>"),
        ('<a href="https://xau.example"><path d="M0 0"/></a>', "a picture may not have <a>"),
        ('<animate attributeName="x" onbegin="x()"/>', "a picture may not have <animate>"),
        ('<path xmlns="urn:other" d="M0 0"/>', "a picture may not have <{urn:other}path>"),
        ("<g>chữ</g>", "no letters: fonts may be missing"),
        ('<path d="M0 0" onclick="x()"/>', "a picture may not have onclick on <path>"),
        ('<path d="M0 0" style="fill:red"/>', "a picture may not have style on <path>"),
        ('<path d="M0 0" class="say"/>', "a picture may not have class on <path>"),
        ('<path d="M0 0" id="main"/>', "a picture may not have id on <path>"),
        ('<path d="M0 0" fill="#00ff00"/>', "fill may not be '#00ff00'"),
        ('<path d="M0 0" fill="url(https://xau.example)"/>', "fill may not be 'url(https://xau.example)'"),
        ('<path d="M0 0" stroke-width="9"/>', "stroke-width may not be '9'"),
        ('<path d="M0 0&quot; onload=&quot;x"/>', "d may not be"),
        ('<use href="https://xau.example/x.svg#a"/>', "href may not be 'https://xau.example/x.svg#a'"),
        ('<use href="#phone"/>', "href may not be '#phone'"),
        (
            '<use xmlns:x="http://www.w3.org/1999/xlink" x:href="parts.svg#phone"/>',
            "a picture may not have {http://www.w3.org/1999/xlink}href on <use>",
        ),
        ('<use href="parts.svg#house"/>', "there is no part parts.svg#house"),
        ("<use/>", "there is no part None"),
        ("", "is empty"),
        ("<g>" * 9 + '<path d="M0 0"/>' + "</g>" * 9, "is nested too deeply"),
        (f'<path d="M0 0{" 1 1" * 999}"/>', "bytes with its parts, at most 3072"),
        ('<path d="M0 0"', "is not a drawing: ParseError"),
    ],
)
def test_what_may_not_stand_in_a_drawing_is_named(draw, inner, message):
    catalogue = draw(inner).load()

    assert {fault.file for fault in catalogue.faults} == {"library/pictures/cham.svg"}
    assert message in "; ".join(fault.message for fault in catalogue.faults)
    assert catalogue.pictures == {}


@pytest.mark.parametrize(
    ("whole", "message"),
    [
        (f'{ROOT} onload="x()"><path d="M0 0"/></svg>', "must begin with <svg"),
        (f'{ROOT.replace("2.5", "7")}><path d="M0 0"/></svg>', "must begin with <svg"),
        ("<html/>", "must begin with <svg"),
        ('<!DOCTYPE svg [<!ENTITY a "b">]>' + f"{ROOT}><g>&a;</g></svg>", "is not a drawing: DTDForbidden"),
        (b"\xff\xfe\x00", "is not a drawing"),
        ("", "is not a drawing"),
        (f"{ROOT}>{' ' * 100_001}</svg>", "is over 100000 bytes"),
    ],
)
def test_a_file_that_is_no_drawing_of_ours_is_named(draw, whole, message):
    (fault,) = draw(whole=whole).load().faults

    assert message in fault.message


@pytest.mark.parametrize(
    ("alts", "fault"),
    [
        ("", "library/pictures/cham.svg: has no alternative text"),
        ('cham = ""', "library/pictures/pictures.toml: cham: must be a name and, in quotes, what the picture shows"),
        ("cham = 5", "library/pictures/pictures.toml: cham: must be a name"),
        (
            'cham = "Tay"\nla = "Không có"',
            "library/pictures/pictures.toml: la: there is no such drawing",
        ),
        ('cham = "Gọi 0912 345 678"', "library/pictures/pictures.toml: cham: 0912 345 678 may be somebody's"),
        (f'cham = "{"một " * 26}"', "library/pictures/pictures.toml: cham: 26 words in one sentence"),
        ("cham = ", "library/pictures/pictures.toml: is not TOML"),
    ],
)
def test_every_picture_says_what_it_shows(draw, alts, fault):
    faults = draw(PHONE, alts=alts).faults()

    assert any(found.startswith(fault) for found in faults), faults


def test_parts_that_set_each_other_in_again_and_again_are_refused(draw):
    ring = '<g id="a0"><path d="M0 0"/></g>'
    for n in range(1, 9):
        ring += f'<g id="a{n}">' + f'<use href="parts.svg#a{n - 1}"/>' * 10 + "</g>"

    (fault,) = draw('<path d="M0 0"/>', parts=f"{ROOT}>{ring}</svg>").load().faults

    assert fault.file == "library/pictures/parts.svg"
    assert "at most 3072" in fault.message


def test_a_step_shows_its_picture_and_may_say_it_in_its_own_words(shown):
    assert shown().load().lesson("bai-mau").steps[0].picture.alt == "Ngón tay chạm"
    assert shown('picture_alt = "Tay bác"\n').load().lesson("bai-mau").steps[0].picture.alt == "Tay bác"
    assert shown().load().lesson("bai-mau").steps[1].picture is None


def test_a_lesson_goes_on_without_a_picture_that_has_a_script_in_it(shown):
    catalogue = shown(whole=f"{ROOT}><script/></svg>").load()

    assert list(map(str, catalogue.faults)) == ["library/pictures/cham.svg: a picture may not have <script>"]
    assert catalogue.lesson("bai-mau").steps[0].picture is None


@pytest.mark.parametrize(
    ("attributes", "fault"),
    [
        ('picture = "cham"', "step[1].picture: there is no picture cham"),
        ('picture_alt = "Tay"', "step[1].picture_alt: there is no picture it could be said of"),
        ('picture = "../facts"', "step[1].picture: an id is made of a–z, 0–9 and single dashes"),
        ('picture_alt = ""', "step[1].picture_alt: must not be empty"),
    ],
)
def test_a_step_that_names_no_picture_of_ours_is_a_fault_of_its_lesson(library, attributes, fault):
    faults = library.faults_when('id = "mot"\n', f'id = "mot"\n{attributes}\n')

    assert any(found.startswith(f"library/khoa-mau/bai-mau/lesson.toml: {fault}") for found in faults), faults


def test_a_practice_shows_its_pictures(draw, good_lesson):
    named = good_lesson.replace('id = "nghe"\n', 'id = "nghe"\npicture = "cham"\n', 1)
    named = named.replace('task = "Bác làm gì?"\n', 'task = "Bác làm gì?"\npicture = "cham"\n', 1)
    catalogue = draw(PHONE).put("khoa-mau/bai-mau/lesson.toml", named).load()

    screen = catalogue.lesson("bai-mau").practice.first
    assert catalogue.faults == ()
    assert screen.picture is catalogue.pictures["cham"]
    assert [target.picture for target in screen.targets] == [catalogue.pictures["cham"], None]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('task = "Bác làm gì?"\n', 'picture = "la"\n', "practice.screen[1].picture: there is no picture la"),
        ('id = "tat-may"\n', 'picture = "la"\n', "practice.screen[1].target[2].picture: there is no picture la"),
        ('task = "Xong."\n', 'picture = "la"\n', "practice.screen[2].picture: there is no picture la"),
        (
            'task = "Xong."\n',
            '[[practice.screen.item]]\nid = "the"\ntext = "Thẻ"\npicture = "la"\n',
            "practice.screen[2].item: a screen of kind end has no such key",
        ),
        (
            'task = "Xong."\n',
            '[[practice.screen.item]]\nid = "the"\ntext = "Thẻ"\npicture = "la"\n',
            "practice.screen[2].item[1].picture: there is no picture la",
        ),
        (
            'id = "tat-may"\n',
            'picture = "../facts"\n',
            "practice.screen[1].target[2].picture: an id is made of a–z, 0–9 and single dashes",
        ),
    ],
)
def test_a_practice_that_names_no_picture_of_ours_is_a_fault_of_its_lesson(library, old, new, fault):
    faults = library.faults_when(old, old + new)

    assert f"library/khoa-mau/bai-mau/lesson.toml: {fault}" in faults


def test_a_drawing_that_changes_is_a_new_version_of_the_library(draw):
    before = draw(PHONE).load().version

    assert draw('<path d="M1 1"/>').load().version != before


def test_our_drawings_are_all_used_and_nearly_every_step_has_one():
    catalogue = Catalogue.load()
    steps = [step for lesson in catalogue.lessons for step in lesson.steps]
    used = Counter(step.picture.name for step in steps if step.picture)
    screens = [screen for lesson in catalogue.lessons for screen in lesson.practice.screens]
    practised = [*screens, *(target for screen in screens for target in screen.targets)]

    assert sum(used.values()) >= 0.8 * len(steps)
    assert {*used, *(shown.picture.name for shown in practised if shown.picture)} == set(catalogue.pictures)


def test_our_drawings_say_different_things():
    pictures, faults = read_pictures(LIBRARY / "pictures", "pictures")

    assert faults == ()
    assert [alt for alt, times in Counter(picture.alt for picture in pictures.values()).items() if times > 1] == []


def test_the_style_sheet_knows_every_colour_light_and_dark_and_the_hand():
    css = (LIBRARY.parents[1] / "foundation/web/static/page.css").read_text()
    light, _, dark = css.partition("prefers-color-scheme: dark")

    for colour, name in PALETTE.items():
        assert f"--{name}: {colour};" in light
        assert f"--{name}: " in dark.partition("*, *::before")[0]
    rule = css.partition(".picture { display: block;")[2].partition("}")[0]
    for name, value in STROKE_STYLE.items():
        assert f"{name}: {f'var(--{PALETTE[value]})' if value in PALETTE else value};" in rule


def test_all_drawings_can_be_looked_at_side_by_side(tmp_path):
    result = CliRunner().invoke(commands, ["pictures", str(tmp_path / "hinh.html")])

    sheet = (tmp_path / "hinh.html").read_text()
    assert result.exit_code == 0, result.output
    assert sheet.count("<svg ") == len(Catalogue.load().pictures)
    assert "<b>tat-may</b><br>Ngón tay chạm nút đỏ để tắt cuộc gọi" in sheet
