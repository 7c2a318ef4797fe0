"""The checker's rules for what each kind of practice screen must have, may have, and may not have."""

from collections.abc import Iterator

from courses.faults import Amiss, amiss
from courses.written import WrittenKind, WrittenPractice, WrittenScreen

# For each kind: the keys it needs, and the keys it may have beside those that any screen may.
_ANY = {"id", "kind", "look", "task", "title", "picture", "says", "goes", "hint", "praise", "button"}
_NEEDS: dict[WrittenKind, set[str]] = {
    WrittenKind.TAP: {"target"},
    WrittenKind.TYPE: {"typed", "label", "hint"},
    WrittenKind.SECRET: {"rules", "label", "hint"},
    WrittenKind.TICK: {"target", "hint"},
    WrittenKind.END: set(),
    WrittenKind.ORDER: {"item"},
    WrittenKind.SORT: {"item", "bin"},
}


def shape_faults(practice: WrittenPractice) -> list[tuple[str, Amiss]]:
    """(key, what must be otherwise) for every screen as written, in order."""
    found = []
    for place, screen in enumerate(practice.screen, start=1):
        at = f"practice.screen[{place}]"
        last = place == len(practice.screen)
        found += [(f"{at}{key}", says) for key, says in _faults(screen, last=last)]
    return found


def _faults(screen: WrittenScreen, *, last: bool) -> Iterator[tuple[str, Amiss]]:
    needed = _NEEDS[screen.kind]
    for key in sorted(needed - screen.model_fields_set):
        yield f".{key}", amiss("kind_needs_it", kind=screen.kind)
    for key in sorted(screen.model_fields_set - needed - _ANY):
        yield f".{key}", amiss("not_of_this_kind", kind=screen.kind)
    if screen.kind is WrittenKind.END and not last and screen.goes is None:
        yield ".goes", amiss("end_must_lead")
    if screen.kind in (WrittenKind.TAP, WrittenKind.TICK):
        yield from _about_targets(screen)
    if screen.kind in (WrittenKind.ORDER, WrittenKind.SORT):
        yield from _about_items(screen)


def _about_targets(screen: WrittenScreen) -> Iterator[tuple[str, Amiss]]:
    if screen.target and not any(target.right for target in screen.target):
        yield ".target", amiss("none_right")
    for place, target in enumerate(screen.target, start=1):
        if screen.kind is WrittenKind.TICK and target.goes:
            yield f".target[{place}].goes", amiss("tick_leads_nowhere")
        if not target.right and not target.hint and not screen.hint:
            yield f".target[{place}].hint", amiss("no_hint_when_touched")


def _about_items(screen: WrittenScreen) -> Iterator[tuple[str, Amiss]]:
    if len(screen.item) < 2:
        yield ".item", amiss("two_cards")
    bins = {bin.id for bin in screen.bin}
    if screen.kind is WrittenKind.SORT and len(bins) < 2:
        yield ".bin", amiss("two_bins")
    for place, item in enumerate(screen.item, start=1):
        if screen.kind is WrittenKind.ORDER and item.bin:
            yield f".item[{place}].bin", amiss("no_bin_in_order")
        if screen.kind is WrittenKind.SORT and item.bin not in bins:
            yield f".item[{place}].bin", amiss("no_such_bin", bins=", ".join(sorted(bins)) or "the bins")
        if not item.hint and not screen.hint:
            yield f".item[{place}].hint", amiss("no_hint_when_misplaced")
