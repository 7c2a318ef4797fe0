"""A practice laid out for its author: every screen with its right answers, and where each answer leads. Pure."""

from dataclasses import dataclass

from courses.domain.answering import Outcome, answer
from courses.domain.practice import Kind, Practice, Screen

# What an answer by hand is called where a target's own words would stand.
TYPED = "typed"
SECRET = "secret"  # noqa: S105  a name, no secret
TICKED = "ticked"
GONE_ON = "gone_on"


@dataclass(frozen=True)
class Way:
    """One answer to a screen.

    target: its words; "" when it is no target but `by`: TYPED, SECRET, TICKED or GONE_ON, done rightly.
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
class PreviewedScreen:
    """number: its place in the practice, from 1. marked: the screen's right places, as a page lights them up."""

    number: int
    screen: Screen
    must_pass: bool
    marked: Outcome
    ways: tuple[Way, ...]


def previewed(practice: Practice) -> tuple[PreviewedScreen, ...]:
    """Every screen in the order of the file."""
    numbers = {screen.id: number for number, screen in enumerate(practice.screens, start=1)}
    return tuple(
        PreviewedScreen(
            number=numbers[screen.id],
            screen=screen,
            must_pass=screen.id in practice.must_pass,
            marked=Outcome(
                right=False, goes=screen.id, flash=tuple(target.id for target in screen.targets if target.right)
            ),
            ways=tuple(_ways(screen, numbers)),
        )
        for screen in practice.screens
    )


def _ways(screen: Screen, numbers: dict[str, int]) -> list[Way]:
    if screen.kind is Kind.TAP:
        return [_way(screen, target.text, "", answer(screen, [target.id]), numbers) for target in screen.targets]
    by = {Kind.TYPE: TYPED, Kind.SECRET: SECRET, Kind.TICK: TICKED, Kind.END: GONE_ON}[screen.kind]
    ways = [_way(screen, "", by, Outcome(right=True, goes=screen.goes), numbers)]
    beside = [target for target in screen.targets if not target.right]
    ways += [
        _way(screen, target.text, "", Outcome(right=False, goes=screen.id, hint=target.hint or screen.hint), numbers)
        for target in beside
    ]
    if not beside and screen.hint:
        ways.append(_way(screen, "", "", Outcome(right=False, goes=screen.id, hint=screen.hint), numbers))
    return ways


def _way(screen: Screen, target: str, by: str, outcome: Outcome, numbers: dict[str, int]) -> Way:
    return Way(
        target=target,
        by=by,
        right=outcome.right,
        leads_to=numbers.get(outcome.goes),
        leads_to_id=outcome.goes,
        stays=outcome.goes == screen.id,
        hint=outcome.hint,
    )
