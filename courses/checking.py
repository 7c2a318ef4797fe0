"""The checker's rules for a whole lesson: one right option, ids used once, every way through the practice leads out."""

from collections import Counter
from collections.abc import Iterable, Iterator, Set
from datetime import date

from courses.domain.facts import Fact
from courses.domain.lesson import Lesson, Reliability
from courses.domain.paths import END, reached, ways
from courses.domain.practice import Practice
from courses.faults import Amiss, Fault, amiss
from courses.shapes import shape_faults
from courses.written import WrittenLesson

FRESH_FOR = 90  # days a volatile lesson may go without somebody holding it against its sources again


def lesson_faults(written: WrittenLesson) -> list[tuple[str, Amiss]]:
    """(key, what must be otherwise) for a lesson that fits the schema, its practice still as written."""
    return [*shape_faults(written.practice), *_about_questions(written), *_about_ids(written), *_about_trust(written)]


def practice_faults(practice: Practice, taken: Set[str]) -> list[tuple[str, Amiss]]:
    """(key, what must be otherwise) for a practice once unfolded. Screens are named by their ids.

    taken: ids of the lesson's steps and questions.
    """
    by_id = {screen.id: screen for screen in practice.screens}
    found = [
        ("practice.screen", amiss("used_once_unfolded", id=id_))
        for id_, times in Counter(screen.id for screen in practice.screens).items()
        if times > 1 or id_ in taken
    ]
    reachable = reached(by_id, practice.first.id)
    for screen in practice.screens:
        at = f"practice.screen {screen.id}"
        lost = sorted(way for way in ways(screen) if way != END and way not in by_id)
        found += [(at, amiss("leads_to_nothing", screen=way)) for way in lost]
        if screen.id not in reachable:
            found.append((at, amiss("never_reached")))
        if not lost and END not in reached(by_id, screen.id, right_only=True):
            found.append((at, amiss("no_way_out")))
    for id_ in practice.must_pass:
        if id_ not in by_id:
            found.append(("practice.must_pass", amiss("no_screen", screen=id_)))
        elif END in reached(by_id, practice.first.id, right_only=True, without=id_):
            found.append(("practice.must_pass", amiss("can_be_gone_around", screen=id_)))
    if not practice.must_pass:
        found.append(("practice.must_pass", amiss("nothing_to_pass")))
    return found


def stale(lessons: Iterable[Lesson], facts: Iterable[Fact], today: date) -> list[Fault]:
    """A warning for every volatile lesson, and every shared fact, unchecked for more than FRESH_FOR days."""
    checked = [
        (f"library/{lesson.course}/{lesson.id}/lesson.toml", "checked_on", lesson.checked_on)
        for lesson in lessons
        if lesson.volatile
    ]
    checked += [("library/facts.toml", f"{fact.name}.checked_on", fact.checked_on) for fact in facts]
    return [
        Fault(file, key, amiss("aged", days=(today - day).days, most=FRESH_FOR))
        for file, key, day in checked
        if (today - day).days > FRESH_FOR
    ]


def from_the_future(lessons: Iterable[Lesson], facts: Iterable[Fact], today: date) -> list[Fault]:
    """A warning for every lesson and shared fact said to be checked on a day that has not come: it would never age."""
    checked = [
        (f"library/{lesson.course}/{lesson.id}/lesson.toml", "checked_on", lesson.checked_on) for lesson in lessons
    ]
    checked += [("library/facts.toml", f"{fact.name}.checked_on", fact.checked_on) for fact in facts]
    return [Fault(file, key, amiss("not_yet", day=day)) for file, key, day in checked if day > today]


def _about_questions(written: WrittenLesson) -> Iterator[tuple[str, Amiss]]:
    for place, question in enumerate(written.question, start=1):
        if sum(option.right for option in question.option) != 1:
            yield f"question[{place}].option", amiss("not_one_right")
        yield from _twice(f"question[{place}].option", (option.id for option in question.option))


def _about_ids(written: WrittenLesson) -> Iterator[tuple[str, Amiss]]:
    """Answers are kept under the ids of questions and screens alike, so steps, questions and screens share one pool."""
    screens = written.practice.screen
    yield from _twice(
        "step, question, practice.screen",
        (*(s.id for s in written.step), *(q.id for q in written.question), *(s.id for s in screens)),
    )
    for place, screen in enumerate(screens, start=1):
        yield from _twice(f"practice.screen[{place}].target", (target.id for target in screen.target))
        yield from _twice(f"practice.screen[{place}].item", (item.id for item in screen.item))
        yield from _twice(f"practice.screen[{place}].bin", (bin.id for bin in screen.bin))


def _about_trust(written: WrittenLesson) -> Iterator[tuple[str, Amiss]]:
    if not written.draft and any(source.reliability is Reliability.MEMORY for source in written.source):
        yield "draft", amiss("from_memory")


def _twice(key: str, ids: Iterable[str]) -> Iterator[tuple[str, Amiss]]:
    for id_, times in Counter(ids).items():
        if times > 1:
            yield key, amiss("used_twice", id=id_, times=times)
