"""What an answer to a practice screen leads to. Pure.

No answer is ever told to be wrong: a tap beside the mark gets a kind word and the right place lights up.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from courses.domain.numbers import digits, plain, real_numbers
from courses.domain.practice import Kind, Screen
from courses.domain.secrets import rules_met


@dataclass(frozen=True)
class Outcome:
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


def answer(screen: Screen, given: Sequence[str]) -> Outcome:
    """Hold `given` against `screen`.

    given: TAP: the id touched; TYPE, SECRET: the text typed; TICK: the ids ticked, in any order, repeats ignored;
    END: nothing. Several texts are joined; ids the screen does not have, too many or too few never raise.
    """
    our_own = {target.id for target in screen.targets}
    typed = " ".join(text for text in given if text not in our_own)
    if not _as_shown(screen, given) and real_numbers(typed):
        return Outcome(right=False, goes=screen.id, wiped=True, missing=screen.rules)
    return _ANSWERING[screen.kind](screen, given)


def _tap(screen: Screen, given: Sequence[str]) -> Outcome:
    touched = next((target for target in screen.targets if list(given) == [target.id]), None)
    if touched is not None and touched.right:
        return Outcome(right=True, goes=touched.goes)
    flash = tuple(target.id for target in screen.targets if target.right)
    if touched is None:
        return Outcome(right=False, goes=screen.id, hint=screen.hint, flash=flash)
    hint, by = (touched.hint, touched.id) if touched.hint else (screen.hint, "")
    if touched.goes:  # a detour: the right place is on another screen, so nothing here lights up
        return Outcome(right=False, goes=touched.goes, hint=hint, hint_by=by)
    return Outcome(right=False, goes=screen.id, hint=hint, hint_by=by, flash=flash)


def _type(screen: Screen, given: Sequence[str]) -> Outcome:
    if _as_shown(screen, given):
        return Outcome(right=True, goes=screen.goes)
    return Outcome(right=False, goes=screen.id, hint=screen.hint)


def _secret(screen: Screen, given: Sequence[str]) -> Outcome:
    met = rules_met("".join(given), screen.rules)
    missing = tuple(rule for rule in screen.rules if rule not in met)
    if missing:
        return Outcome(right=False, goes=screen.id, hint=screen.hint, met=met, missing=missing)
    return Outcome(right=True, goes=screen.goes, met=met)


def _tick(screen: Screen, given: Sequence[str]) -> Outcome:
    ticked = set(given)
    if ticked == {target.id for target in screen.targets if target.right}:
        return Outcome(right=True, goes=screen.goes)
    beside = [target for target in screen.targets if target.id in ticked and not target.right and target.hint]
    flash = tuple(target.id for target in screen.targets if target.right and target.id not in ticked)
    hint, by = (beside[0].hint, beside[0].id) if beside else (screen.hint, "")
    return Outcome(right=False, goes=screen.id, hint=hint, hint_by=by, flash=flash)


def _end(screen: Screen, given: Sequence[str]) -> Outcome:  # noqa: ARG001  every kind is asked the same way
    return Outcome(right=True, goes=screen.goes)


def _as_shown(screen: Screen, given: Sequence[str]) -> bool:
    return screen.kind is Kind.TYPE and _bare("".join(given)) == _bare(screen.typed)


def _bare(text: str) -> str:
    """Without what a finger adds: spaces, capitals; and in a number what stands between its groups."""
    letters = "".join(plain(text).split()).casefold()
    figures = digits(letters)
    return figures if figures and not letters.strip("0123456789.-/") else letters


_ANSWERING: dict[Kind, Callable[[Screen, Sequence[str]], Outcome]] = {
    Kind.TAP: _tap,
    Kind.TYPE: _type,
    Kind.SECRET: _secret,
    Kind.TICK: _tick,
    Kind.END: _end,
}
