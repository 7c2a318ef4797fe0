"""A library in a temporary folder, so that a test can break it."""

from pathlib import Path

import pytest

from courses.catalogue import Catalogue

FACTS = """
[TD_MAU]
about = "phone"
value = "1900.0000"
what = "Tổng đài mẫu"
source = "không có"
reliability = "memory"
checked_on = 2026-11-21

[WEB_MAU]
about = "link"
value = "mau.gov.vn"
what = "Trang mẫu"
source = "không có"
reliability = "memory"
checked_on = 2026-11-21

[MENU_MAU]
about = "menu"
value = "Mục mẫu"
what = "Một mục"
source = "không có"
reliability = "memory"
checked_on = 2026-11-21

[TUOI_MAU]
about = "threshold"
value = "14"
what = "Một ngưỡng"
source = "không có"
reliability = "memory"
checked_on = 2026-11-21
"""

COURSE = """
number = 1
title = "Khoá mẫu"
audience = "Mọi người"
about = "Khoá học mẫu."
lessons = ["bai-mau"]
"""

LESSON = """
title = "Bài mẫu"
minutes = 3
goal = "Gọi {TD_MAU} khi cần."
mistakes = ["Đọc mã cho người lạ."]
remember = "Mã chỉ mình bác biết."
safety = "Ai hỏi mã thì tắt máy."
if_stuck = ["Hỏi công an xã."]
helper_tips = ["Đọc to từng bước."]
checked_on = 2026-11-21
volatile = true
draft = false

[[step]]
id = "mot"
text = "OTP là **mã một lần**."

[[step]]
id = "hai"
text = "Không đọc mã cho ai."

[practice]

[[practice.screen]]
id = "cuoc-goi"
kind = "tap"
look = "call"
task = "Bác làm gì?"

  [[practice.screen.target]]
  id = "nghe"
  text = "Nghe tiếp"
  hint = "Bác chạm Tắt máy nhé."

  [[practice.screen.target]]
  id = "tat-may"
  text = "Tắt máy"
  right = true

[[practice.screen]]
id = "xong"
kind = "end"
task = "Xong."

[[question]]
id = "hoi-mot"
text = "Có ai được hỏi mã không?"
because = "Không ai được hỏi mã."

  [[question.option]]
  id = "co"
  text = "Có"

  [[question.option]]
  id = "khong"
  text = "Không"
  right = true

[[question]]
id = "hoi-hai"
text = "Người lạ gọi thì sao?"
because = "Tắt máy là chắc nhất."

  [[question.option]]
  id = "nghe"
  text = "Nghe tiếp"

  [[question.option]]
  id = "tat"
  text = "Tắt máy"
  right = true

[[question]]
id = "hoi-ba"
text = "Mã dùng mấy lần?"
because = "Mỗi mã dùng một lần."

  [[question.option]]
  id = "mot-lan"
  text = "Một lần"
  right = true

  [[question.option]]
  id = "mai"
  text = "Mãi mãi"

[[source]]
text = "Nguồn mẫu"
reliability = "read"
"""


class Library:
    """A library of one good lesson. Every method returns the library, so that a test reads as one line."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.put("facts.toml", FACTS)
        self.put("khoa-mau/course.toml", COURSE)
        self.put("khoa-mau/bai-mau/lesson.toml", LESSON)

    def put(self, path: str, content: str | bytes) -> "Library":
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return self

    def with_second(self, lesson: str | bytes) -> "Library":
        """Beside the good lesson, another one with this content, as bai-hai."""
        self.put("khoa-mau/course.toml", COURSE.replace('["bai-mau"]', '["bai-mau", "bai-hai"]'))
        return self.put("khoa-mau/bai-hai/lesson.toml", lesson)

    def load(self) -> Catalogue:
        return Catalogue.load(self.folder)

    def faults(self) -> list[str]:
        return [str(fault) for fault in self.load().faults]

    def faults_when(self, old: str, new: str) -> list[str]:
        """The faults once `old`, which the good lesson holds, has become `new` there."""
        assert old in LESSON, "the good lesson does not hold this"
        return self.put("khoa-mau/bai-mau/lesson.toml", LESSON.replace(old, new, 1)).faults()


@pytest.fixture
def library(tmp_path) -> Library:
    return Library(tmp_path / "library")


@pytest.fixture
def good_lesson() -> str:
    return LESSON
