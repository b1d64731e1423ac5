"""How a tentative booking is confirmed, and when it lapses."""

import pytest
from tests.unit.booking.town import at, booked, court, decide, make_rules, room

from yoyaku.booking.policy import (
    FeeOutstanding,
    NotConfirmable,
    decide_confirmation,
    decide_lapse,
    lapse_deadline,
)

TOWN = make_rules()


def tentative(**more):
    return booked(
        TOWN, room(), "2027-02-01 10:00", **({"state": "tentative", "lapses_at": at("2027-02-15 24:00")} | more)
    )


def confirm(booking, now="2027-02-02 10:00", by="counter", **more):
    return decide_confirmation(TOWN, booking=booking, by=by, now=at(now), **more)


@pytest.mark.fact("KC-025")
def test_the_procedure_at_the_counter_confirms():
    plan = confirm(tentative(), fee_taken_yen=700, paid_by="cash")
    assert (plan.state, plan.paid_yen, plan.paid_by) == ("confirmed", 700, {"cash"})
    assert plan.trace[-1].outcome == "confirmed by counter"


def test_the_counter_confirms_what_is_paid_later_too():
    assert confirm(tentative()).paid_by == frozenset()
    assert confirm(tentative(), paid_by="cash").paid_by == frozenset()


def test_a_payment_confirms_only_when_it_covers_the_fee():
    assert confirm(tentative(paid_yen=200), by="payment", fee_taken_yen=500, paid_by="card").paid_yen == 700
    with pytest.raises(FeeOutstanding) as refused:
        confirm(tentative(), by="payment", fee_taken_yen=500)
    assert refused.value.facts == {"outstanding_yen": 200}


def test_the_counter_confirms_what_is_partly_paid():
    assert confirm(tentative(paid_yen=200, channel="counter")).state == "confirmed"


def test_what_does_not_confirm_is_refused():
    with pytest.raises(NotConfirmable) as refused:
        confirm(tentative(), by="approval")
    assert refused.value.facts["confirmed_by"] == ["counter", "payment"]


@pytest.mark.parametrize(
    ("booking", "now"),
    [
        (tentative(state="confirmed"), "2027-02-02 10:00"),
        (tentative(state="withdrawn"), "2027-02-02 10:00"),
        (tentative(), "2027-02-16 00:00"),
    ],
)
def test_only_what_is_still_tentative_is_confirmed(booking, now):
    with pytest.raises(NotConfirmable):
        confirm(booking, now)


def test_a_tentative_booking_without_a_deadline_can_always_be_confirmed():
    assert confirm(tentative(lapses_at=None), "2028-01-01 10:00").state == "confirmed"


@pytest.mark.fact("MG-033", "MG-T3", "KC-025")
@pytest.mark.parametrize(("now", "lapses"), [("2027-02-15 23:59:59", False), ("2027-02-16 00:00:00", True)])
def test_a_tentative_booking_lapses_at_the_end_of_its_last_day(now, lapses):
    plan = decide_lapse(TOWN, booking=tentative(), now=at(now))
    assert (plan is not None) == lapses
    if plan is not None:
        assert (plan.state, plan.lapsed_at, plan.bans_same_slot) == ("lapsed", at("2027-02-15 24:00"), True)
        assert plan.trace[-1].path == "booking.lifecycle[0]"


@pytest.mark.parametrize(
    "booking", [tentative(state="lapsed"), tentative(lapses_at=None), tentative(state="confirmed")]
)
def test_nothing_lapses_twice_or_without_a_deadline(booking):
    assert decide_lapse(TOWN, booking=booking, now=at("2027-03-01 10:00")) is None


def test_the_deadline_of_a_booking_is_that_of_its_plan():
    assert lapse_deadline(TOWN, tentative()) == decide(TOWN, room()).lapses_at
    assert lapse_deadline(TOWN, booked(TOWN, court())) is None
    standing = make_rules(booking={"lifecycle": [{"initial": "tentative"}]})
    assert lapse_deadline(standing, tentative()) is None


def test_a_payment_can_be_an_anchor():
    rules = make_rules(
        booking={
            "lifecycle": [{"initial": "tentative", "lapses": {"from": "paid", "days": 1}, "confirmed_by": ["approval"]}]
        }
    )
    assert lapse_deadline(rules, tentative(paid_at=at("2027-02-03 12:00"))) == at("2027-02-04 12:00")
