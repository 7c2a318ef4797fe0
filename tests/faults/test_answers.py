"""Cut, reconnected, sent double, closed in between, switched to others: no answer is lost, none counts twice."""

import pytest
from sqlalchemy.orm import Session

from app import create_app
from foundation.database import Base, make_engine
from foundation.settings import Settings
from tests.browser_modules.test_modules import node  # noqa: F401  a fixture
from tests.faults.learning_lives import live, served

SEEDS = 30


@pytest.fixture
def engine_of_phones(tmp_path):
    """A database of its own: what several requests at once write cannot be taken back at the end of a test."""
    engine = make_engine(f"sqlite:///{tmp_path}/answers.sqlite3")
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


def test_no_answer_is_lost_and_none_counts_twice(engine_of_phones, node, tmp_path):  # noqa: F811
    app = create_app(Settings(data_folder=tmp_path, secret_key="only for tests"), engine=engine_of_phones)
    with served(app) as address, Session(engine_of_phones) as session:
        reckoning = live(node, address, session, first=1, count=SEEDS)

    assert reckoning.faultless, reckoning
