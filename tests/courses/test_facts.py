from datetime import date

import pytest

from courses.domain.facts import Fact, FactKind, UnknownFact, spelled_out_facts, substitute
from courses.domain.lesson import Reliability


def fact(name: str, about: FactKind, value: str) -> Fact:
    return Fact(name, about, value, "mẫu", "không có", Reliability.MEMORY, date(2026, 11, 21))


FACTS = {
    each.name: each
    for each in (
        fact("TD_MAU", FactKind.PHONE, "156"),
        fact("WEB_MAU", FactKind.LINK, "mau.gov.vn"),
        fact("MENU_MAU", FactKind.MENU, "Ví mẫu"),
        fact("TUOI_MAU", FactKind.THRESHOLD, "14"),
        fact("HAN_MAU", FactKind.THRESHOLD, "60 ngày"),
    )
}


def test_facts_are_told_in_place_of_their_names():
    assert substitute("Gọi {TD_MAU} hay {TD_MAU}, vào {WEB_MAU}.", FACTS) == "Gọi 156 hay 156, vào mau.gov.vn."


def test_a_value_is_not_looked_into_for_further_names():
    facts = {"A": fact("A", FactKind.MESSAGE, "{B}"), "B": fact("B", FactKind.PHONE, "1")}

    assert substitute("{A}", facts) == "{B}"


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
        substitute(text, FACTS)

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
    assert spelled_out_facts(text, FACTS) == names
