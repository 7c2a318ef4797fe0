"""The checker's faults in Vietnamese, for editors' pages.

The checker speaks plain English, to authors at the command line and to machines. Its commonest sentences are told
here; a sentence that is not among them is shown as it is, so that nothing is ever hidden.
"""

import re

from courses.faults import Fault
from foundation.words import N_
from learning.views.care_blueprint import blueprint

_SENTENCES = [
    (re.compile(english), vietnamese)
    for english, vietnamese in (
        (r"is missing", N_("Còn thiếu.")),
        (r"is missing; (?:say a kind word|a screen|an end screen).*", N_("Màn tập này còn thiếu mục ấy.")),
        (r"a screen of kind (?P<kind>\w+) has no such key", N_("Màn tập loại %(kind)s không có mục này.")),
        (r"there is no such key", N_("Không có mục nào tên như vậy, có thể gõ nhầm.")),
        (r"must not be empty", N_("Không được để trống.")),
        (r"at least (?P<least>\d+), has (?P<has>\d+)", N_("Cần ít nhất %(least)s, mới có %(has)s.")),
        (r"at most (?P<most>\d+)", N_("Nhiều nhất là %(most)s.")),
        (
            r"an id is made of .*|a folder is named with .*",
            N_("Mã chỉ gồm chữ thường không dấu, chữ số và dấu gạch nối."),
        ),
        (r"exactly one must be right", N_("Phải có đúng một câu trả lời đúng.")),
        (r"one at least must be right", N_("Phải có ít nhất một chỗ chạm đúng.")),
        (r"the id (?P<id>\S+) is used (?P<times>\d+) times", N_("Mã %(id)s dùng đến %(times)s lần.")),
        (r"the id is already used in (?P<course>\S+)", N_("Mã bài đã có ở khoá %(course)s.")),
        (r"the id (?P<id>\S+) (?:stood for|was that of) .*", N_("Mã %(id)s ngày trước là của việc khác. Đặt mã mới.")),
        (r"no such fact: (?P<names>.*)", N_("Không có số liệu dùng chung nào tên %(names)s.")),
        (
            r"'(?P<value>.*)' is a shared fact: write (?P<name>\S+)",
            N_("“%(value)s” là số liệu dùng chung: viết %(name)s."),
        ),
        (r"(?P<number>.*) may be somebody's real number.*", N_("%(number)s có thể là số thật của ai đó. Dùng số mẫu.")),
        (
            r"(?P<address>\S+) is not on the list of addresses.*",
            N_("Địa chỉ %(address)s không có trong danh sách. Nếu là địa chỉ giả để dạy, ghi vào fake_links."),
        ),
        (
            r"(?P<words>\d+) words in one sentence, at most (?P<most>\d+): (?P<begin>.*)",
            N_("Câu dài %(words)s chữ, nhiều nhất %(most)s: “%(begin)s”"),
        ),
        (r"say what to do instead of 'sai'.*", N_("Đừng nói “sai”. Nói việc nên làm.")),
        (r"must be true while a source is from memory", N_("Còn nguồn theo trí nhớ thì bài phải là bài nháp.")),
        (r"leads to (?P<screen>\S+), which does not exist", N_("Dẫn tới màn %(screen)s, mà màn ấy không có.")),
        (r"nothing leads to it", N_("Không màn nào dẫn tới màn này.")),
        (r"no row of right answers leads from it to the end", N_("Từ màn này làm đúng mãi cũng không tới cuối.")),
        (r"there is no screen (?P<screen>\S+)", N_("Không có màn %(screen)s.")),
        (
            r"the practice can be finished rightly without (?P<screen>\S+)",
            N_("Có lối đúng đi vòng qua màn %(screen)s."),
        ),
        (r"there is no picture (?P<picture>\S+)", N_("Không có hình %(picture)s.")),
        (r"has no alternative text.*", N_("Hình chưa có lời tả cho người không nhìn được.")),
        (r"is not TOML: (?P<why>.*)", N_("Tệp viết chưa đúng cách TOML: %(why)s")),
        (r"is not UTF-8 text.*", N_("Tệp phải lưu dạng UTF-8.")),
        (r"the folder (?P<folder>\S+) is not listed", N_("Thư mục %(folder)s chưa ghi vào danh sách bài.")),
        (r"(?P<lesson>\S+) is listed (?P<times>\d+) times", N_("Bài %(lesson)s ghi đến %(times)s lần.")),
        (r"there is no (?:such )?lesson ?(?P<lesson>\S*)", N_("Không có bài %(lesson)s.")),
        (r"(?P<day>\S+) has not come yet", N_("Ngày %(day)s chưa tới.")),
        (r"the lesson has no part (?P<part>\S+)", N_("Bài không có phần %(part)s để ghi âm.")),
        (r"is over (?P<most>\d+) bytes", N_("Tệp lớn quá %(most)s byte.")),
    )
]


@blueprint.app_template_filter("fault_words")
def fault_words(fault: Fault) -> tuple[str, dict[str, str]] | None:
    """The sentence to translate and what to set into it; None when it is not among those told here."""
    for english, vietnamese in _SENTENCES:
        found = english.fullmatch(fault.says)
        if found:
            return vietnamese, found.groupdict()
    return None
