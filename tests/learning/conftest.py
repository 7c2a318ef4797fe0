import pytest

from courses.domain.practice import ScreenKind
from tests.visitor import Visitor


@pytest.fixture
def teach(app, monkeypatch, make):
    """Puts courses into the house for one test: teach(course, …); one small course when none is named.

    paths, asked: as in make.catalogue."""

    def put(*courses, **more):
        # A version of its own, so that no page drawn for another test is shown.
        catalogue = make.catalogue(*courses, **more)
        monkeypatch.setitem(app.extensions, "catalogue", catalogue)
        monkeypatch.setattr("learning.views.page_cache._pages", {})
        return catalogue.courses[0]

    return put


@pytest.fixture
def phone_of(app):
    """A visitor whose phone holds the cookie of a made learner."""

    def give(learner):
        visitor = Visitor(app)
        visitor.client.set_cookie("hoc", learner.token)
        return visitor

    return give


@pytest.fixture
def right_taps():
    """What a learner gives to pass a screen."""

    def given(screen):
        if screen.kind is ScreenKind.TYPE:
            return screen.typed
        if screen.kind is ScreenKind.SECRET:
            return "591733" if "six_digits" in screen.rules else "Bvs@Que27lua"
        return [target.id for target in screen.targets if target.right]

    return given
