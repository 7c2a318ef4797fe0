"""The sums of the report against counting by hand: chance learns, the test looks at one learner after another."""

import random
from dataclasses import dataclass, field

import pytest
from uuid_utils.compat import uuid7

from foundation.areas.domain.scope import NATION, Scope
from learning.domain.learning_report import Sums
from learning.models import AssistedSession, Card, ClassEvening, ClassLearner, DoneTogether, Learner
from learning.queries.learning_report import sums_of_learning
from learning.services.answers import NewAnswer, save_answers

LEARNERS = 60


@dataclass
class Life:
    """What one learner did: (lesson, step) ever right, and right without help; lessons in class; places tied to."""

    right: set = field(default_factory=set)
    alone: set = field(default_factory=set)
    together: set = field(default_factory=set)
    places: list = field(default_factory=list)


@pytest.fixture
def courses(make):
    sizes = (1, 2, 3)
    return [
        make.course(
            id=f"khoa-{size}", number=size, lessons=tuple(make.lesson(id=f"bai-{size}-{n}") for n in range(size))
        )
        for size in sizes
    ]


@pytest.fixture
def hamlets(make):
    """Of two communes; codes of different lengths, one beginning like another."""
    other = make.commune("15001")
    return [
        make.hamlet(),
        make.hamlet(),
        make.hamlet(code="15607-9"),
        make.hamlet(code="15607-91"),
        make.hamlet(other),
        make.hamlet(other),
    ]


@pytest.fixture
def live(session, courses, hamlets, now):
    """Lets LEARNERS people learn by chance, and returns their lives."""

    def go(seed):
        chance = random.Random(seed)
        evenings = {area.path: _evening(session, area.path, now) for area in hamlets}
        lives = []
        for number in range(LEARNERS):
            learner, life = uuid7(), Life()
            session.add(Learner(id=learner, created_at=now))
            session.flush()
            _tie(session, chance, learner, life, evenings, number, now)
            _answer(session, chance, courses, learner, life, now)
            lives.append(life)
        session.commit()
        return lives

    return go


def _evening(session, path, now):
    row = ClassEvening(
        id=uuid7(), area_path=path, course="", lessons=[], held_on=now.date(), teacher="", made_by="", made_at=now
    )
    session.add(row)
    session.flush()
    return row.id


def _tie(session, chance, learner, life, evenings, number, now):
    """To none, one or several places, in any of the three ways; also to one place in two ways."""
    for path in chance.choices(list(evenings), k=chance.choice((0, 1, 1, 2, 4))):
        match chance.randrange(3):
            case 0 if session.get(ClassLearner, (evenings[path], learner)) is None:
                session.add(ClassLearner(evening=evenings[path], learner=learner, joined_at=now))
                lessons = chance.sample(["bai-1-0", "bai-2-1", "bai-3-0", "bai-3-2"], chance.choice((0, 0, 1, 4)))
                life.together.update(lessons)
                session.add_all(
                    DoneTogether(evening=evenings[path], learner=learner, lesson=each, observed_by="", observed_at=now)
                    for each in lessons
                )
            case 1:
                session.add(
                    AssistedSession(id=uuid7(), helper="", area_path=path, learner=learner, made_at=now, ends_at=now)
                )
            case _:
                card = Card(
                    code=f"{number}-{uuid7().hex[-6:]}", learner=learner, area_path=path, made_at=now, stopped_at=now
                )
                session.add(card)
        session.flush()
        life.places.append(path)


def _answer(session, chance, courses, learner, life, now):
    for course in chance.sample(courses, chance.randrange(len(courses) + 1)):
        eager = chance.choice((0.1, 0.6, 1.0))
        for lesson in course.lessons:
            batch = []
            for step in lesson.graded:
                for _ in range(chance.choice((0, 1, 2)) if chance.random() > eager else 1):
                    right, helped = chance.random() < max(eager, 0.3), chance.random() < 0.3
                    batch.append(NewAnswer(uuid7(), learner, lesson.id, step, "", right, now, helped))
                    if right:
                        life.right.add((lesson.id, step))
                    if right and not helped:
                        life.alone.add((lesson.id, step))
            save_answers(session, batch)
            save_answers(session, batch)  # a second time, as phones do


def _counted(id_, computed):
    """Sums over learners told of as (begun, finished, passed, alone)."""
    begun = [each for each in computed if each[0]]
    finished, passed, alone = (sum(each[place] for each in begun) for place in (1, 2, 3))
    return Sums(id_, len(begun), finished, alone, passed - alone, finished - passed)


def _in_lesson(life, lesson):
    steps = {(lesson.id, step) for step in lesson.graded}
    seen = lesson.id in life.together
    return (
        bool(steps & life.right) or seen,
        steps <= life.right or seen,
        steps <= life.right,
        steps <= life.alone,
    )


def _in_course(life, course):
    computed = [_in_lesson(life, lesson) for lesson in course.lessons]
    return (any(each[0] for each in computed), *(all(each[place] for each in computed) for place in (1, 2, 3)))


def _in_any(life, courses):
    return tuple(map(any, zip(*(_in_course(life, course) for course in courses), strict=True)))


def _begun(sums):
    return {each.id: each for each in sums if each.started}


@pytest.mark.parametrize("seed", range(4))
def test_sums_are_what_counting_by_hand_gives(session, courses, hamlets, live, seed):
    lives = live(seed)
    beneath = [area for area in hamlets if area.path.startswith("38/15607/")]

    computed = sums_of_learning(session, NATION, courses, beneath)

    lessons = [lesson for course in courses for lesson in course.lessons]
    assert computed.lessons == _begun(_counted(each.id, [_in_lesson(life, each) for life in lives]) for each in lessons)
    assert computed.courses == _begun(_counted(each.id, [_in_course(life, each) for life in lives]) for each in courses)
    assert computed.areas == _begun(
        _counted(area.code, [_in_any(life, courses) for life in lives if area.path in life.places]) for area in beneath
    )
    assert sum(each.finished for each in computed.courses.values()) > 20, "chance was too lazy to show anything"


def test_areas_may_count_one_course_alone(session, make, courses, hamlets, live):
    lives = live(5)

    computed = sums_of_learning(session, NATION, courses, hamlets[:4], course="khoa-2")

    assert computed.areas == _begun(
        _counted(area.code, [_in_course(life, courses[1]) for life in lives if area.path in life.places])
        for area in hamlets[:4]
    )
    assert computed.courses == sums_of_learning(session, NATION, courses, []).courses


def test_who_is_tied_to_two_hamlets_of_a_commune_is_counted_in_it_once(session, make, courses, hamlets, live):
    lives = live(6)
    communes = [make.commune(), make.commune("15001")]

    computed = sums_of_learning(session, NATION, courses, communes)

    assert any(len({path for path in life.places if path.startswith("38/15607/")}) > 1 for life in lives)
    assert computed.areas == _begun(
        _counted(
            area.code,
            [_in_any(life, courses) for life in lives if any(path.startswith(area.path) for path in life.places)],
        )
        for area in communes
    )


def test_what_lies_out_of_reach_is_not_counted(session, make, courses, hamlets, live):
    live(7)
    reach = Scope((hamlets[0].path,))

    assert set(sums_of_learning(session, reach, courses, hamlets[:4]).areas) == {hamlets[0].code}
    assert not sums_of_learning(session, Scope(()), courses, hamlets[:4]).areas
