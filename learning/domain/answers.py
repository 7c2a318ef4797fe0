"""What is stored of an answer: ids of our own choices, never text that a person typed."""

from collections.abc import Sequence

from courses.domain.lesson import Question
from courses.domain.practice import Screen, ScreenKind

_TYPED_BY_HAND = frozenset({ScreenKind.TYPE, ScreenKind.SECRET})


def stored_choices(screen: Screen, given: Sequence[str]) -> str:
    """Ids of the targets tapped or ticked, in the screen's order, separated by spaces; "" for typed answers.

    Anything that is not one of the screen's own targets is dropped, so no other text reaches the database.
    """
    if screen.kind in _TYPED_BY_HAND:
        return ""
    return " ".join(target.id for target in screen.targets if target.id in given)


def stored_option(question: Question, given: str) -> str:
    """The id of the chosen option; "" if the question has no such option."""
    return next((option.id for option in question.options if option.id == given), "")
