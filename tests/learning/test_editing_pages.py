import re
from dataclasses import replace
from datetime import date

import pytest

from courses.domain.facts import Fact, FactKind
from courses.domain.lesson import Citation, Reliability
from courses.faults import MESSAGES, LibraryFault, error_detail
from foundation.accounts.domain.roles import Role
from learning.cli.courses import preview
from tests.courses.conftest import Library

LIST = "/quan-ly/bai-hoc"


@pytest.fixture
def library(tmp_path):
    return Library(tmp_path / "library")


@pytest.fixture
def editor(visitor, make, now):
    make.person("bien-tap", role=Role.CONTENT_EDITOR, area="")
    visitor.sign_in("bien-tap")
    return visitor


def test_the_list_names_faults_old_lessons_drafts_and_old_facts(app, editor, make, monkeypatch):
    lessons = (
        make.lesson("cu", title="Bài cũ", volatile=True, checked_on=date(2026, 8, 1)),
        make.lesson("sap-cu", title="Bài sắp cũ", volatile=True, checked_on=date(2026, 9, 1)),
        make.lesson("moi", title="Bài mới", volatile=True, checked_on=date(2026, 11, 1)),
        make.lesson("nhap", title="Bài nháp", draft=True, sources=(Citation("Nghe nói", Reliability.MEMORY),)),
        make.lesson("chua-thu", title="Bài chưa thử", draft=True),
    )
    fact = Fact("TD_CU", FactKind.PHONE, "1900.0000", "Tổng đài", "đâu đó", Reliability.MEMORY, date(2026, 1, 1))
    faults = (
        LibraryFault("library/khoa-mau/hong/lesson.toml", "minutes", error_detail("missing")),
        LibraryFault("library/facts.toml", "X", error_detail("misfit", why="nobody has told this yet")),
    )
    catalogue = replace(make.catalogue(make.course(lessons=lessons)), facts={"TD_CU": fact}, faults=faults)
    monkeypatch.setitem(app.extensions, "catalogue", catalogue)

    page = editor.open(LIST)

    assert "1.1. Bài cũ Quá hạn soát từ 30/10/2026" in page
    assert "1.2. Bài sắp cũ Cần soát trước 30/11/2026" in page
    assert "Bài mới Cần" not in page
    assert "hong đang bị bỏ ra ngoài" in page
    assert "minutes : Còn thiếu." in page
    assert "library/facts.toml: X : nobody has told this yet" in page
    assert "1.4. Bài nháp 1 nguồn còn theo trí nhớ" in page
    assert "1.5. Bài chưa thử Nguồn đã đọc, nhưng chưa ai làm thử" in page
    assert "Quá hạn soát từ 01/04/2026" in page
    assert "Còn thiếu." in editor.open(f"{LIST}/hong")
    editor.open(f"{LIST}/khong-co", expect=404)


def test_an_editors_work_is_one_touch_away(editor):
    page = editor.open("/tai-khoan")

    assert editor.follow(page, "Soát bài").heading == "Soát bài"


def test_every_screen_stands_on_one_page_with_where_each_tap_leads(app, editor):
    for lesson in app.extensions["catalogue"].lessons:
        page = editor.open(f"{LIST}/{lesson.id}")
        for number, screen in enumerate(lesson.practice.screens, start=1):
            assert f"{number}. {screen.id}" in page
        ids = re.findall(r'\bid="([^"]+)"', page.html)
        assert sorted(ids) == sorted(set(ids)), lesson.id
        assert "không tìm thấy" not in page


def test_the_ways_say_what_is_right_and_where_it_leads(editor, teach):
    teach()
    page = editor.open(f"{LIST}/bai-mau")

    assert "Nghe tiếp → ở lại màn này “Bác chạm Tắt máy nhé.”" in page
    assert "Đúng: Tắt máy → sang màn 2 ( go-ma )" in page
    assert "Đúng: Gõ đúng như mẫu → sang màn 3 ( xong )" in page
    assert "Làm khác đi → ở lại màn này “Mã nằm trong tin nhắn phía trên.”" in page
    assert "Đúng: Chạm nút đi tiếp → hết phần tập" in page
    assert "Vì sao: Không cơ quan nào hỏi mã OTP." in page


@pytest.fixture
def run(app):
    return lambda *arguments: app.test_cli_runner().invoke(preview, [str(each) for each in arguments])


def test_a_preview_is_one_file_that_needs_nothing_else(run, tmp_path, app):
    result = run("vneid-kich-hoat", "-o", tmp_path)

    assert result.exit_code == 0, result.output
    html = (tmp_path / "vneid-kich-hoat.html").read_text(encoding="utf-8")
    lesson = app.extensions["catalogue"].lesson("vneid-kich-hoat")
    assert all(f"<code>{screen.id}</code>" in html for screen in lesson.practice.screens)
    assert "<link" not in html
    assert "<script" not in html
    assert run("vneid-kich-hoat", "-o", tmp_path / "b.html").exit_code == 0
    assert (tmp_path / "b.html").read_text(encoding="utf-8") == html


def test_a_lesson_that_is_not_there_or_not_whole_is_named(run, tmp_path):
    result = run("vneid-kich-hoa", "-o", tmp_path)
    assert result.exit_code == 1
    assert "ý bác là vneid-kich-hoat?" in result.output

    broken = tmp_path / "library" / "khoa" / "bai-hong"
    broken.mkdir(parents=True)
    (broken.parent / "course.toml").write_text(
        'number = 1\ntitle = "K"\naudience = "M"\nabout = "C"\nlessons = ["bai-hong"]\n', encoding="utf-8"
    )
    (broken / "lesson.toml").write_text("title = ", encoding="utf-8")
    result = run("bai-hong", "--folder", tmp_path / "library", "-o", tmp_path)
    assert result.exit_code == 1
    assert "library/khoa/bai-hong/lesson.toml: is not TOML" in result.output


def test_a_place_that_cannot_be_written_is_named(run, tmp_path):
    result = run("vneid-kich-hoat", "-o", tmp_path / "khong-co" / "a.html")

    assert result.exit_code == 1
    assert "không ghi được tệp" in result.output


def test_every_fault_but_a_misfit_is_told_in_vietnamese_with_what_is_set_into_it(app):
    """A misfit brings its reason in English: it is pydantic's own."""
    named = set(re.findall(r"\{(\w+)", "".join(MESSAGES.values())))
    with app.test_request_context():
        tell = app.jinja_env.get_template("learning/fault_sentences.html").module.fault_sentence
        for code, sentence in MESSAGES.items():
            sentence_shown = str(tell(code, {name: f"⟨{name}⟩" for name in named}))
            assert bool(sentence_shown) == (code != "misfit"), code
            # The kind of a screen, and the name of a file, stand beside the fault already.
            meant = set(re.findall(r"\{(\w+)", sentence)) - {"kind", "file", "byte"}
            assert code == "misfit" or meant <= set(re.findall(r"⟨(\w+)⟩", sentence_shown)), code


@pytest.mark.parametrize(
    ("old", "new", "sentence_shown"),
    [
        ("minutes = 3\n", "", "Còn thiếu."),
        ("minutes = 3", "minutes = 3\nmintues = 3", "Không có mục nào tên như vậy"),
        ('goal = "', 'goal = "Gọi 0912345678. ', "0912345678 có thể là số thật của ai đó"),
        ('goal = "', 'goal = "Gọi {LA}. ', "Không có số liệu dùng chung nào tên {LA}"),
        ('goal = "', 'goal = "Gọi 1900.0000. ', "“1900.0000” là số liệu dùng chung: viết {TD_MAU}"),
        ('goal = "', 'goal = "Vào abc.com nhé. ', "Địa chỉ abc.com không có trong danh sách"),
        ('goal = "', f'goal = "{"dài " * 30}. ', "Câu dài 3"),
        ('hint = "', 'hint = "Bác sai rồi. ', "Đừng nói “sai”"),
        ('  text = "Có"\n', '  text = "Có"\n  right = true\n', "Phải có đúng một câu trả lời đúng"),
        ('id = "hai"', 'id = "mot"', "Mã mot dùng đến 2 lần"),
        ('task = "Bác làm gì?"', 'task = "Bác làm gì?"\ngoes = "mat"', "Dẫn tới màn mat, mà màn ấy không có"),
        ('reliability = "read"', 'reliability = "memory"', "Còn nguồn theo trí nhớ"),
        ("[practice]", "[practice", "Tệp viết chưa đúng cách TOML"),
    ],
)
def test_an_editor_reads_the_commonest_faults_in_vietnamese(
    app, editor, library, monkeypatch, old, new, sentence_shown
):
    library.faults_when(old, new)
    monkeypatch.setitem(app.extensions, "catalogue", library.load())

    assert sentence_shown in editor.open(LIST)
    assert sentence_shown in editor.open(f"{LIST}/bai-mau")
