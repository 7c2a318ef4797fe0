import pytest
from hypothesis import given, strategies

from courses.domain.answering import check_answer
from courses.domain.practice import Look, Screen, ScreenKind, ScreenTarget
from courses.domain.secrets import SECRET_RULES, rules_met


def screen(kind: ScreenKind, **changes) -> Screen:
    return Screen(**{"id": "day", "kind": kind, "look": Look.APP, "task": "Bác làm gì?", "goes": "sau"} | changes)


CALL = screen(
    ScreenKind.TAP,
    goes="",
    hint="Bác thử lại nhé.",
    targets=(
        ScreenTarget("tat-may", "Tắt máy", right=True, goes="sau"),
        ScreenTarget("doc-ma", "Đọc mã", right=False, hint="Dừng lại!"),
        ScreenTarget("bam", "Bấm đường dẫn", right=False, goes="bao-dong", hint="Nếu là thật thì…"),
        ScreenTarget("im-lang", "Im lặng", right=False),
    ),
)
NUMBER = screen(ScreenKind.TYPE, typed="000000000000", hint="Đếm lại nhé.")
PHONE = screen(ScreenKind.TYPE, typed="0900000000", hint="Gõ lại nhé.")
NAME = screen(ScreenKind.TYPE, typed="Nguyễn Thị Mẫu", hint="Gõ đủ dấu nhé.")
PASSWORD = screen(ScreenKind.SECRET, rules=("at_least_8", "upper", "lower", "digit", "mark"), hint="Thêm cho đủ nhé.")
PASSCODE = screen(ScreenKind.SECRET, rules=("six_digits", "not_a_run", "not_all_same"), hint="Chọn số khác nhé.")
PACKING = screen(
    ScreenKind.TICK,
    hint="Cần đủ hai thứ.",
    targets=(
        ScreenTarget("the", "Thẻ", right=True),
        ScreenTarget("so-do", "Sổ đỏ", right=False, hint="Sổ đỏ cất ở nhà."),
        ScreenTarget("may", "Máy", right=True),
    ),
)
END = screen(ScreenKind.END, goes="")


def test_the_right_tap_leads_on():
    outcome = check_answer(CALL, ["tat-may"])

    assert (outcome.right, outcome.goes, outcome.hint, outcome.flash) == (True, "sau", "", ())


def test_a_tap_beside_the_mark_stays_with_its_own_hint_and_lights_up_the_right_place():
    outcome = check_answer(CALL, ["doc-ma"])

    assert (outcome.right, outcome.goes, outcome.hint, outcome.flash) == (False, "day", "Dừng lại!", ("tat-may",))


def test_a_tap_without_a_hint_of_its_own_gets_the_screens():
    assert check_answer(CALL, ["im-lang"]).hint == "Bác thử lại nhé."


def test_a_detour_leads_away_and_is_not_right():
    outcome = check_answer(CALL, ["bam"])

    assert (outcome.right, outcome.goes, outcome.flash) == (False, "bao-dong", ())


@pytest.mark.parametrize("given", [[], [""], ["khong-co"], ["tat-may", "doc-ma"], ["tat-may", "tat-may"]])
def test_anything_but_one_known_tap_stays(given):
    outcome = check_answer(CALL, given)

    assert (outcome.right, outcome.goes, outcome.flash) == (False, "day", ("tat-may",))


@pytest.mark.parametrize("typed", ["000000000000", "000 000 000 000", " 0000-0000-0000 ", "000.000.000.000", "０" * 12])
def test_spaces_dots_and_dashes_do_not_count_in_a_number(typed):
    assert check_answer(NUMBER, [typed]).right


@pytest.mark.parametrize("typed", ["", "0", "00000000000", "0000000000000", "000000000008", "không nhớ"])
def test_a_miscounted_number_gets_a_kind_word_and_is_not_taken_for_a_real_one(typed):
    outcome = check_answer(NUMBER, [typed])

    assert (outcome.right, outcome.goes, outcome.hint, outcome.wiped) == (False, "day", "Đếm lại nhé.", False)


def test_a_name_is_read_without_capitals_but_with_its_marks():
    assert check_answer(NAME, ["nguyễn thị  mẫu "]).right
    assert check_answer(NAME, ["nguye\u0302\u0303n thi\u0323 ma\u0302\u0303u"]).right  # letters and marks typed apart
    assert not check_answer(NAME, ["nguyen thi mau"]).right


# Numbers made up for this test; none of them is the sample shown on the screen.
@pytest.mark.parametrize(
    "typed",
    [
        "038201000123",  # a personal number
        "038 201 000 123",
        "172345678",  # an old identity number
        "0912 345 678",
        "+84 912.345.678",
        "4111 1111 1111 1112",
        "so cua toi la 038201000123",
        "０３８２０１０００１２３",  # full-width, as some keyboards type
        "0\u00a03\u00a08201000123",
    ],
)
@pytest.mark.parametrize("screen", [NUMBER, PHONE, NAME, PASSWORD, PASSCODE], ids=["id", "phone", "name", "pw", "pin"])
def test_what_may_be_somebodys_number_is_wiped_and_echoed_nowhere(screen, typed):
    outcome = check_answer(screen, [typed])

    assert outcome.wiped
    assert (outcome.right, outcome.goes) == (False, "day")
    assert typed not in repr(outcome)


def test_a_number_typed_in_two_pieces_is_wiped_too():
    assert check_answer(NUMBER, ["038201", "000123"]).wiped


def test_the_shown_phone_number_is_right_and_another_one_is_wiped():
    assert check_answer(PHONE, ["0900 000 000"]).right
    assert check_answer(PHONE, ["0981 234 567"]).wiped


@pytest.mark.parametrize("shown", ["038201000123", "0981234567", "172345678", "4111111111111111"])
def test_a_shown_number_typed_as_shown_is_right_even_where_it_could_be_somebodys(shown):
    number = screen(ScreenKind.TYPE, typed=shown, hint="Đếm lại nhé.")

    outcome = check_answer(number, [f" {shown[:4]} {shown[4:]} "])

    assert (outcome.right, outcome.goes, outcome.wiped) == (True, "sau", False)
    assert check_answer(number, ["0912 345 678"]).wiped


@given(strategies.integers(min_value=0, max_value=10**12 - 1))
def test_twelve_digits_are_the_sample_a_slip_of_the_finger_or_wiped(number):
    typed = f"{number:012}"
    outcome = check_answer(NUMBER, [typed])

    assert outcome.right == (typed == "0" * 12)
    assert outcome.wiped == (len(set(typed)) > 1 and len(typed.replace("0", "")) > 1)


def test_a_password_is_told_which_rules_hold_and_which_are_missing():
    outcome = check_answer(PASSWORD, ["matkhau1"])

    assert outcome.met == ("at_least_8", "lower", "digit")
    assert outcome.missing == ("upper", "mark")
    assert (outcome.right, outcome.hint) == (False, "Thêm cho đủ nhé.")


def test_the_sample_password_passes():
    assert check_answer(PASSWORD, ["Bvs@Que27lua"]).right


@pytest.mark.parametrize(
    ("typed", "missing"),
    [
        ("", ("six_digits", "not_a_run", "not_all_same")),
        ("123456", ("not_a_run",)),
        ("654321", ("not_a_run",)),
        ("890123", ("not_a_run",)),
        ("000000", ("not_all_same",)),
        ("27381", ("six_digits",)),
        ("2738149", ("six_digits",)),
        ("27a814", ("six_digits",)),
        ("２７３８１４", ("six_digits",)),
        ("273814", ()),
        (" 273814 ", ()),
        ("121212", ()),
    ],
)
def test_a_passcode_must_not_be_easy_to_guess(typed, missing):
    outcome = check_answer(PASSCODE, [typed])

    assert outcome.missing == missing
    assert outcome.right == (not missing)


@given(strategies.text(max_size=40), strategies.sets(strategies.sampled_from(sorted(SECRET_RULES))))
def test_met_and_missing_share_out_the_rules_whatever_is_typed(typed, rules):
    outcome = check_answer(screen(ScreenKind.SECRET, rules=tuple(rules)), [typed])

    assert {*outcome.met, *outcome.missing} == rules
    assert not {*outcome.met} & {*outcome.missing}
    assert outcome.right == (not outcome.missing and not outcome.wiped)


@given(strategies.text(alphabet="abcXYZ019@# ", max_size=12), strategies.text(alphabet="aZ5@", max_size=5))
def test_a_longer_password_never_loses_a_rule_it_met(short, more):
    rules = ("at_least_8", "upper", "lower", "digit", "mark")

    assert set(rules_met(short.strip(), rules)) <= set(rules_met(short.strip() + more, rules))


def test_ticking_takes_all_and_only_the_right_things_in_any_order():
    assert check_answer(PACKING, ["may", "the"]).right
    assert check_answer(PACKING, ["the", "may", "may"]).right


@pytest.mark.parametrize(
    ("ticked", "hint", "flash"),
    [
        ([], "Cần đủ hai thứ.", ("the", "may")),
        (["the"], "Cần đủ hai thứ.", ("may",)),
        (["the", "may", "so-do"], "Sổ đỏ cất ở nhà.", ()),
        (["so-do"], "Sổ đỏ cất ở nhà.", ("the", "may")),
        (["khong-co"], "Cần đủ hai thứ.", ("the", "may")),
    ],
)
def test_ticking_otherwise_lights_up_what_was_left_out(ticked, hint, flash):
    outcome = check_answer(PACKING, ticked)

    assert (outcome.right, outcome.goes, outcome.hint, outcome.flash) == (False, "day", hint, flash)


def test_the_end_has_nothing_to_ask():
    assert check_answer(END, []).right
    assert check_answer(END, []).ends
    assert not check_answer(CALL, ["tat-may"]).ends


@given(
    strategies.sampled_from([CALL, NUMBER, PHONE, NAME, PASSWORD, PASSCODE, PACKING, END]),
    strategies.lists(strategies.text(max_size=50), max_size=4),
)
def test_any_answer_at_all_leads_somewhere(screen, given):
    outcome = check_answer(screen, given)

    assert outcome.goes in {"day", "sau", "bao-dong", ""}
    assert outcome.right or outcome.wiped or outcome.hint
