import pytest

from courses.domain.answering import check_answer
from courses.domain.picture import Picture
from courses.domain.practice import Look, ScreenKind
from courses.expansion import expand_practice
from courses.schema import PracticeSchema

ROUND = Picture("tron", "Hình tròn", "<circle/>")
SQUARE = Picture("vuong", "Hình vuông", "<rect/>")
PICTURES = {"tron": ROUND, "vuong": SQUARE, "hong": None}
END = {"id": "xong", "kind": "end", "task": "Xong."}
ORDER = {
    "id": "xep",
    "kind": "order",
    "task": "Việc nào trước?",
    "hint": "Chưa tới lượt.",
    "praise": "Đủ rồi.",
    "item": [{"id": name, "text": name.upper()} for name in ("mot", "hai", "ba", "bon")],
}
SORT = {
    "id": "chia",
    "kind": "sort",
    "task": "Ô nào?",
    "hint": "Ô kia bác ạ.",
    "bin": [{"id": "that", "text": "Thật"}, {"id": "gia", "text": "Giả"}],
    "item": [
        {"id": "a", "text": "Tin A", "bin": "gia", "hint": "Đọc đuôi nhé.", "praise": "Phải rồi."},
        {"id": "b", "text": "Tin B", "bin": "that"},
    ],
}


def practice(*screens, **more):
    return expand_practice(PracticeSchema.model_validate({"screen": list(screens)} | more), PICTURES)


def test_cards_in_order_unfold_into_one_tap_each():
    expand_practice = practice(ORDER, END)

    row = expand_practice.screens[:-1]
    assert [screen.id for screen in row] == ["xep", "xep-hai", "xep-ba", "xep-bon"]
    assert [len(screen.targets) for screen in row] == [4, 3, 2, 1]
    assert [next(t.id for t in screen.targets if t.right) for screen in row] == ["mot", "hai", "ba", "bon"]
    assert [screen.placed for screen in row] == [(), ("MOT",), ("MOT", "HAI"), ("MOT", "HAI", "BA")]
    assert {(screen.kind, screen.look) for screen in row} == {(ScreenKind.TAP, Look.CARDS)}
    assert [screen.praise for screen in row] == ["", "", "", "Đủ rồi."]


def test_cards_are_not_shown_in_the_right_order_but_always_in_the_same():
    shown = [target.id for target in practice(ORDER, END).first.targets]

    assert shown != ["mot", "hai", "ba", "bon"]
    assert shown == [target.id for target in practice(ORDER, END).first.targets]


@pytest.mark.parametrize("names", ["ab", "ba", "cd", "dc", "xy", "yx"])
def test_even_two_cards_are_shown_the_other_way_round(names):
    two = ORDER | {"item": [{"id": name, "text": name} for name in names]}

    assert [target.id for target in practice(two, END).first.targets] == list(reversed(names))


def test_a_card_touched_too_early_stays_with_a_kind_word():
    outcome = check_answer(practice(ORDER, END).first, ["ba"])

    assert (outcome.goes, outcome.hint, outcome.flash) == ("xep", "Chưa tới lượt.", ("mot",))


def test_sorting_unfolds_into_one_tap_each_with_the_bins_to_touch():
    first, second, _ = practice(SORT, END).screens

    assert (first.id, first.says, first.placed) == ("chia", ("Tin A",), ())
    assert (second.id, second.says, second.placed) == ("chia-b", ("Tin B",), ("Tin A → Giả",))
    assert check_answer(first, ["gia"]).goes == "chia-b"
    assert check_answer(first, ["that"]).hint == "Đọc đuôi nhé."
    assert check_answer(second, ["gia"]).hint == "Ô kia bác ạ."
    assert check_answer(second, ["that"]).goes == "xong"
    assert first.praise == "Phải rồi."


def test_a_row_is_named_whole_in_must_pass():
    expand_practice = practice(ORDER, SORT, END, must_pass=["chia"])

    assert expand_practice.must_pass == ("chia", "chia-b")


def test_unsaid_every_screen_on_the_right_way_must_be_passed():
    assert practice(SORT, END).must_pass == ("chia", "chia-b")


def test_unsaid_a_right_answer_leads_to_the_next_screen_and_from_the_last_one_out():
    ask = {"id": "go", "kind": "type", "task": "Gõ.", "typed": "1", "label": "Số", "hint": "Gõ lại nhé."}
    touch = {"id": "cham", "kind": "tap", "task": "Chạm.", "target": [{"id": "day", "text": "Đây", "right": True}]}
    first, second = practice(ask, touch).screens

    assert check_answer(first, ["1"]).goes == "cham"
    assert check_answer(second, ["day"]).ends


def test_a_targets_own_way_comes_before_the_screens():
    touch = {
        "id": "cham",
        "kind": "tap",
        "task": "Chạm.",
        "goes": "xong",
        "target": [
            {"id": "day", "text": "Đây", "right": True},
            {"id": "kia", "text": "Kia", "right": True, "goes": "giua"},
            {"id": "lech", "text": "Lệch", "hint": "Bác thử chỗ khác nhé."},
        ],
    }
    first = practice(touch, END | {"id": "giua", "goes": "xong"}, END).first

    assert [target.goes for target in first.targets] == ["xong", "giua", ""]


def test_screens_and_their_places_to_touch_have_the_pictures_they_name():
    touch = {
        "id": "cham",
        "kind": "tap",
        "task": "Chạm.",
        "picture": "tron",
        "target": [
            {"id": "day", "text": "Đây", "right": True, "picture": "vuong"},
            {"id": "kia", "text": "Kia", "right": True, "picture": "hong"},
            {"id": "do", "text": "Đó", "right": True},
        ],
    }
    first = practice(touch, END).first

    assert first.picture is ROUND
    assert [target.picture for target in first.targets] == [SQUARE, None, None]


def test_a_card_to_put_in_order_keeps_its_picture_until_it_is_put_down():
    drawn = ORDER | {"item": [item | {"picture": "tron"} for item in ORDER["item"][:2]]}
    first, second, _ = practice(drawn, END).screens

    assert [target.picture for target in first.targets] == [ROUND, ROUND]
    assert [target.picture for target in second.targets] == [ROUND]
    assert first.picture is None


def test_a_card_to_sort_shows_its_own_picture_or_else_that_of_its_screen():
    one, other = SORT["item"]
    first, second, _ = practice(SORT | {"picture": "vuong", "item": [one | {"picture": "tron"}, other]}, END).screens

    assert (first.picture, second.picture) == (ROUND, SQUARE)
    assert {target.picture for target in first.targets} == {None}
