"""Rules of wording that hold across lessons: the order of acts, and words that are not used."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import courses

LIBRARY = Path(courses.__file__).parent / "library"
LESSONS = {path.parent.name: tomllib.loads(path.read_text("utf-8")) for path in sorted(LIBRARY.glob("*/*/lesson.toml"))}
NOT_SPOKEN = ("source", "id", "picture", "typed", "fake_links")


def texts(part: object) -> Iterator[str]:
    """Every text people read in a part of a lesson; one string per text, in file order."""
    match part:
        case str():
            yield part
        case list():
            for item in part:
                yield from texts(item)
        case dict():
            for key, value in part.items():
                if key not in NOT_SPOKEN:
                    yield from texts(value)


ALL_TEXTS = [(name, text) for name, lesson in LESSONS.items() for text in texts(lesson)]


@pytest.mark.parametrize(("name", "text"), [(n, t) for n, t in ALL_TEXTS if "tắt mạng" in t.lower()])
def test_a_taken_over_phone_goes_offline_before_the_bank_is_called(name, text):
    text = text.lower()
    bank = text.find("gọi ngân hàng")

    assert bank < 0 or text.find("tắt mạng") < bank, name


def test_the_lesson_after_a_scam_teaches_the_same_order_in_steps_cards_and_answer():
    lesson = LESSONS["at-da-bi-lua"]
    steps = [step["id"] for step in lesson["step"]]
    cards = [item["id"] for item in lesson["practice"]["screen"][0]["item"]]
    infected = next(question for question in lesson["question"] if question["id"] == "may-cai-do-la")

    assert steps[:2] == ["ngat-mang", "khoa-tai-khoan"]
    assert cards[:2] == ["tat-mang", "goi-ngan-hang"]
    assert [option["id"] for option in infected["option"] if option.get("right")] == ["tat-mang"]


@pytest.mark.parametrize("name", [name for name in LESSONS if name.startswith(("at-", "vneid-cai", "dt-cai-app"))])
def test_whoever_installed_a_strange_app_is_told_to_go_offline(name):
    told = [text for text in texts(LESSONS[name].get("if_stuck", [])) if "lỡ cài" in text.lower()]

    assert [text for text in told if "tắt mạng" not in text] == []


FORBIDDEN = {
    "ngắt mạng": "tắt mạng",
    "đủ chắc rồi": "a sample password is never praised",
    "chìa khoá nhỏ": "chìa khoá tủ",
    "cơ quan dữ liệu dân cư": "{NHA_PHAT_TRIEN}",
    "nhà phát triển: cơ quan": "{NHA_PHAT_TRIEN}",
    "thẩm quyền": "công an, cán bộ đang làm việc với bác",
    "mật khẩu gia đình": "câu hỏi nhà mình",
    "từ bí mật": "câu hỏi nhà mình",
    "đừng nhìn đầu": "nhìn đuôi trước, đọc lại đầu sau",
    "nghe giọng trước": "gọi lại số đã lưu",
    "phiếu “": "vướng mắc loại “…”, as the visit form has it",
    "phiếu vướng mắc": "một vướng mắc",
}


@pytest.mark.parametrize("words", FORBIDDEN)
def test_one_thing_has_one_word(words):
    assert [(name, text) for name, text in ALL_TEXTS if words in text.lower()] == [], FORBIDDEN[words]


SAMPLES = ("Bvs@Que27lua", "582047")


def test_no_sample_password_is_an_answer_or_praised():
    found = []
    for name, lesson in LESSONS.items():
        options = [option["text"] for question in lesson["question"] for option in question["option"]]
        praise = [screen.get("praise", "") for screen in lesson["practice"]["screen"]]
        found += [(name, text) for text in options + praise if any(sample in text for sample in SAMPLES)]

    assert found == []


def test_whoever_types_a_sample_password_is_told_not_to_keep_it():
    screens = [
        screen
        for lesson in LESSONS.values()
        for screen in lesson["practice"]["screen"]
        if any("Mật khẩu mẫu" in text for text in screen.get("says", [])) and screen["kind"] == "secret"
    ]

    assert screens
    assert [screen["id"] for screen in screens if "đừng lấy làm mật khẩu thật" not in screen["praise"]] == []


GLOSSES = {
    "otp": ("mã dùng một lần", "như **chữ ký**", "như chữ ký"),
    "passcode": ("sáu số", "{PASSCODE_SO} số"),
}


@pytest.mark.parametrize("term", GLOSSES)
def test_a_strange_word_is_explained_in_every_lesson_that_teaches_with_it(term):
    unexplained = []
    for name, lesson in LESSONS.items():
        taught = [
            text
            for key, part in lesson.items()
            if key not in ("source", "practice", "question")
            for text in texts(part)
        ]
        naming = [text for text in taught if term in text.lower()]
        if naming and not any(gloss in text for text in taught for gloss in GLOSSES[term]):
            unexplained.append(name)

    assert unexplained == []
