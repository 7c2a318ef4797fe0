"""Expands the practice screens of a file into the kinds a page can show.

`order` and `sort` become sequences of TAP screens, one for each card. Without `goes` a screen leads to the next one in
the file.
"""

from collections.abc import Callable, Mapping
from zlib import crc32

from courses.domain.picture import Picture
from courses.domain.practice import Look, Practice, Screen, ScreenKind, ScreenTarget
from courses.domain.screen_graph import END, required_screens
from courses.schema import FileScreenKind, ItemSchema, PracticeSchema, ScreenSchema, TargetSchema

Pictures = Mapping[str, Picture | None]


def expand_practice(source: PracticeSchema, pictures: Pictures) -> Practice:
    """The practice as pages show it.

    pictures: as read_pictures returns them; a faulty one (None) is left out.
    must_pass: as in the file, else all screens that every path of right answers passes. The id of an `order` or `sort`
    screen in must_pass means all its cards.
    """
    screens: list[Screen] = []
    expanded_ids: dict[str, tuple[str, ...]] = {}
    followers = [*(screen.id for screen in source.screen[1:]), END]
    for screen, following in zip(source.screen, followers, strict=True):
        row = _EXPANDERS.get(screen.kind, _single_screen)(screen, screen.goes or following, pictures)
        expanded_ids[screen.id] = tuple(one.id for one in row)
        screens.extend(row)
    if source.must_pass is None:
        must_pass = required_screens(screens)
    else:
        must_pass = tuple(each for label in source.must_pass for each in expanded_ids.get(label, (label,)))
    return Practice(screens=tuple(screens), must_pass=must_pass, intro=source.intro or "")


def _single_screen(screen: ScreenSchema, goes: str, pictures: Pictures) -> list[Screen]:
    kind = ScreenKind(screen.kind)
    return [
        Screen(
            id=screen.id,
            kind=kind,
            look=screen.look,
            task=screen.task,
            title=screen.title or "",
            says=tuple(screen.says),
            targets=tuple(
                _target(target, goes if kind is ScreenKind.TAP else END, pictures) for target in screen.target
            ),
            label=screen.label or "",
            typed=screen.typed or "",
            rules=tuple(screen.rules),
            goes=END if kind is ScreenKind.TAP else goes,
            button=screen.button or "",
            hint=screen.hint or "",
            praise=screen.praise or "",
            picture=_picture_of(screen, pictures),
        )
    ]


def _target(target: TargetSchema, goes: str, pictures: Pictures) -> ScreenTarget:
    leads_to = target.goes or (goes if target.right else "")
    return ScreenTarget(
        id=target.id,
        text=target.text,
        right=target.right,
        goes=leads_to,
        hint=target.hint or "",
        picture=_picture_of(target, pictures),
    )


def _picture_of(source: ScreenSchema | TargetSchema | ItemSchema, pictures: Pictures) -> Picture | None:
    return pictures.get(source.picture or "")


def _expand_order(screen: ScreenSchema, goes: str, pictures: Pictures) -> list[Screen]:
    """One screen for each position, with the remaining cards. The shuffle is the same every time."""
    shuffled = sorted(screen.item, key=lambda item: crc32(f"{screen.id}/{item.id}".encode()))
    if shuffled == screen.item:
        shuffled.reverse()

    def targets(due: ItemSchema, left: list[ItemSchema], leads_to: str) -> tuple[ScreenTarget, ...]:
        return tuple(
            ScreenTarget(
                id=item.id,
                text=item.text,
                right=item is due,
                goes=leads_to if item is due else "",
                hint="" if item is due else item.hint or "",
                picture=_picture_of(item, pictures),
            )
            for item in shuffled
            if item in left
        )

    return _card_screens(
        screen,
        goes,
        lambda item, after, leads_to: targets(item, [item, *after], leads_to),
        lambda item: item.text,
        lambda _item: (),
        lambda _item: _picture_of(screen, pictures),
    )


def _expand_sort(screen: ScreenSchema, goes: str, pictures: Pictures) -> list[Screen]:
    """One screen for each card, the bins as its targets."""
    names = {bin.id: bin.text for bin in screen.bin}
    return _card_screens(
        screen,
        goes,
        lambda item, _after, leads_to: tuple(
            ScreenTarget(
                id=bin.id,
                text=bin.text,
                right=bin.id == item.bin,
                goes=leads_to if bin.id == item.bin else "",
                hint="" if bin.id == item.bin else item.hint or "",
            )
            for bin in screen.bin
        ),
        lambda item: f"{item.text} → {names.get(item.bin or '', '')}",
        lambda item: (item.text,),
        lambda item: _picture_of(item, pictures) or _picture_of(screen, pictures),
    )


def _card_screens(
    screen: ScreenSchema,
    goes: str,
    targets: Callable[[ItemSchema, list[ItemSchema], str], tuple[ScreenTarget, ...]],
    placed_text: Callable[[ItemSchema], str],
    extra_lines: Callable[[ItemSchema], tuple[str, ...]],
    picture_for: Callable[[ItemSchema], Picture | None],
) -> list[Screen]:
    # The first has the id of the file, so that `goes` finds it; the others are named by their card, so that a card
    # added later renames none of them.
    ids = [screen.id, *(f"{screen.id}-{item.id}" for item in screen.item[1:])]
    row = []
    for place, (item, id_) in enumerate(zip(screen.item, ids, strict=False)):
        last = place == len(screen.item) - 1
        row.append(
            Screen(
                id=id_,
                kind=ScreenKind.TAP,
                look=Look.CARDS if "look" not in screen.model_fields_set else screen.look,
                task=screen.task,
                title=screen.title or "",
                says=(*screen.says, *extra_lines(item)),
                targets=targets(item, screen.item[place + 1 :], goes if last else ids[place + 1]),
                placed=tuple(placed_text(before) for before in screen.item[:place]),
                hint=screen.hint or "",
                praise=item.praise or (screen.praise or "" if last else ""),
                picture=picture_for(item),
            )
        )
    return row


_EXPANDERS: dict[FileScreenKind, Callable[[ScreenSchema, str, Pictures], list[Screen]]] = {
    FileScreenKind.ORDER: _expand_order,
    FileScreenKind.SORT: _expand_sort,
}
