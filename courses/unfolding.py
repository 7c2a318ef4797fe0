"""Unfolds the screens as written into the four kinds a page can show.

`order` and `sort` become rows of TAP screens, one for each card. What a screen leaves unsaid about where it leads
is the next screen in the file.
"""

from collections.abc import Callable, Mapping
from zlib import crc32

from courses.domain.paths import END, on_every_right_way
from courses.domain.picture import Picture
from courses.domain.practice import Kind, Look, Practice, Screen, Target
from courses.written import WrittenItem, WrittenKind, WrittenPractice, WrittenScreen, WrittenTarget

Pictures = Mapping[str, Picture | None]


def unfolded(written: WrittenPractice, pictures: Pictures) -> Practice:
    """The practice as pages show it.

    pictures: as read_pictures gives them; one that could not be taken in is gone without.
    must_pass: as written, else every screen that no right way goes around. In a row of cards, naming the row in
    must_pass stands for all its cards.
    """
    screens: list[Screen] = []
    row_of: dict[str, tuple[str, ...]] = {}
    followers = [*(screen.id for screen in written.screen[1:]), END]
    for screen, following in zip(written.screen, followers, strict=True):
        row = _UNFOLD.get(screen.kind, _alone)(screen, screen.goes or following, pictures)
        row_of[screen.id] = tuple(one.id for one in row)
        screens.extend(row)
    if written.must_pass is None:
        must_pass = on_every_right_way(screens)
    else:
        must_pass = tuple(each for named in written.must_pass for each in row_of.get(named, (named,)))
    return Practice(screens=tuple(screens), must_pass=must_pass, intro=written.intro or "")


def _alone(screen: WrittenScreen, goes: str, pictures: Pictures) -> list[Screen]:
    kind = Kind(screen.kind)
    return [
        Screen(
            id=screen.id,
            kind=kind,
            look=screen.look,
            task=screen.task,
            title=screen.title or "",
            says=tuple(screen.says),
            targets=tuple(_target(target, goes if kind is Kind.TAP else END, pictures) for target in screen.target),
            label=screen.label or "",
            typed=screen.typed or "",
            rules=tuple(screen.rules),
            goes=END if kind is Kind.TAP else goes,
            button=screen.button or "",
            hint=screen.hint or "",
            praise=screen.praise or "",
            picture=_drawn(screen, pictures),
        )
    ]


def _target(target: WrittenTarget, goes: str, pictures: Pictures) -> Target:
    leads_to = target.goes or (goes if target.right else "")
    return Target(
        id=target.id,
        text=target.text,
        right=target.right,
        goes=leads_to,
        hint=target.hint or "",
        picture=_drawn(target, pictures),
    )


def _drawn(written: WrittenScreen | WrittenTarget | WrittenItem, pictures: Pictures) -> Picture | None:
    return pictures.get(written.picture or "")


def _ordered(screen: WrittenScreen, goes: str, pictures: Pictures) -> list[Screen]:
    """One screen for each place to fill, showing the cards that are left, always shuffled the same way."""
    shuffled = sorted(screen.item, key=lambda item: crc32(f"{screen.id}/{item.id}".encode()))
    if shuffled == screen.item:
        shuffled.reverse()

    def targets(due: WrittenItem, left: list[WrittenItem], leads_to: str) -> tuple[Target, ...]:
        return tuple(
            Target(
                id=item.id,
                text=item.text,
                right=item is due,
                goes=leads_to if item is due else "",
                hint="" if item is due else item.hint or "",
                picture=_drawn(item, pictures),
            )
            for item in shuffled
            if item in left
        )

    return _row(
        screen,
        goes,
        lambda item, after, leads_to: targets(item, [item, *after], leads_to),
        lambda item: item.text,
        lambda _item: (),
        lambda _item: _drawn(screen, pictures),
    )


def _sorted(screen: WrittenScreen, goes: str, pictures: Pictures) -> list[Screen]:
    """One screen for each card, the bins as its targets."""
    names = {bin.id: bin.text for bin in screen.bin}
    return _row(
        screen,
        goes,
        lambda item, _after, leads_to: tuple(
            Target(
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
        lambda item: _drawn(item, pictures) or _drawn(screen, pictures),
    )


def _row(
    screen: WrittenScreen,
    goes: str,
    targets: Callable[[WrittenItem, list[WrittenItem], str], tuple[Target, ...]],
    put_down: Callable[[WrittenItem], str],
    shows: Callable[[WrittenItem], tuple[str, ...]],
    drawn: Callable[[WrittenItem], Picture | None],
) -> list[Screen]:
    # The first keeps the written id, so that `goes` finds the row; the others are named by their card, so that a
    # card added later renames none of them.
    ids = [screen.id, *(f"{screen.id}-{item.id}" for item in screen.item[1:])]
    row = []
    for place, (item, id_) in enumerate(zip(screen.item, ids, strict=False)):
        last = place == len(screen.item) - 1
        row.append(
            Screen(
                id=id_,
                kind=Kind.TAP,
                look=Look.CARDS if "look" not in screen.model_fields_set else screen.look,
                task=screen.task,
                title=screen.title or "",
                says=(*screen.says, *shows(item)),
                targets=targets(item, screen.item[place + 1 :], goes if last else ids[place + 1]),
                placed=tuple(put_down(before) for before in screen.item[:place]),
                hint=screen.hint or "",
                praise=item.praise or (screen.praise or "" if last else ""),
                picture=drawn(item),
            )
        )
    return row


_UNFOLD: dict[WrittenKind, Callable[[WrittenScreen, str, Pictures], list[Screen]]] = {
    WrittenKind.ORDER: _ordered,
    WrittenKind.SORT: _sorted,
}
