from courses.domain.practice import Look, Screen, ScreenKind, ScreenTarget
from courses.domain.screen_graph import END, reachable_screens, required_screens


def tap(id: str, right: list[str], detours: tuple[str, ...] = ()) -> Screen:
    targets = [ScreenTarget(f"dung-{goes}", "…", right=True, goes=goes) for goes in right]
    targets += [ScreenTarget(f"lech-{goes}", "…", right=False, goes=goes) for goes in detours]
    return Screen(id=id, kind=ScreenKind.TAP, look=Look.APP, task="…", targets=tuple(targets))


def end(id: str, goes: str = END) -> Screen:
    return Screen(id=id, kind=ScreenKind.END, look=Look.APP, task="…", goes=goes)


def test_detours_are_reached_but_not_by_right_answers():
    screens = {s.id: s for s in (tap("a", ["b"], ("bao-dong",)), end("b"), end("bao-dong", "a"))}

    assert reachable_screens(screens, "a") == {"a", "b", "bao-dong", END}
    assert reachable_screens(screens, "a", right_only=True) == {"a", "b", END}


def test_a_ring_never_reaches_the_end():
    screens = {s.id: s for s in (tap("a", ["b"]), tap("b", ["a"]))}

    assert END not in reachable_screens(screens, "a")


def test_what_a_right_way_goes_around_need_not_be_passed():
    # Not answering the stranger's call is right too, and skips hanging up.
    screens = (tap("chuong", ["nghe", "bao"]), tap("nghe", ["bao"]), tap("bao", ["xong"]), end("xong"))

    assert required_screens(screens) == ("chuong", "bao")
