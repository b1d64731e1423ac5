"""Reductions and exemptions (減免)."""

import msgspec
import pytest
from tests.unit.booking.town import REGISTERED, at, court, make_rules, room, stay

from yoyaku.booking.policy import Act, ReliefNotOffered, decide_change, grant_relief, offered_reliefs
from yoyaku.booking.policy.case import open_case
from yoyaku.booking.policy.pricing import price
from yoyaku.booking.policy.values import BookedFacts
from yoyaku.kernel.period import Period

PLACE = {"step": "relief"}
HALF = {"code": "half", "name": "半額", "percent": 50, "reference": "規則第8条"}
FREE = {"code": "free", "name": "免除", "percent": 100, "when": {"residency": "resident"}}
BY_ITSELF = {"code": "young", "name": "若者", "percent": 10, "approval": "none"}
STEPS = make_rules().fees.steps


def rules_with(*reliefs, steps=None, **more):
    built = [msgspec.to_builtins(step) for step in STEPS] if steps is None else steps
    return make_rules(fees={"steps": [*built, PLACE], "relief": list(reliefs), **more})


def quote(rules, request, relief=None):
    act = Act(person=REGISTERED, channel="web", actor="resident", now=at("2027-02-01 10:00"))
    case, use = open_case(rules, request=request, act=act, relief=relief)
    return price(case, use, request)


def lines(found):
    return [(line.code, line.yen, line.tax) for line in found.lines]


def booked(**more):
    period = Period(at("2027-02-20 09:00"), at("2027-02-20 12:00"))
    values = {"booking_id": 1, "request": room(), "period": period, "state": "tentative", "total_yen": 700}
    return BookedFacts(**{**values, "made_at": at("2027-02-01 10:00"), "person": REGISTERED, **more})


def test_what_needs_approval_takes_nothing_off_before_it_is_granted():
    rules = rules_with(HALF)

    assert quote(rules, room()).total_yen == 700
    found = quote(rules, room(), "half")
    assert (found.total_yen, found.tax_yen) == (350, 31)
    assert lines(found) == [("room", 700, "included"), ("half", -350, "included")]
    assert (found.trace[-1].path, found.trace[-1].reference, found.trace[-1].outcome) == (
        "fees.relief[0]",
        "規則第8条",
        "700 → 350",
    )


def test_what_needs_no_approval_holds_by_itself_and_only_the_best_counts():
    rules = rules_with(BY_ITSELF, HALF)

    assert quote(rules, room()).total_yen == 630
    assert quote(rules, room(), "half").total_yen == 350


def test_without_a_place_in_the_order_no_relief_comes_off():
    rules = make_rules(fees={"relief": [BY_ITSELF]})

    assert quote(rules, room()).total_yen == 700


@pytest.mark.parametrize(
    ("relief", "less"),
    [
        ({"percent": 15, "rounding": "down", "unit_yen": 10}, 110),
        ({"percent": 15, "rounding": "up", "unit_yen": 10}, 100),
        ({"percent": 1, "rounding": "up", "unit_yen": 500}, 0),
        ({"yen": 300}, 300),
        ({"yen": 3000}, 700),
    ],
)
def test_the_rest_is_rounded_at_a_named_unit_and_never_below_nothing(relief, less):
    rules = rules_with({"code": "some", "name": "減額", **relief})

    assert quote(rules, room(), "some").total_yen == 700 - less


def test_what_is_out_of_the_scope_of_consumption_tax_is_not_reduced_unless_it_is_named():
    guests = ({"adult": 2},)

    assert lines(quote(rules_with(HALF), stay("2027-02-19", guests=guests), "half")) == [
        ("stay", 18000, "included"),
        ("bath_tax", 300, "out_of_scope"),
        ("half", -9000, "included"),
    ]
    every = rules_with({**HALF, "lines": ["stay", "bath_tax"]})
    assert lines(quote(every, stay("2027-02-19", guests=guests), "half"))[2:] == [
        ("half", -9000, "included"),
        ("half", -150, "out_of_scope"),
    ]


def test_a_factor_over_lines_of_different_tax_keeps_them_apart():
    steps = [
        {"step": "base", "code": "a", "name": "a", "per": "booking", "table": [{"yen": 1000}]},
        {"step": "add", "code": "b", "name": "b", "per": "booking", "tax": "exempt", "table": [{"yen": 500}]},
        {"step": "multiply", "code": "double", "name": "2倍", "percent": 200},
    ]

    found = quote(rules_with(steps=steps), court())
    assert lines(found)[2:] == [("double", 1000, "included"), ("double", 500, "exempt")]
    assert found.tax_yen == 181


def test_what_can_be_asked_for_says_what_it_takes_off():
    rules, now = rules_with(HALF, FREE, BY_ITSELF), at("2027-02-02 10:00")
    offers = offered_reliefs(rules, booked(total_yen=630), now=now)

    assert [(one.terms.code, one.less_yen, one.total_yen) for one in offers] == [("half", 280, 350), ("free", 630, 0)]
    for other in ({"relief": "half"}, {"state": "cancelled"}, {"total_yen": 0}):
        assert offered_reliefs(rules, booked(**other), now=now) == ()
    assert offered_reliefs(rules, booked(), now=at("2027-02-20 12:00")) == ()


def test_a_granted_one_prices_the_booking_anew_and_what_is_free_then_is_confirmed_by_that():
    rules, now = rules_with(HALF, FREE), at("2027-02-02 10:00")

    half = grant_relief(rules, booking=booked(), code="half", now=now)
    assert (half.plan.quote.total_yen, half.less_yen, half.plan.state, half.confirms) == (350, 350, "tentative", False)
    free = grant_relief(rules, booking=booked(), code="free", now=now)
    assert (free.plan.quote.total_yen, free.plan.state, free.plan.lapses_at, free.plan.payment) == (
        0,
        "confirmed",
        None,
        (),
    )
    stands = grant_relief(rules, booking=booked(state="confirmed"), code="free", now=now)
    assert (stands.plan.state, stands.confirms) == ("confirmed", False)
    with pytest.raises(ReliefNotOffered) as refused:
        grant_relief(rules, booking=booked(), code="quarter", now=now)
    assert refused.value.facts["allowed"] == ["half", "free"]


def test_what_was_paid_before_confirms_where_the_reduced_fee_is_covered_by_it_and_the_time_is_not_over():
    rules, now = rules_with(HALF), at("2027-02-02 10:00")
    for more, confirms in (
        ({"paid_yen": 350}, True),
        ({"paid_yen": 349}, False),
        ({"paid_yen": 350, "lapses_at": at("2027-02-02 10:00")}, False),
    ):
        assert grant_relief(rules, booking=booked(**more), code="half", now=now).confirms is confirms


def test_a_change_after_it_is_priced_with_it():
    rules = rules_with(HALF)
    more = {"changes": {"equipment": {"projector": 1}}, "actor": "resident", "channel": "web"}

    plan = decide_change(rules, booking=booked(relief="half", total_yen=350), now=at("2027-02-02 10:00"), **more)

    assert (plan.plan.quote.total_yen, plan.more_yen) == (600, 250)
