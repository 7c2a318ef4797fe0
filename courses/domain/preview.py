"""Preview of a practice for its author: each screen, its right answers, where each answer leads. Pure."""

from dataclasses import dataclass

from courses.domain.answering import ScreenResult, check_answer
from courses.domain.practice import Practice, Screen, ScreenKind

# Codes of answers that are not a target.
TYPED = "typed"
SECRET = "secret"  # noqa: S105  a name, no secret
TICKED = "ticked"
CONTINUED = "gone_on"


@dataclass(frozen=True)
class AnswerPreview:
    """One answer to a screen.

    target: its text; "" when the answer is `by`: TYPED, SECRET, TICKED or CONTINUED, done rightly.
    leads_to: number of the screen it leads to, from 1; None when it ends the practice, or stays.
    """

    target: str
    by: str
    right: bool
    leads_to: int | None
    leads_to_id: str
    stays: bool
    hint: str


@dataclass(frozen=True)
class ScreenPreview:
    """number: its place in the practice, from 1. solution: highlights the right targets, as a page does."""

    number: int
    screen: Screen
    must_pass: bool
    solution: ScreenResult
    answers: tuple[AnswerPreview, ...]


def preview_screens(practice: Practice) -> tuple[ScreenPreview, ...]:
    """Every screen in the order of the file."""
    numbers = {screen.id: number for number, screen in enumerate(practice.screens, start=1)}
    return tuple(
        ScreenPreview(
            number=numbers[screen.id],
            screen=screen,
            must_pass=screen.id in practice.must_pass,
            solution=ScreenResult(
                right=False, goes=screen.id, flash=tuple(target.id for target in screen.targets if target.right)
            ),
            answers=tuple(_answers(screen, numbers)),
        )
        for screen in practice.screens
    )


def _answers(screen: Screen, numbers: dict[str, int]) -> list[AnswerPreview]:
    if screen.kind is ScreenKind.TAP:
        return [
            _answer(screen, target.text, "", check_answer(screen, [target.id]), numbers) for target in screen.targets
        ]
    by = {ScreenKind.TYPE: TYPED, ScreenKind.SECRET: SECRET, ScreenKind.TICK: TICKED, ScreenKind.END: CONTINUED}[
        screen.kind
    ]
    answers = [_answer(screen, "", by, ScreenResult(right=True, goes=screen.goes), numbers)]
    wrong = [target for target in screen.targets if not target.right]
    answers += [
        _answer(
            screen, target.text, "", ScreenResult(right=False, goes=screen.id, hint=target.hint or screen.hint), numbers
        )
        for target in wrong
    ]
    if not wrong and screen.hint:
        answers.append(_answer(screen, "", "", ScreenResult(right=False, goes=screen.id, hint=screen.hint), numbers))
    return answers


def _answer(screen: Screen, target: str, by: str, outcome: ScreenResult, numbers: dict[str, int]) -> AnswerPreview:
    return AnswerPreview(
        target=target,
        by=by,
        right=outcome.right,
        leads_to=numbers.get(outcome.goes),
        leads_to_id=outcome.goes,
        stays=outcome.goes == screen.id,
        hint=outcome.hint,
    )
