"""Who may end a booking until when, and what goes back."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.booking.town import RULES, at, booked, court, make_rules, room, stay

from yoyaku.booking.policy import (
    AlreadyStarted,
    ChannelNotOpen,
    NotCancellable,
    OutsideWindow,
    ReasonMissing,
    cancellation_schedule,
    decide_cancellation,
)
from yoyaku.booking.policy.cancellation import NoRefundTier

TOWN = make_rules()
CARD = {"paid_yen": 700, "paid_by": frozenset({"card"})}


def cancel(booking, now, rules=TOWN, **more):
    values = {"actor": "resident", "channel": "web"} | more
    return decide_cancellation(rules, booking=booking, now=at(now), **values)


def card_booking(**more):
    return booked(TOWN, room("2025-04-01"), "2025-03-01 10:00", **(CARD | more))


@pytest.mark.fact("KS-096", "KS-097", "KS-T7", "KS-T8")
@pytest.mark.parametrize(
    ("now", "paid", "refund", "kept", "outstanding"),
    [
        ("2027-02-13 23:59:59", 2250, 2250, 0, 0),
        ("2027-02-13 23:59:59", 0, 0, 0, 0),
        ("2027-02-14 00:00:00", 2250, 0, 2250, 0),
        ("2027-02-14 00:00:00", 0, 0, 2250, 2250),
        ("2027-02-14 00:00:00", 1000, 0, 2250, 1250),
    ],
)
def test_seven_days_before_use_the_whole_fee_stands_from_midnight_on(now, paid, refund, kept, outstanding):
    plan = cancel(booked(TOWN, court(), total_yen=2250, paid_yen=paid), now)
    assert (plan.refund_yen, plan.kept_yen, plan.outstanding_yen) == (refund, kept, outstanding)
    assert (plan.ends_as, plan.until, plan.code) == ("cancelled", at("2027-02-20 09:00"), "courts")


@pytest.mark.parametrize(
    ("now", "days", "refund"),
    [
        pytest.param("2025-03-11 12:00", 21, 700, marks=pytest.mark.fact("MG-T11", "MG-035")),
        pytest.param("2025-03-12 12:00", 20, 525, marks=pytest.mark.fact("MG-T12", "MG-035")),
        pytest.param("2025-03-21 12:00", 11, 525, marks=pytest.mark.fact("MG-T13")),
        pytest.param("2025-03-22 12:00", 10, 350, marks=pytest.mark.fact("MG-T14", "MG-035")),
        pytest.param("2025-03-26 12:00", 6, 350, marks=pytest.mark.fact("MG-T15")),
        pytest.param("2025-03-27 12:00", 5, 0, marks=pytest.mark.fact("MG-T16", "MG-035")),
        pytest.param("2025-04-01 08:59", 0, 0, marks=pytest.mark.fact("MG-T17", "MG-048")),
    ],
)
def test_what_goes_back_falls_with_the_days_before_use(now, days, refund):
    plan = cancel(card_booking(), now, reason="都合により")
    assert (plan.refund_yen, plan.kept_yen) == (refund, 700 - refund)
    assert (date(2025, 4, 1) - date.fromisoformat(now[:10])).days == days


@pytest.mark.fact("MG-T18", "MG-048")
def test_what_has_begun_is_not_cancelled():
    with pytest.raises(AlreadyStarted):
        cancel(card_booking(), "2025-04-01 09:00", reason="都合により")


@pytest.mark.fact("MG-T10")
def test_a_refund_is_rounded_down_and_the_rest_stands():
    booking = card_booking(total_yen=450, paid_yen=450)
    plan = cancel(booking, "2025-03-12 12:00", reason="都合により")
    assert (plan.refund_yen, plan.kept_yen, plan.percent) == (337, 113, 75)


@pytest.mark.fact("MG-055")
@pytest.mark.parametrize("reason", [None, "", "  "])
def test_a_reason_is_asked_for(reason):
    with pytest.raises(ReasonMissing) as refused:
        cancel(card_booking(), "2025-03-12 12:00", reason=reason)
    assert refused.value.trace[-1].path == "booking.cancellation[3]"


@pytest.mark.fact("MG-049", "MG-052")
def test_what_was_paid_otherwise_is_not_cancelled_by_the_user():
    with pytest.raises(NotCancellable) as refused:
        cancel(card_booking(paid_by=frozenset({"cash"})), "2025-03-12 12:00", reason="都合により")
    assert (refused.value.facts["state"], refused.value.variant) == ("confirmed", None)


@pytest.mark.fact("MG-048", "MG-056")
def test_a_tentative_booking_is_withdrawn_without_a_fee_and_bans_the_slot():
    plan = cancel(booked(TOWN, room(), state="tentative"), "2027-02-19 12:00")
    assert (plan.ends_as, plan.kept_yen, plan.bans_same_slot) == ("withdrawn", 0, True)
    assert not cancel(booked(TOWN, court(), total_yen=2250), "2027-02-10 12:00").bans_same_slot


def test_what_is_over_says_until_when_it_was_possible():
    until = {**RULES["booking"]["cancellation"][1], "until": {"from": "use_day", "days": -3}}
    rules = make_rules(booking={"cancellation": [until]})
    with pytest.raises(NotCancellable) as refused:
        cancel(booked(TOWN, court()), "2027-02-17 00:00", rules)
    assert (refused.value.facts["until"], refused.value.variant) == (at("2027-02-17"), "over")
    assert refused.value.trace[-1].path == "booking.cancellation[0]"


@pytest.mark.parametrize("state", ["cancelled", "withdrawn", "lapsed", "revoked", "used"])
def test_what_has_ended_is_not_cancelled_again(state):
    with pytest.raises(NotCancellable) as refused:
        cancel(booked(TOWN, court(), state=state), "2027-02-10 12:00")
    assert refused.value.facts["state"] == state


@pytest.mark.fact("KS-101")
def test_staff_revoke_for_rain_without_a_charge_even_after_the_start():
    plan = cancel(
        booked(TOWN, court(), total_yen=2250, paid_yen=2250),
        "2027-02-20 10:00",
        actor="clerk",
        channel="counter",
        reason="雨天",
        grounds="rain",
    )
    assert (plan.ends_as, plan.refund_yen, plan.kept_yen, plan.until) == ("revoked", 2250, 0, None)


@pytest.mark.parametrize("act", [{"grounds": "rain"}, {"actor": "clerk", "grounds": "mood"}])
def test_grounds_are_for_staff_and_from_the_rules(act):
    with pytest.raises(NotCancellable):
        cancel(booked(TOWN, court()), "2027-02-19 10:00", reason="?", **act)


def test_grounds_can_be_a_condition():
    rain = {"code": "rain", "by": ["clerk"], "when": {"grounds": ["rain"]}, "tiers": [{"at_least": 0, "percent": 100}]}
    rules = make_rules(booking={"cancellation": [rain]})
    booking = booked(TOWN, court())
    assert cancel(booking, "2027-02-19 10:00", rules, actor="clerk", grounds="rain").percent == 100
    with pytest.raises(NotCancellable):
        cancel(booking, "2027-02-19 10:00", rules, actor="clerk")


def test_without_an_end_residents_cancel_until_the_start_and_staff_after_it():
    ever = {"code": "ever", "by": ["resident", "clerk"], "tiers": [{"at_least": 0, "percent": 100}]}
    rules = make_rules(booking={"cancellation": [ever]})
    booking = booked(TOWN, court())
    assert cancel(booking, "2027-02-20 08:59", rules).until is None
    with pytest.raises(AlreadyStarted):
        cancel(booking, "2027-02-20 09:00", rules)
    assert cancel(booking, "2027-02-21 09:00", rules, actor="clerk").percent == 100


def test_after_the_start_a_resident_hears_that_it_has_begun():
    with pytest.raises(AlreadyStarted):
        cancel(booked(TOWN, stay(), state="confirmed"), "2027-02-20 16:00")


def test_tiers_with_a_gap_are_a_fault():
    gap = {"code": "gap", "by": ["resident"], "tiers": [{"at_least": 7, "percent": 100}]}
    rules = make_rules(booking={"cancellation": [gap]})
    with pytest.raises(NoRefundTier) as fault:
        cancel(booked(TOWN, court()), "2027-02-19 10:00", rules)
    assert fault.value.facts == {"days_before_use": 1, "path": "booking.cancellation[0]"}


def test_cancelling_can_have_windows_of_its_own():
    window = {"code": "c", "action": "cancel", "channels": ["web"], "closes": {"from": "use_day", "days": -1}}
    rules = make_rules(booking={"windows": [*RULES["booking"]["windows"], window]})
    booking = booked(TOWN, court())
    assert cancel(booking, "2027-02-18 23:59", rules).trace[0].path == "booking.windows[3]"
    with pytest.raises(OutsideWindow):
        cancel(booking, "2027-02-19 00:00", rules)
    with pytest.raises(ChannelNotOpen):
        cancel(booking, "2027-02-18 23:59", rules, channel="telephone")


def test_what_was_made_under_other_hours_is_cancelled_all_the_same():
    closed = make_rules(inventory=[{**RULES["inventory"][0], "calendar": {"closed": [{"dates": ["2027-02-20"]}]}}])
    assert cancel(booked(TOWN, court(), total_yen=2250), "2027-02-10 10:00", closed).percent == 100


def rows(booking, now, rules=TOWN):
    return [
        (str(row.from_date), str(row.to_date), row.percent, row.refund_yen)
        for row in cancellation_schedule(rules, booking, at(now))
    ]


@pytest.mark.fact("MG-035")
def test_the_schedule_shows_today_and_each_later_day():
    assert rows(card_booking(), "2025-03-05 10:00") == [
        ("2025-03-05", "2025-03-11", 100, 700),
        ("2025-03-12", "2025-03-21", 75, 525),
        ("2025-03-22", "2025-03-26", 50, 350),
        ("2025-03-27", "2025-04-01", 0, 0),
    ]
    assert rows(card_booking(), "2025-03-26 23:59")[0] == ("2025-03-26", "2025-03-26", 50, 350)
    assert rows(card_booking(), "2025-04-02 10:00") == []
    assert rows(card_booking(), "2025-04-01 10:00") == []


def test_the_schedule_ends_where_cancelling_ends():
    until = {**RULES["booking"]["cancellation"][1], "until": {"from": "use_day", "days": -2, "at": "24:00"}}
    rules = make_rules(booking={"cancellation": [until]})
    booking = booked(TOWN, court(), total_yen=2250, paid_yen=2250)
    assert rows(booking, "2027-02-10 10:00", rules) == [
        ("2027-02-10", "2027-02-13", 100, 2250),
        ("2027-02-14", "2027-02-18", 0, 0),
    ]


def test_days_of_equal_outcome_are_one_row():
    tiers = [{"at_least": 7, "percent": 100}, {"at_least": 0, "at_most": 6, "percent": 100}]
    rules = make_rules(booking={"cancellation": [{**RULES["booking"]["cancellation"][1], "tiers": tiers}]})
    assert rows(booked(TOWN, court()), "2027-02-10 10:00", rules) == [("2027-02-10", "2027-02-20", 100, 0)]


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ({"at_least": 3}, [("2027-02-10", "2027-02-17", 100, 0), ("2027-02-18", "2027-02-20", 0, 0)]),
        ({"at_most": 3}, [("2027-02-10", "2027-02-16", 0, 0), ("2027-02-17", "2027-02-20", 100, 0)]),
        (
            [3],
            [
                ("2027-02-10", "2027-02-16", 0, 0),
                ("2027-02-17", "2027-02-17", 100, 0),
                ("2027-02-18", "2027-02-20", 0, 0),
            ],
        ),
    ],
)
def test_the_schedule_follows_entries_chosen_by_the_days_before_use(when, expected):
    entry = {"by": ["resident"], "until": {"from": "use_start"}}
    near = {**entry, "code": "a", "when": {"days_before_use": when}, "tiers": [{"at_least": 0, "percent": 100}]}
    rest = {**entry, "code": "b", "tiers": [{"at_least": 0, "percent": 0}]}
    rules = make_rules(booking={"cancellation": [near, rest]})
    assert rows(booked(TOWN, court()), "2027-02-10 10:00", rules) == expected


@given(
    days=st.integers(0, 60),
    total=st.integers(0, 50_000),
    paid_part=st.integers(0, 100),
    percents=st.lists(st.integers(0, 100), min_size=1, max_size=5),
    unit_yen=st.sampled_from([1, 10, 100]),
    rounding=st.sampled_from(["down", "up", "half_up"]),
)
def test_a_refund_is_never_more_than_was_paid_and_nothing_is_lost(days, total, paid_part, percents, unit_yen, rounding):
    bounds = range(len(percents))
    tiers = [
        {"at_least": 10 * bound, "at_most": 10 * bound + 9 if bound < len(percents) - 1 else None, "percent": percent}
        for bound, percent in zip(bounds, percents, strict=True)
    ]
    entry = {"code": "a", "by": ["resident"], "tiers": tiers, "unit_yen": unit_yen, "rounding": rounding}
    rules = make_rules(booking={"cancellation": [entry]})
    request = court("2027-05-01")
    booking = booked(rules, request, total_yen=total, paid_yen=total * paid_part // 100)
    now = at("2027-05-01") - timedelta(days=days)
    plan = decide_cancellation(rules, booking=booking, actor="resident", channel="web", now=now)
    assert 0 <= plan.refund_yen <= booking.paid_yen
    assert 0 <= plan.kept_yen <= booking.total_yen
    assert booking.paid_yen - plan.refund_yen + plan.outstanding_yen == plan.kept_yen
    assert plan.percent == percents[min(days // 10, len(percents) - 1)]


@pytest.mark.parametrize(
    ("state", "lapses_at", "last"),
    [
        ("tentative", "2027-03-15 00:00", "2027-03-14"),
        ("tentative", "2027-03-01 00:00", "2027-03-01"),
        ("tentative", "2027-06-01 00:00", "2027-05-01"),
        ("confirmed", "2027-03-15 00:00", "2027-05-01"),
    ],
)
def test_the_schedule_of_what_is_tentative_ends_with_its_deadline(state, lapses_at, last):
    booking = booked(TOWN, room("2027-05-01"), "2027-02-01 10:00", **CARD)
    booking = replace(booking, state=state, lapses_at=at(lapses_at))
    assert rows(booking, "2027-03-01 10:00")[-1][1] == last


@given(days=st.integers(0, 40))
def test_the_schedule_is_a_partition_that_agrees_with_each_day(days):
    now = at("2027-05-01 08:00") - timedelta(days=days)
    booking = booked(TOWN, room("2027-05-01"), "2027-02-01 10:00", **CARD)
    schedule = cancellation_schedule(TOWN, booking, now)
    covered = [
        row.from_date + timedelta(days=day) for row in schedule for day in range((row.to_date - row.from_date).days + 1)
    ]
    assert covered == [date(2027, 5, 1) - timedelta(days=day) for day in range(days, -1, -1)]
    for row in schedule:
        at_noon = max(now, at(f"{row.to_date} 00:00"))
        plan = decide_cancellation(TOWN, booking=booking, actor="resident", channel="web", now=at_noon, reason="?")
        assert plan.refund_yen == row.refund_yen
