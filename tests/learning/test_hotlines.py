from datetime import date

from courses.domain.facts import Fact, FactKind
from courses.domain.lesson import Reliability, Step
from learning.domain.hotlines import hotlines


def facts(**values: str) -> dict[str, Fact]:
    return {
        name: Fact(
            name, FactKind.LINK if name.startswith("WEB") else FactKind.PHONE, value, "", "", Reliability.READ, DAY
        )
        for name, value in values.items()
    }


DAY = date(2026, 11, 21)
FACTS = facts(TD="1900 0000", BAO="156 hoặc 5656", BAO_GOI="156", GAP="113", WEB="113.example")


def names(lesson, known=FACTS):
    return [fact.name for fact in hotlines([lesson], known)]


def test_a_lesson_repeats_the_numbers_it_names_in_the_order_of_the_facts(make):
    assert names(make.lesson(safety="Gọi 113 khi gấp.", if_stuck=("Hỏi 1900 0000.",))) == ["TD", "GAP"]


def test_numbers_told_together_are_not_told_again_apart(make):
    assert names(make.lesson(steps=(Step("bao", "Gửi 156 hoặc 5656.", tip="Hay gọi 156."),))) == ["BAO"]


def test_a_number_within_another_number_is_not_that_number(make):
    assert names(make.lesson(remember="Mất 113.000 đồng, 11300 lượt, 0113.")) == []


def test_a_number_in_practice_or_a_question_may_be_a_trap(make):
    question = make.lesson().questions[0]

    assert names(make.lesson(questions=(question,), prepare=())) == []
    assert "GAP" not in names(make.lesson(mistakes=("Gọi 113 chơi.",)))


def test_a_course_repeats_each_number_once(make):
    lessons = [make.lesson(id=each, safety="Gọi 113.") for each in ("mot", "hai")]

    assert [fact.value for fact in hotlines(lessons, FACTS)] == ["113"]
