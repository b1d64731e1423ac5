"""What may be changed in a booking that was made."""

import pytest
from tests.unit.booking.town import RULES, at, booked, court, held, make_rules, room, stay

from yoyaku.booking.policy import (
    EquipmentShort,
    LentTimeWrong,
    NotChangeable,
    OutsideWindow,
    SlotTaken,
    apply_changes,
    decide_change,
)
from yoyaku.booking.policy.change import kinds_of_change
from yoyaku.booking.policy.lending import within_use
from yoyaku.facility.policy import locate_use

TOWN = make_rules()
TWO_NIGHTS = stay(nights=2, guests=({"adult": 3}, {"adult": 2, "child": 1}))


def change(booking, changes, now="2027-02-10 10:00", rules=TOWN, **more):
    values = {"actor": "resident", "channel": "web"} | more
    return decide_change(rules, booking=booking, changes=changes, now=at(now), **values)


@pytest.mark.fact("ML-039", "ML-045", "ML-T8")
def test_fewer_nights_take_the_last_away_with_its_guests():
    booking = booked(TOWN, TWO_NIGHTS, total_yen=54100)
    plan = change(booking, {"nights": 1})
    assert plan.kinds == ("fewer_nights",)
    assert plan.plan.request.guests == ({"adult": 3},)
    assert (plan.plan.quote.total_yen, plan.more_yen) == (30450, 30450 - 54100)
    assert [claim.use_on.day for claim in plan.plan.claims] == [20]


@pytest.mark.fact("ML-040")
def test_guests_and_wishes_are_changed():
    booking = booked(TOWN, stay(), total_yen=18300)
    plan = change(booking, {"guests": [{"adult": 1}], "preference": {"mixed": True}})
    assert plan.kinds == ("guests", "preference")
    assert (plan.plan.request.preferences, plan.plan.state) == ({"mixed": True}, "confirmed")


@pytest.mark.fact("ML-039")
def test_more_nights_are_no_change():
    with pytest.raises(NotChangeable) as refused:
        change(booked(TOWN, stay()), {"nights": 2, "guests": [{"adult": 2}, {"adult": 2}]})
    assert refused.value.facts["kinds"] == ["extension"]


@pytest.mark.fact("ML-038")
def test_after_the_end_nothing_is_changed_and_the_end_is_told():
    with pytest.raises(NotChangeable) as refused:
        change(booked(TOWN, stay()), {"guests": [{"adult": 1}]}, "2027-02-16 00:00")
    assert (refused.value.facts["until"], refused.value.variant) == (at("2027-02-16"), "over")


@pytest.mark.fact("MG-037", "MG-043")
def test_equipment_is_added_and_taken_off():
    booking = booked(TOWN, room(), total_yen=700, paid_yen=700)
    plan = change(booking, {"equipment": {"projector": 1}})
    assert (plan.plan.quote.total_yen, plan.more_yen) == (1200, 500)
    with_projector = booked(TOWN, room(equipment={"projector": 1}), total_yen=1200)
    assert change(with_projector, {"equipment": {"projector": 0}}).more_yen == -500


RAIN = {"code": "rain", "by": ["clerk"], "grounds": ["rain"], "allows": ["shorter"]}
LENDING = make_rules(booking={**RULES["booking"], "lending_minutes": 30})


def lent(*times, **more):
    return room(equipment={"projector": 1}, lent={"projector": times} if times else {}, **more)


@pytest.mark.parametrize(
    "times", [("08:30", "10:00"), ("10:00", "10:00"), ("11:00", "10:00"), ("09:10", "10:00"), ("11:00", "12:30")]
)
def test_equipment_is_lent_within_the_booked_time_in_steps_of_it(times):
    assert change(booked(LENDING, lent()), {"lent": {"projector": ("10:00", "11:30")}}, rules=LENDING).kinds == (
        "equipment",
    )
    with pytest.raises(LentTimeWrong) as refused:
        change(booked(LENDING, lent()), {"lent": {"projector": times}}, rules=LENDING)
    assert refused.value.facts["within"] == "09:00–12:00"
    with pytest.raises(LentTimeWrong):
        change(booked(TOWN, lent()), {"lent": {"projector": ("10:00", "11:00")}})


def test_the_whole_time_is_no_time_of_its_own():
    plan = change(booked(LENDING, lent("10:00", "11:00")), {"lent": {"projector": ("09:00", "12:00")}}, rules=LENDING)
    assert plan.plan.request.lent == {}


def test_what_is_lent_follows_a_booking_that_becomes_shorter():
    more = {"equipment": {"projector": 1}}
    early, across = (court(**more, lent={"projector": times}) for times in (("09:00", "10:00"), ("09:30", "11:30")))
    before = [booked(LENDING, request) for request in (early, across)]
    shorter = [
        within_use(one.request, locate_use(LENDING, court(starts="10:00", ends="12:00").wish, at("2027-02-10")))
        for one in before
    ]
    assert [(one.lent, one.equipment) for one in shorter] == [
        ({}, {"projector": 0}),
        ({"projector": ("10:00", "11:30")}, {"projector": 1}),
    ]


@pytest.mark.parametrize(
    ("unused", "kept", "yen"),
    [
        ([("10:00", "11:00")], (("10:00", "11:00"),), 1500),
        ([("11:00", "12:00"), ("10:00", "11:00")], (("10:00", "12:00"),), 750),
        ([("08:00", "10:00")], (("09:00", "10:00"),), 1500),
    ],
)
def test_hours_in_the_middle_that_could_not_be_used_are_not_paid(unused, kept, yen):
    rules = make_rules(booking={**RULES["booking"], "change": [RAIN, *RULES["booking"].get("change", [])]})
    rained = booked(rules, court(), total_yen=2250)
    plan = change(rained, {"unused": unused}, rules=rules, actor="clerk", grounds="rain")
    assert (plan.kinds, plan.plan.request.unused, plan.plan.quote.total_yen) == (("shorter",), kept, yen)
    assert plan.plan.period == rained.period


@pytest.mark.parametrize("unused", [[("09:00", "12:00")], [("10:10", "11:00")]])
def test_what_is_lost_is_whole_hours_and_never_all_of_them(unused):
    rules = make_rules(booking={**RULES["booking"], "change": [RAIN]})
    with pytest.raises(NotChangeable):
        change(booked(rules, court()), {"unused": unused}, rules=rules, actor="clerk", grounds="rain")


def test_nobody_takes_hours_out_without_grounds():
    with pytest.raises(NotChangeable):
        change(booked(TOWN, court()), {"unused": [("10:00", "11:00")]})


def test_others_are_in_the_way_of_a_change_and_the_booking_itself_is_not():
    booking = booked(TOWN, room(), booking_id="mine")
    mine = held(TOWN, room(), booking_id="mine")
    other = held(TOWN, room(space="east", equipment={"projector": 9}), booking_id="other", by_self=False)
    assert change(booking, {"equipment": {"projector": 1}}, held=[mine]).more_yen == 500
    with pytest.raises(EquipmentShort):
        change(booking, {"equipment": {"projector": 1}}, held=[mine, other])


@pytest.mark.fact("KS-105")
def test_a_clerk_prolongs_what_is_free():
    booking = booked(TOWN, court(), total_yen=2250)
    plan = change(booking, {"to": "13:00"}, "2027-02-20 11:00", actor="clerk", channel="counter")
    assert (plan.kinds, plan.more_yen) == (("extension",), 750)
    other = held(TOWN, court(starts="12:00", ends="14:00", surfaces=4), booking_id="b", by_self=False)
    with pytest.raises(SlotTaken):
        change(booking, {"to": "13:00"}, "2027-02-20 11:00", actor="clerk", held=[other])


@pytest.mark.fact("KS-107", "KS-108")
def test_the_class_of_users_changes_upwards_only():
    field = {"code": "class", "label": "区分", "kind": "choice", "choices": {"young": "高校生以下", "adult": "一般"}}
    rules = make_rules(booking={"form": [field]})
    young = booked(rules, court(form={"class": "young"}), total_yen=1110)
    adult = booked(rules, court(form={"class": "adult"}), total_yen=2250)
    by_clerk = {"rules": rules, "actor": "clerk", "channel": "counter", "now": "2027-02-20 08:00"}
    assert change(young, {"form": {"class": "adult"}}, **by_clerk).more_yen == 1140
    with pytest.raises(NotChangeable) as refused:
        change(adult, {"form": {"class": "young"}}, **by_clerk)
    assert (refused.value.facts["less_yen"], refused.value.variant) == (1140, "cheaper")


@pytest.mark.fact("KS-099", "KS-100")
@pytest.mark.parametrize("changes", [{"to": "11:00"}, {"surfaces": 1}, {"from": "10:00", "to": "13:00"}])
def test_what_is_not_listed_is_not_changed(changes):
    booking = booked(TOWN, court(surfaces=2), total_yen=4500)
    for actor in ("resident", "clerk"):
        with pytest.raises(NotChangeable):
            change(booking, changes, actor=actor)


def test_each_kind_may_have_a_clause_of_its_own():
    clauses = [
        {"code": "a", "by": ["resident"], "allows": ["guests"], "until": {"from": "use_start"}},
        {"code": "b", "by": ["resident"], "allows": ["preference"], "until": {"from": "use_day", "days": -5}},
    ]
    rules = make_rules(booking={"change": clauses})
    both = {"guests": [{"adult": 1}], "preference": {"mixed": True}}
    assert len(change(booked(TOWN, stay()), both, rules=rules).trace[:2]) == 2
    with pytest.raises(NotChangeable) as refused:
        change(booked(TOWN, stay()), both, "2027-02-18 10:00", rules)
    assert refused.value.facts["until"] == at("2027-02-15")
    assert change(booked(TOWN, stay()), {"guests": [{"adult": 1}]}, "2027-02-18 10:00", rules).kinds == ("guests",)


@pytest.mark.parametrize(
    ("booking", "changes"),
    [
        (booked(TOWN, stay(), state="cancelled"), {"guests": [{"adult": 1}]}),
        (booked(TOWN, stay()), {}),
        (booked(TOWN, stay()), {"guests": [{"adult": 2}]}),
        (booked(TOWN, stay()), {"price": 1}),
    ],
)
def test_nothing_and_what_has_ended_cannot_be_changed(booking, changes):
    with pytest.raises(NotChangeable):
        change(booking, changes)


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        (court(), court(starts="10:00"), {"shorter"}),
        (court(), court(starts="08:00"), {"extension"}),
        (court(), court(starts="10:00", ends="13:00"), {"shorter", "extension"}),
        (court(), court(surfaces=2), {"extension"}),
        (room(bands=("am", "pm")), room(bands=("pm",)), {"shorter"}),
        (room(), room(bands=("am", "pm")), {"extension"}),
        (room(equipment={"projector": 0}), room(), set()),
        (room(form={"a": 1}), room(form={"a": 2}), {"form"}),
    ],
)
def test_a_change_is_called_by_what_differs(before, after, kinds):
    assert set(kinds_of_change(before, after)) == kinds


def test_what_is_not_named_stays():
    request = apply_changes(
        room(form={"a": 1, "b": 2}, equipment={"projector": 1}), {"form": {"a": 3}, "bands": ["pm"]}
    )
    assert (request.form, request.equipment, request.bands) == ({"a": 3, "b": 2}, {"projector": 1}, ("pm",))


def test_a_change_is_priced_by_the_day_of_booking():
    dated = {"by": "made", "values": [{"from": "2027-01-01", "yen": 100}, {"from": "2027-02-05", "yen": 500}]}
    base = {"step": "base", "code": "flat", "name": "使用料", "per": "booking", "table": [{"yen": dated}]}
    rules = make_rules(fees={"steps": [base, RULES["fees"]["steps"][4]]})
    plan = change(booked(rules, room(), total_yen=100), {"equipment": {"projector": 1}}, rules=rules)
    assert plan.plan.quote.total_yen == 600


def test_changing_can_have_windows_of_its_own():
    window = {"code": "c", "action": "change", "channels": ["web"], "closes": {"from": "use_day", "days": -9}}
    rules = make_rules(booking={"windows": [*RULES["booking"]["windows"], window]})
    guests = {"guests": [{"adult": 1}]}
    assert change(booked(rules, stay()), guests, "2027-02-10 23:59", rules).kinds == ("guests",)
    with pytest.raises(OutsideWindow):
        change(booked(rules, stay()), guests, "2027-02-11 00:00", rules)
