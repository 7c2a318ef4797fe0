"""Checks that each practice screen has the keys that its kind requires, and no others."""

from collections.abc import Iterator

from courses.faults import ErrorDetail, error_detail
from courses.schema import FileScreenKind, PracticeSchema, ScreenSchema

# Optional keys of every kind, then the required keys of each kind.
_OPTIONAL_KEYS = {"id", "kind", "look", "task", "title", "picture", "says", "goes", "hint", "praise", "button"}
_REQUIRED_KEYS: dict[FileScreenKind, set[str]] = {
    FileScreenKind.TAP: {"target"},
    FileScreenKind.TYPE: {"typed", "label", "hint"},
    FileScreenKind.SECRET: {"rules", "label", "hint"},
    FileScreenKind.TICK: {"target", "hint"},
    FileScreenKind.END: set(),
    FileScreenKind.ORDER: {"item"},
    FileScreenKind.SORT: {"item", "bin"},
}


def screen_faults(practice: PracticeSchema) -> list[tuple[str, ErrorDetail]]:
    """(key, error) for every screen of the file, in order."""
    found = []
    for place, screen in enumerate(practice.screen, start=1):
        at = f"practice.screen[{place}]"
        last = place == len(practice.screen)
        found += [(f"{at}{key}", detail) for key, detail in _check_screen(screen, last=last)]
    return found


def _check_screen(screen: ScreenSchema, *, last: bool) -> Iterator[tuple[str, ErrorDetail]]:
    needed = _REQUIRED_KEYS[screen.kind]
    for key in sorted(needed - screen.model_fields_set):
        yield f".{key}", error_detail("kind_needs_it", kind=screen.kind)
    for key in sorted(screen.model_fields_set - needed - _OPTIONAL_KEYS):
        yield f".{key}", error_detail("not_of_this_kind", kind=screen.kind)
    if screen.kind is FileScreenKind.END and not last and screen.goes is None:
        yield ".goes", error_detail("end_must_lead")
    if screen.kind in (FileScreenKind.TAP, FileScreenKind.TICK):
        yield from _check_targets(screen)
    if screen.kind in (FileScreenKind.ORDER, FileScreenKind.SORT):
        yield from _check_items(screen)


def _check_targets(screen: ScreenSchema) -> Iterator[tuple[str, ErrorDetail]]:
    if screen.target and not any(target.right for target in screen.target):
        yield ".target", error_detail("none_right")
    for place, target in enumerate(screen.target, start=1):
        if screen.kind is FileScreenKind.TICK and target.goes:
            yield f".target[{place}].goes", error_detail("tick_leads_nowhere")
        if not target.right and not target.hint and not screen.hint:
            yield f".target[{place}].hint", error_detail("no_hint_when_touched")


def _check_items(screen: ScreenSchema) -> Iterator[tuple[str, ErrorDetail]]:
    if len(screen.item) < 2:
        yield ".item", error_detail("two_cards")
    bins = {bin.id for bin in screen.bin}
    if screen.kind is FileScreenKind.SORT and len(bins) < 2:
        yield ".bin", error_detail("two_bins")
    for place, item in enumerate(screen.item, start=1):
        if screen.kind is FileScreenKind.ORDER and item.bin:
            yield f".item[{place}].bin", error_detail("no_bin_in_order")
        if screen.kind is FileScreenKind.SORT and item.bin not in bins:
            yield f".item[{place}].bin", error_detail("no_such_bin", bins=", ".join(sorted(bins)) or "the bins")
        if not item.hint and not screen.hint:
            yield f".item[{place}].hint", error_detail("no_hint_when_misplaced")
