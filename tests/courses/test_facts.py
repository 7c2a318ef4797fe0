from datetime import date

import pytest

from courses.domain.facts import About, Fact, UnknownFact, tell, written_out
from courses.domain.lesson import Reliability


def fact(name: str, about: About, value: str) -> Fact:
    return Fact(name, about, value, "mẫu", "không có", Reliability.MEMORY, date(2026, 11, 21))


FACTS = {
    each.name: each
    for each in (
        fact("TD_MAU", About.PHONE, "156"),
        fact("WEB_MAU", About.LINK, "mau.gov.vn"),
        fact("MENU_MAU", About.MENU, "Ví mẫu"),
        fact("TUOI_MAU", About.THRESHOLD, "14"),
        fact("HAN_MAU", About.THRESHOLD, "60 ngày"),
    )
}


def test_facts_are_told_in_place_of_their_names():
    assert tell("Gọi {TD_MAU} hay {TD_MAU}, vào {WEB_MAU}.", FACTS) == "Gọi 156 hay 156, vào mau.gov.vn."


def test_a_value_is_not_looked_into_for_further_names():
    facts = {"A": fact("A", About.MESSAGE, "{B}"), "B": fact("B", About.PHONE, "1")}

    assert tell("{A}", facts) == "{B}"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Gọi {TD_KHAC} hay {TD_LA}.", ("{TD_KHAC}", "{TD_LA}")),
        ("Gọi {td_mau}.", ("{td_mau}",)),
        ("Gọi {}.", ("{}",)),
        ("Gọi {TD_MAU", ("{",)),
        ("Gọi TD_MAU}", ("}",)),
        ("Gọi {{TD_MAU}}", ("{", "}")),
    ],
)
def test_every_unknown_name_and_stray_brace_is_named(text, names):
    with pytest.raises(UnknownFact) as caught:
        tell(text, FACTS)

    assert caught.value.names == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Gọi 156.", ("TD_MAU",)),
        ("Gọi (156), vào mau.gov.vn", ("TD_MAU", "WEB_MAU")),
        ("Gọi 1566 hay 0156 hay 1.156", ()),
        ("vào mau.gov.vn.top", ("WEB_MAU",)),
        ("Chạm **Ví mẫu**.", ("MENU_MAU",)),
        ("Chạm “Ví mẫu”.", ("MENU_MAU",)),
        ("Ví mẫu", ("MENU_MAU",)),
        ("Ví mẫu để trong túi.", ()),
        ("Năm nay 14 tuổi.", ()),
        ("Hạn là 60 ngày.", ("HAN_MAU",)),
        ("Hạn là 160 ngày.", ()),
    ],
)
def test_a_value_written_out_is_found_where_it_stands_for_the_fact(text, names):
    assert written_out(text, FACTS) == names
