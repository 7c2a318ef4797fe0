"""Checks a whole lesson: one right option, unique ids, a way to the end from every practice screen."""

from collections import Counter
from collections.abc import Iterable, Iterator, Set
from datetime import date

from courses.domain.facts import Fact
from courses.domain.lesson import Lesson, Reliability
from courses.domain.practice import Practice
from courses.domain.screen_graph import END, next_screens, reachable_screens
from courses.faults import ErrorDetail, LibraryFault, error_detail
from courses.schema import LessonSchema
from courses.screen_checks import screen_faults

FRESH_DAYS = 90  # days after which a volatile lesson must be checked against its sources again


def lesson_faults(source: LessonSchema) -> list[tuple[str, ErrorDetail]]:
    """(key, error) for a lesson that fits the schema, its practice not yet expanded."""
    return [*screen_faults(source.practice), *_check_questions(source), *_check_ids(source), *_check_sources(source)]


def practice_faults(practice: Practice, used_ids: Set[str]) -> list[tuple[str, ErrorDetail]]:
    """(key, error) for an expanded practice. Screens are named by their ids.

    used_ids: ids of the lesson's steps and questions.
    """
    by_id = {screen.id: screen for screen in practice.screens}
    found = [
        ("practice.screen", error_detail("used_once_unfolded", id=id_))
        for id_, times in Counter(screen.id for screen in practice.screens).items()
        if times > 1 or id_ in used_ids
    ]
    reachable = reachable_screens(by_id, practice.first.id)
    for screen in practice.screens:
        at = f"practice.screen {screen.id}"
        lost = sorted(way for way in next_screens(screen) if way != END and way not in by_id)
        found += [(at, error_detail("leads_to_nothing", screen=way)) for way in lost]
        if screen.id not in reachable:
            found.append((at, error_detail("never_reached")))
        if not lost and END not in reachable_screens(by_id, screen.id, right_only=True):
            found.append((at, error_detail("no_way_out")))
    for id_ in practice.must_pass:
        if id_ not in by_id:
            found.append(("practice.must_pass", error_detail("no_screen", screen=id_)))
        elif END in reachable_screens(by_id, practice.first.id, right_only=True, without=id_):
            found.append(("practice.must_pass", error_detail("can_be_gone_around", screen=id_)))
    if not practice.must_pass:
        found.append(("practice.must_pass", error_detail("nothing_to_pass")))
    return found


def stale_warnings(lessons: Iterable[Lesson], facts: Iterable[Fact], today: date) -> list[LibraryFault]:
    """A warning for every volatile lesson and every shared fact not checked for more than FRESH_DAYS days."""
    checked = [
        (f"library/{lesson.course}/{lesson.id}/lesson.toml", "checked_on", lesson.checked_on)
        for lesson in lessons
        if lesson.volatile
    ]
    checked += [("library/facts.toml", f"{fact.name}.checked_on", fact.checked_on) for fact in facts]
    return [
        LibraryFault(file, key, error_detail("aged", days=(today - day).days, most=FRESH_DAYS))
        for file, key, day in checked
        if (today - day).days > FRESH_DAYS
    ]


def future_date_warnings(lessons: Iterable[Lesson], facts: Iterable[Fact], today: date) -> list[LibraryFault]:
    """A warning for every lesson and shared fact with a check date in the future: it would never become stale."""
    checked = [
        (f"library/{lesson.course}/{lesson.id}/lesson.toml", "checked_on", lesson.checked_on) for lesson in lessons
    ]
    checked += [("library/facts.toml", f"{fact.name}.checked_on", fact.checked_on) for fact in facts]
    return [LibraryFault(file, key, error_detail("not_yet", day=day)) for file, key, day in checked if day > today]


def _check_questions(source: LessonSchema) -> Iterator[tuple[str, ErrorDetail]]:
    for place, question in enumerate(source.question, start=1):
        if sum(option.right for option in question.option) != 1:
            yield f"question[{place}].option", error_detail("not_one_right")
        yield from _check_duplicates(f"question[{place}].option", (option.id for option in question.option))


def _check_ids(source: LessonSchema) -> Iterator[tuple[str, ErrorDetail]]:
    """Ids of steps, questions and screens must be unique together: answers are stored under them."""
    screens = source.practice.screen
    yield from _check_duplicates(
        "step, question, practice.screen",
        (*(s.id for s in source.step), *(q.id for q in source.question), *(s.id for s in screens)),
    )
    for place, screen in enumerate(screens, start=1):
        yield from _check_duplicates(f"practice.screen[{place}].target", (target.id for target in screen.target))
        yield from _check_duplicates(f"practice.screen[{place}].item", (item.id for item in screen.item))
        yield from _check_duplicates(f"practice.screen[{place}].bin", (bin.id for bin in screen.bin))


def _check_sources(source: LessonSchema) -> Iterator[tuple[str, ErrorDetail]]:
    if not source.draft and any(source.reliability is Reliability.MEMORY for source in source.source):
        yield "draft", error_detail("from_memory")


def _check_duplicates(key: str, ids: Iterable[str]) -> Iterator[tuple[str, ErrorDetail]]:
    for id_, times in Counter(ids).items():
        if times > 1:
            yield key, error_detail("used_twice", id=id_, times=times)
