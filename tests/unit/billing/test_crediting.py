"""Money moved from a use that could not be had to another, money that waits, and tills that were counted."""

from dataclasses import replace

import pytest

from yoyaku.billing.policy.crediting import CreditRefused, LostUse, OtherUse, credit_yen
from yoyaku.billing.policy.postings import postings_of_close
from yoyaku.billing.policy.waiting import Waiting, ways_out
from yoyaku.billing.terms import Credits

TERMS = Credits(grounds=["rain", "equipment_failure"], methods=["cash", "online"])
LOST = LostUse(
    person="1", payee="city", grounds="rain", minutes=180, fee_yen=2250, left_yen=2250, methods=frozenset({"cash"})
)
OTHER = OtherUse(person="1", payee="city", is_live=True, minutes=180, fee_yen=2250, outstanding_yen=2250)


@pytest.mark.fact("KS-103", "KS-104")
def test_three_hours_of_tennis_that_rained_out_pay_for_three_others():
    assert credit_yen(TERMS, lost=LOST, other=OTHER) == 2250
    assert credit_yen(TERMS, lost=LOST, other=replace(OTHER, minutes=120, fee_yen=1500, outstanding_yen=1500)) == 1500


@pytest.mark.fact("KS-103")
@pytest.mark.parametrize(
    ("lost", "other", "reason"),
    [
        ({"minutes": 60, "fee_yen": 750, "left_yen": 750}, {}, "shorter"),
        ({"minutes": 60}, {}, "shorter"),
        ({"fee_yen": 750, "left_yen": 750}, {}, "cheaper"),
        ({"left_yen": 1000}, {}, "cheaper"),
        ({"grounds": None}, {}, "not_by_rules"),
        ({"grounds": "closure"}, {}, "not_by_rules"),
        ({"methods": frozenset({"cash", "debit"})}, {}, "not_paid_so"),
        ({}, {"person": "2"}, "other_person"),
        ({}, {"payee": "manager"}, "other_payee"),
        ({}, {"is_live": False}, "not_live"),
        ({}, {"outstanding_yen": 0}, "nothing"),
    ],
)
def test_anything_less_or_anybody_else_s_moves_nothing(lost, other, reason):
    with pytest.raises(CreditRefused) as refused:
        credit_yen(TERMS, lost=replace(LOST, **lost), other=replace(OTHER, **other))

    assert refused.value.variant == reason


def test_nothing_moves_where_the_rules_know_no_credit():
    with pytest.raises(CreditRefused):
        credit_yen(None, lost=LOST, other=OTHER)


WAITS = Waiting(kind="late_payment", amount_yen=500, left_yen=500, counted=False, room_yen=0, through_provider=True)


@pytest.mark.parametrize(
    ("changed", "ways"),
    [
        ({}, {"refund"}),
        ({"room_yen": 500}, {"refund", "apply"}),
        ({"room_yen": 499}, {"refund"}),
        ({"kind": "double_payment", "through_provider": False}, {"cash", "transfer"}),
        ({"left_yen": 499}, set()),
        ({"counted": True}, set()),
        ({"kind": "other_amount", "room_yen": 500}, {"refund"}),
        ({"kind": "other_amount", "through_provider": False}, {"cash", "transfer"}),
        ({"kind": "refund_failed"}, {"refund", "cash", "transfer"}),
        ({"kind": "refund_failed", "through_provider": False}, {"cash", "transfer"}),
        ({"kind": "refund_failed", "counted": True, "room_yen": -500}, {"refund", "cash", "transfer"}),
        ({"kind": "refund_failed", "counted": True, "room_yen": -499}, set()),
        ({"kind": "refund_failed", "returned": True}, {"transfer"}),
        ({"kind": "provider_only", "room_yen": 500}, set()),
        ({"kind": "bank_unknown"}, set()),
    ],
)
def test_money_that_waits_goes_where_it_may_and_can_always_be_explained(changed, ways):
    assert ways_out(replace(WAITS, **changed)) == {"explain", *ways}


@pytest.mark.parametrize(
    ("expected", "counted", "posted"),
    [
        (900, 900, [("bank", 900), ("cash", -900)]),
        (900, 850, [("bank", 850), ("cash", -900), ("differences", 50)]),
        (900, 1000, [("bank", 1000), ("cash", -900), ("differences", -100)]),
        (-200, -200, [("bank", -200), ("cash", 200)]),
        (0, 100, [("bank", 100), ("differences", -100)]),
        (0, 0, []),
    ],
)
def test_a_till_that_was_counted_leaves_the_books_balanced(expected, counted, posted):
    lines = postings_of_close(expected, counted_yen=counted, till="gym")

    assert [(one.account, one.yen) for one in lines] == posted
    assert sum(one.yen for one in lines) == 0
