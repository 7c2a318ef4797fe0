import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning.domain.codes import ALPHABET, LENGTH, RANDOM_BITS, InvalidCode, code_from, format_code, read_code

numbers = st.integers(min_value=0, max_value=2**RANDOM_BITS - 1)


@given(numbers)
def test_a_code_is_ten_characters_that_read_back_as_themselves(number):
    code = code_from(number)

    assert len(code) == LENGTH == 10
    assert not set(code) & set("ILOU")
    assert read_code(code) == code


@given(numbers, numbers)
def test_different_numbers_have_different_codes(one, other):
    assert (code_from(one) == code_from(other)) == (one == other)


@given(numbers, st.integers(0, 9), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_noticed(number, place, character):
    code = code_from(number)
    mistyped = code[:place] + character + code[place + 1 :]

    if mistyped != code:
        with pytest.raises(InvalidCode):
            read_code(mistyped)


@given(numbers, st.integers(0, 9), st.integers(0, 9))
def test_two_characters_in_each_others_place_are_always_noticed(number, one, other):
    letters = list(code_from(number))
    letters[one], letters[other] = letters[other], letters[one]
    mistyped = "".join(letters)

    if mistyped != code_from(number):
        with pytest.raises(InvalidCode):
            read_code(mistyped)


@given(numbers)
def test_codes_are_read_the_way_people_type_them(number):
    code = code_from(number)
    typed = format_code(code).lower().replace("0", "o").replace("1", "l").replace("-", " – ")

    assert read_code(f"  {typed} ") == code


@pytest.mark.parametrize("typed", ["", "ABC", "A" * 11, "K7M2QX94B!", "٠" * 10, "ꪀ" * 10, "%00" * 4, "\x00" * 10])
def test_what_cannot_be_a_code_is_mistyped(typed):
    with pytest.raises(InvalidCode):
        read_code(typed)
