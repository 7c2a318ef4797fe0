"""The graph of practice screens: which are reachable, and which every path of right answers passes. Pure.

Works on any mapping of screens by id; a link to an unknown screen is ignored.
"""

from collections.abc import Iterable, Mapping

from courses.domain.practice import Screen, ScreenKind

END = ""  # as in Screen.goes: the practice is over


def next_screens(screen: Screen, *, right_only: bool = False) -> set[str]:
    """Ids a screen can lead to, may include END. right_only: by right answers only."""
    if screen.kind is ScreenKind.TAP:
        right = {target.goes for target in screen.targets if target.right}
        detours = {target.goes for target in screen.targets if not target.right and target.goes}
        return right if right_only else right | detours
    return {screen.goes}


def reachable_screens(
    screens: Mapping[str, Screen], start: str, *, right_only: bool = False, without: str | None = None
) -> set[str]:
    """Ids reachable from `start`, with `start`, and with END when the practice can be finished.

    without: the id of a screen that is treated as missing.
    """
    found: set[str] = set()
    queue = [start]
    while queue:
        current = queue.pop()
        if current in found or current == without or (current != END and current not in screens):
            continue
        found.add(current)
        if current != END:
            queue.extend(next_screens(screens[current], right_only=right_only))
    return found


def required_screens(screens: Iterable[Screen]) -> tuple[str, ...]:
    """Ids of the screens that every path of right answers passes, without END screens; in the order given."""
    ordered = list(screens)
    by_id = {screen.id: screen for screen in ordered}
    return tuple(
        screen.id
        for screen in ordered
        if screen.kind is not ScreenKind.END
        and screen.id in reachable_screens(by_id, ordered[0].id, right_only=True)
        and END not in reachable_screens(by_id, ordered[0].id, right_only=True, without=screen.id)
    )
