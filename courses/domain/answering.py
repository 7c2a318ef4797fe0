"""Checks an answer to a practice screen. Pure.

A learner never reads "wrong": after a wrong tap there is a kind hint, and the right target is highlighted.
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
    hint: shown after an answer that was not right; "" when wiped, for which pages have a text of their own.
    hint_by: id of the target whose hint it is; "" when it is the screen's own.
    flash: ids of the targets to highlight, in the order of the screen.
    met, missing: SECRET only: rule codes that hold and that do not, in the screen's order.
    wiped: the typed text may be somebody's real number. It was not checked further. The caller must not show, store or
    log it.
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
    """Check the answer `given` to `screen`. Never raises.

    given: TAP: the id touched; TYPE, SECRET: the text typed; TICK: the ids ticked, in any order, repeats ignored;
    END: nothing. Several texts are joined; unknown ids, too many or too few count as not right.
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
    if touched.goes:  # a detour: the right target is on another screen, so nothing is highlighted
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


def _end(screen: Screen, given: Sequence[str]) -> ScreenResult:  # noqa: ARG001  all checks have one signature
    return ScreenResult(right=True, goes=screen.goes)


def _matches_typed(screen: Screen, given: Sequence[str]) -> bool:
    return screen.kind is ScreenKind.TYPE and _normalise("".join(given)) == _normalise(screen.typed)


def _normalise(text: str) -> str:
    """Without spaces and capitals; a number also without the separators of its groups."""
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
