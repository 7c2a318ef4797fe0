"""Saves an answer given on a page."""

from courses.domain.lesson import Lesson
from foundation import clock
from foundation.throttling.services import take
from foundation.web.database import transaction
from learning.services.answers import record_answer
from learning.views.assisted_session import is_assisted_here
from learning.views.learner import learner_for_answer, phone_buckets
from learning.views.lookups import form_id


def save_answer(lesson: Lesson, step: str, given: str, *, right: bool) -> None:
    """Save the answer of the current learner, who is created if there is none. The form sent again: stored once."""
    form = form_id()
    with transaction() as writing:
        take(writing, phone_buckets("answers"), now=clock.now())
        learner = learner_for_answer(writing)
        record_answer(
            writing,
            form=form,
            learner=learner,
            lesson=lesson.id,
            step=step,
            given=given,
            right=right,
            now=clock.now(),
            assisted=is_assisted_here(writing, learner),
        )
