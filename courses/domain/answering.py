"""What an answer to a practice screen leads to. Pure.

No answer is ever told to be wrong: a tap beside the mark gets a kind word and the right place lights up.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from courses.domain.numbers import digits, normalise, real_numbers
from courses.domain.practice import Screen, ScreenKind
from courses.domain.secrets import rules_met


@dataclass(frozen=True)
class ScreenResult:
    """goes: id of the screen to show next: the same screen to try again, another after a right answer or a detour
    that teaches, "" for the end of the practice.
    hint: a kind word after an answer that was not right; "" when wiped, which pages have their own words for.
    hint_by: id of the target whose hint it is; "" when it is the screen's own.
    flash: ids of the targets to light up, in the order of the screen.
    met, missing: SECRET only: rule codes that hold and that do not, in the screen's order.
    wiped: what was typed may be somebody's real number. It was not looked at any further, and the caller must
    neither show it again, nor keep it, nor log it.
    """

    right: bool
    goes: str
    hint: str = ""
    hint_by: str = ""
    flash: tuple[str, ...] = ()
    met: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    wiped: bool = False

    @property
    def ends(self) -> bool:
        return self.goes == ""


def check_answer(screen: Screen, given: Sequence[str]) -> ScreenResult:
    """Hold `given` against `screen`.

    given: TAP: the id touched; TYPE, SECRET: the text typed; TICK: the ids ticked, in any order, repeats ignored;
    END: nothing. Several texts are joined; ids the screen does not have, too many or too few never raise.
    """
    own_ids = {target.id for target in screen.targets}
    typed = " ".join(text for text in given if text not in own_ids)
    if not _matches_typed(screen, given) and real_numbers(typed):
        return ScreenResult(right=False, goes=screen.id, wiped=True, missing=screen.rules)
    return _CHECKS[screen.kind](screen, given)


def _tap(screen: Screen, given: Sequence[str]) -> ScreenResult:
    touched = next((target for target in screen.targets if list(given) == [target.id]), None)
    if touched is not None and touched.right:
        return ScreenResult(right=True, goes=touched.goes)
    flash = tuple(target.id for target in screen.targets if target.right)
    if touched is None:
        return ScreenResult(right=False, goes=screen.id, hint=screen.hint, flash=flash)
    hint, by = (touched.hint, touched.id) if touched.hint else (screen.hint, "")
    if touched.goes:  # a detour: the right place is on another screen, so nothing here lights up
        return ScreenResult(right=False, goes=touched.goes, hint=hint, hint_by=by)
    return ScreenResult(right=False, goes=screen.id, hint=hint, hint_by=by, flash=flash)


def _type(screen: Screen, given: Sequence[str]) -> ScreenResult:
    if _matches_typed(screen, given):
        return ScreenResult(right=True, goes=screen.goes)
    return ScreenResult(right=False, goes=screen.id, hint=screen.hint)


def _secret(screen: Screen, given: Sequence[str]) -> ScreenResult:
    met = rules_met("".join(given), screen.rules)
    missing = tuple(rule for rule in screen.rules if rule not in met)
    if missing:
        return ScreenResult(right=False, goes=screen.id, hint=screen.hint, met=met, missing=missing)
    return ScreenResult(right=True, goes=screen.goes, met=met)


def _tick(screen: Screen, given: Sequence[str]) -> ScreenResult:
    ticked = set(given)
    if ticked == {target.id for target in screen.targets if target.right}:
        return ScreenResult(right=True, goes=screen.goes)
    wrong = [target for target in screen.targets if target.id in ticked and not target.right and target.hint]
    flash = tuple(target.id for target in screen.targets if target.right and target.id not in ticked)
    hint, by = (wrong[0].hint, wrong[0].id) if wrong else (screen.hint, "")
    return ScreenResult(right=False, goes=screen.id, hint=hint, hint_by=by, flash=flash)


def _end(screen: Screen, given: Sequence[str]) -> ScreenResult:  # noqa: ARG001  every kind is asked the same way
    return ScreenResult(right=True, goes=screen.goes)


def _matches_typed(screen: Screen, given: Sequence[str]) -> bool:
    return screen.kind is ScreenKind.TYPE and _normalise("".join(given)) == _normalise(screen.typed)


def _normalise(text: str) -> str:
    """Without what a finger adds: spaces, capitals; and in a number what stands between its groups."""
    letters = "".join(normalise(text).split()).casefold()
    figures = digits(letters)
    return figures if figures and not letters.strip("0123456789.-/") else letters


_CHECKS: dict[ScreenKind, Callable[[Screen, Sequence[str]], ScreenResult]] = {
    ScreenKind.TAP: _tap,
    ScreenKind.TYPE: _type,
    ScreenKind.SECRET: _secret,
    ScreenKind.TICK: _tick,
    ScreenKind.END: _end,
}
