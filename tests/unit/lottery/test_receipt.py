"""Receipt codes are read as they were meant, and slips of the pen are noticed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yoyaku.lottery.policy.receipt import LETTERS, RANDOM_BYTES, ReceiptMalformed, new_receipt, read_receipt

RANDOM = st.binary(min_size=RANDOM_BYTES, max_size=RANDOM_BYTES)


def test_a_code_is_ten_letters_that_cannot_be_misread():
    code = new_receipt(bytes(range(RANDOM_BYTES)))
    assert code == new_receipt(bytes(range(RANDOM_BYTES)) + b"more")
    assert (len(code), code[5]) == (11, "-")
    assert set(code) - {"-"} <= set(LETTERS)


@given(RANDOM)
def test_a_code_is_read_back(random_bytes):
    code = new_receipt(random_bytes)
    assert read_receipt(code) == code
    assert read_receipt(f"  {code.lower().replace('-', '')} ") == code
    assert read_receipt(code.replace("0", "o").replace("1", "l")) == code
    assert read_receipt(code.replace("1", "I").replace("-", "ー")) == code
    assert read_receipt("".join(chr(ord(letter) + 0xFEE0) for letter in code)) == code


@given(RANDOM, st.integers(0, 9), st.sampled_from(LETTERS))
def test_one_wrong_letter_is_noticed(random_bytes, place, letter):
    code = new_receipt(random_bytes).replace("-", "")
    if code[place] != letter:
        with pytest.raises(ReceiptMalformed):
            read_receipt(code[:place] + letter + code[place + 1 :])


@given(RANDOM, st.integers(0, 8))
def test_neighbours_that_changed_places_are_noticed(random_bytes, place):
    code = new_receipt(random_bytes).replace("-", "")
    if code[place] != code[place + 1]:
        with pytest.raises(ReceiptMalformed):
            read_receipt(code[:place] + code[place + 1] + code[place] + code[place + 2 :])


@pytest.mark.parametrize("text", ["", "ABCDE", "ABCDE-FGHJKL", "ABCDU-FGHJK", "受付番号", "00000-0000é"])
def test_what_is_no_code_is_refused(text):
    with pytest.raises(ReceiptMalformed):
        read_receipt(text)


def test_a_code_needs_enough_randomness():
    with pytest.raises(ValueError, match="six random bytes"):
        new_receipt(b"short")
