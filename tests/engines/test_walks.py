"""The walks of walks.py in each engine. What an engine cannot do is said by the page, and the plain way is walked."""

from tests.engines import walks

COURSE = "ai-co-ban"
# Engines that cannot keep visits -> what the first screen of the team's app says there.
TOO_OLD = "Trình duyệt trên máy này cũ quá"
KEEPS_NO_VISITS = {"chromium-64": TOO_OLD}


def no_script_failed(person) -> None:
    assert person.engine.errors() == []


def test_a_lesson_to_its_letter(person, catalogue):
    course = catalogue.course(COURSE)
    lesson = course.lessons[0]
    walks.read(person, lesson)
    walks.practise(person, lesson)
    walks.answer(person, lesson)
    walks.take_letter(person, course, learned=lesson)
    no_script_failed(person)


def test_a_visit(person, visits):
    """Made without signal and sent later; or, where nothing can be kept, told so first and made on the plain page."""
    why = KEEPS_NO_VISITS.get(person.engine.name)
    if why:
        walks.visit_on_the_plain_page(person, visits, why)
    else:
        walks.set_up(person)
        walks.visit_without_signal(person, visits)
    no_script_failed(person)


def test_a_map_is_made_large(person):
    walks.enlarge_map(person)
    no_script_failed(person)
