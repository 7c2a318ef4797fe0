"""One file of the library broken, and then all of it: the others serve, the editor is told, nothing answers 500."""

import shutil

import pytest

from courses.catalogue import LIBRARY, Catalogue
from foundation.accounts.domain.roles import Role

BROKEN = "vneid-cai-dat/vneid-kich-hoat/lesson.toml"


@pytest.fixture
def break_library(app, monkeypatch, tmp_path):
    """Serves a copy of the library in which one file holds something else."""

    def broken(file, content):
        folder = tmp_path / "library"
        shutil.copytree(LIBRARY, folder, dirs_exist_ok=True)
        (folder / file).write_bytes(content)
        catalogue = Catalogue.load(folder)
        monkeypatch.setitem(app.extensions, "catalogue", catalogue)
        return catalogue

    return broken


@pytest.fixture
def editor(app, visitor, make):
    make.person("bien-tap", role=Role.CONTENT_EDITOR, area="38/")
    visitor.sign_in("bien-tap")
    return visitor


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"title = ", "Tệp viết chưa đúng cách TOML"),
        (b"\xff\xfe", "tệp phải lưu dạng UTF-8"),
        (b"", "Còn thiếu"),
        (b'title = "{KHONG_CO}"', "Không có số liệu dùng chung nào tên {KHONG_CO}"),
    ],
)
def test_a_broken_file_is_left_out_and_the_editor_is_told(break_library, editor, content, says):
    break_library(BROKEN, content)

    editor.open("/bai-hoc/vneid-kich-hoat", expect=404)
    page = editor.open("/quan-ly/bai-hoc")
    assert "vneid-kich-hoat đang bị bỏ ra ngoài" in page
    assert says in page
    assert says in editor.open("/quan-ly/bai-hoc/vneid-kich-hoat")


def test_beside_a_broken_file_the_others_serve(app, break_library, visitor):
    whole = len(app.extensions["catalogue"].lessons)
    catalogue = break_library(BROKEN, b"title = ")

    assert len(catalogue.lessons) == whole - 1
    for lesson in catalogue.lessons:
        assert visitor.open(f"/bai-hoc/{lesson.id}").heading == lesson.title


@pytest.mark.parametrize("file", ["facts.toml", "vneid-cai-dat/course.toml"])
@pytest.mark.parametrize("address", ["/", "/khoa-hoc", "/toi", "/huong-dan", "/quan-ly/bai-hoc"])
def test_a_shared_file_broken_leaves_no_page_without_an_answer(break_library, editor, file, address):
    break_library(file, b"= broken")

    page = editor.open(address)
    if address == "/quan-ly/bai-hoc":
        assert f"library/{file}" in page
        assert "Tệp viết chưa đúng cách TOML" in page


@pytest.mark.parametrize("part", ["tap/man-cu", "cau-hoi/cau-cu"])
def test_a_part_that_is_no_longer_in_the_lesson_leads_back_to_it(visitor, part):
    for page in (
        visitor.open(f"/bai-hoc/vneid-kich-hoat/{part}", expect=404),
        visitor.send(f"/bai-hoc/vneid-kich-hoat/{part}", expect=404, given="tat-may"),
    ):
        assert page.heading == "Bài này vừa được sửa"
        assert "Những gì bác đã làm vẫn được giữ" in page
        assert visitor.follow(page, "Mở lại bài").heading == "Kích hoạt tài khoản định danh mức 2"
