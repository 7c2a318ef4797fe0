"""Who comes to a class when several people say so at one moment: two teachers' cameras, a double tap."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from foundation.areas.domain.scope import NATION
from foundation.database import Base, make_engine
from learning.domain.learners import AboutLearner
from learning.models import ClassEvening, ClassLearner, Learner
from learning.queries.classes import evening_in
from learning.services.classes import admit, admit_newcomer
from tests.conftest import NOON

BA_MEN = {"nickname": "Bà Mến", "picture": "trau", "age_band": "from_14", "guardian_agrees": False}


@pytest.fixture
def engine(empty_database):
    """Of each test's own: what is written in the log of who did what can never be taken away again."""
    made = make_engine(empty_database)
    Base.metadata.create_all(made)
    yield made
    made.dispose()


@pytest.fixture
def evening(engine):
    """A class that other transactions see, too."""
    with Session(engine) as own:
        made = {"area_path": "38/15607/15607-001/", "course": "khoa", "lessons": ["bai"], "held_on": NOON.date()}
        id_ = uuid7()
        own.add(ClassEvening(id=id_, teacher="Vi Thị Mẫu", made_by="co-giao", made_at=NOON, **made))
        own.commit()
        return evening_in(own, NATION, id_)


@pytest.fixture
def at_once(engine):
    """Does the same in four transactions at one moment; what each of them answers."""

    def act(do):
        def one(_):
            with Session(engine) as own:
                own.connection(execution_options={"writing": True})
                done = do(own)
                own.commit()
                return done

        with ThreadPoolExecutor(4) as pool:
            return list(pool.map(one, range(4)))

    return act


def test_a_card_scanned_on_several_phones_at_once_comes_in_once(engine, evening, at_once):
    learner = uuid7()
    with Session(engine) as own:
        own.add(Learner(id=learner, created_at=NOON, **{k: v for k, v in BA_MEN.items() if k != "guardian_agrees"}))
        own.commit()

    came = at_once(lambda own: admit(own, evening, learner, who="co-giao", now=NOON))

    assert sorted(came) == [False, False, False, True]


def test_a_form_tapped_twice_at_one_moment_makes_one_learner(engine, evening, at_once):
    form, about = uuid7(), AboutLearner(**BA_MEN, recorded_by="co-giao")

    came = at_once(lambda own: admit_newcomer(own, evening, about, form=form, who="co-giao", now=NOON))

    assert came == [form] * 4
    with Session(engine) as own:
        assert own.scalar(select(func.count()).select_from(Learner)) == 1
        assert own.scalar(select(func.count()).select_from(ClassLearner)) == 1
