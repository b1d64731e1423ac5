import pytest

from yoyaku.lottery.policy.publishing import (
    ValueMalformed,
    ValueNotByHand,
    ValuePublished,
    ValuesDiffer,
    ValueTooEarly,
    check_publishable,
    read_value,
)


@pytest.mark.parametrize(
    ("typed", "again", "counts"),
    [
        ("39123.45", "39123.45", "39123.45"),
        (" ３９１２３．４５　", "39123.45", "39123.45"),
        ("12 31 40", "12　31　40", "12 31 40"),
    ],
)
def test_a_value_counts_as_it_is_read_not_as_it_is_typed(typed, again, counts):
    assert read_value(typed, again) == counts


@pytest.mark.parametrize("typed", ["", "　", "1\n2", "x" * 201, "a\x00"])
def test_what_is_no_single_line_is_refused(typed):
    with pytest.raises(ValueMalformed):
        read_value(typed, typed)


def test_two_different_values_are_refused():
    with pytest.raises(ValuesDiffer):
        read_value("39123.45", "39123.54")


@pytest.mark.parametrize(
    ("by_hand", "state", "value", "refusal"),
    [
        (False, "sealed", None, ValueNotByHand),
        (True, "planned", None, ValueTooEarly),
        (True, "open", None, ValueTooEarly),
        (True, "sealed", "1", ValuePublished),
        (True, "drawn", "1", ValuePublished),
    ],
)
def test_a_value_is_given_by_hand_once_between_closing_and_draw(by_hand, state, value, refusal):
    with pytest.raises(refusal):
        check_publishable(by_hand=by_hand, state=state, value=value)
    assert check_publishable(by_hand=True, state="sealed", value=None) is None
