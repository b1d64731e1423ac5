"""What one person, or one facility, may have at most; and who may not book the same time again."""

import pytest
from tests.unit.booking.town import RULES, at, court, decide, held, make_rules, room, stay

from yoyaku.booking.policy import History, LimitReached, SameSlotBanned, needed_history
from yoyaku.booking.policy.limits import count_slots

TOWN = make_rules()


def limited(**limit):
    return make_rules(booking={"limits": [{"code": "few", "cap": 2} | limit]})


def reached(rules, request, *others, **more):
    """Whether one more booking passes the limit."""
    try:
        decide(rules, request, held=others, **more)
    except LimitReached as refused:
        return refused.facts["limit"] == "few"
    return False


@pytest.mark.parametrize(
    ("limit", "earlier", "request_", "refused"),
    [
        ({"unit": "bookings", "per": "day"}, [court(space="marked", unit=1)] * 2, court(), True),
        ({"unit": "bookings", "per": "day"}, [court("2027-02-21")] * 2, court(), False),
        ({"unit": "bookings", "per": "week"}, [court("2027-02-16")] * 2, court("2027-02-21"), True),
        ({"unit": "bookings", "per": "week"}, [court("2027-02-21")] * 2, court("2027-02-23"), False),
        ({"unit": "bookings", "per": "month"}, [court("2027-02-16")] * 2, court("2027-02-28"), True),
        ({"unit": "bookings", "per": "month"}, [court("2027-02-28")] * 2, court("2027-03-02"), False),
        ({"unit": "bookings", "per": "outstanding"}, [court("2027-01-31")] * 2, court(), False),
        ({"unit": "bookings", "per": "outstanding"}, [court("2027-02-02")] * 2, court(), True),
        ({"unit": "bookings", "per": "at_once"}, [court(starts="11:00", ends="13:00")] * 2, court(), True),
        ({"unit": "bookings", "per": "at_once"}, [court(starts="12:00", ends="13:00")] * 2, court(), False),
        ({"unit": "surfaces", "per": "booking"}, [], court(surfaces=3), True),
        ({"unit": "surfaces", "per": "booking"}, [court()] * 2, court(surfaces=2), False),
        ({"unit": "hours", "per": "month", "cap": 5}, [court()], court("2027-02-21"), True),
        ({"unit": "hours", "per": "month", "cap": 6}, [court()], court("2027-02-21"), False),
        ({"unit": "minutes", "per": "booking", "cap": 120}, [], court(), True),
        ({"unit": "slots", "per": "day"}, [room(space="east")], room(bands=("pm", "night")), True),
        ({"unit": "slots", "per": "day"}, [room(space="east")], room(bands=("pm",)), False),
        ({"unit": "nights", "per": "fiscal_year"}, [stay("2026-05-01", nights=2)], stay("2027-03-31"), True),
        ({"unit": "nights", "per": "fiscal_year"}, [stay("2027-03-30", nights=2)], stay("2027-04-01"), False),
        ({"unit": "days", "per": "month"}, [court("2027-02-16"), court("2027-02-17")], court("2027-02-18"), True),
        ({"unit": "days", "per": "month"}, [court("2027-02-16"), court("2027-02-17")], court("2027-02-16"), False),
        ({"unit": "days", "per": "month"}, [court("2027-02-16")] * 3, court("2027-02-18"), False),
    ],
)
def test_bookings_are_counted_by_unit_and_stretch(limit, earlier, request_, refused):
    rules = limited(**limit)
    others = [held(rules, request, made="2026-05-01 09:00") for request in earlier]
    assert reached(rules, request_, *others, channel="counter", actor="clerk") == refused


@pytest.mark.parametrize(
    ("scope", "refused"), [("registrant", False), ("group", False), ("facility", True), ("service", True)]
)
def test_a_limit_counts_what_is_in_its_scope(scope, refused):
    rules = limited(scope=scope, unit="bookings", per="day")
    others = [held(TOWN, court(space="marked", unit=unit), by_self=False) for unit in (1, 2)]
    assert reached(rules, court(), *others) == refused


def test_a_facility_is_not_charged_with_another():
    rules = limited(scope="facility", unit="bookings", per="day")
    assert not reached(rules, court(), *[held(TOWN, room(space="east"), by_self=False)] * 2)


def test_only_states_that_count_are_counted():
    rules = limited(unit="bookings", per="day")
    ended = [held(TOWN, court(), state="cancelled"), held(TOWN, court(), state="lapsed")]
    assert not reached(rules, court(), *ended)
    assert reached(limited(unit="bookings", per="day", states=["cancelled", "lapsed"]), court(), *ended)


def test_a_limit_on_a_submission_counts_what_comes_with_it():
    rules = limited(unit="bookings", per="application")
    others = [held(TOWN, court(day), application_id="s") for day in ("2027-02-16", "2027-02-17")]
    assert reached(rules, court(), *others, application_id="s")
    assert not reached(rules, court(), *others, application_id="t")
    assert not reached(rules, court(), *others)


def test_a_limit_counts_only_what_its_condition_holds_for():
    rules = limited(when={"space": "tennis", "day_type": "saturday"}, unit="bookings", per="month")
    saturdays = [held(TOWN, court(day)) for day in ("2027-02-06", "2027-02-13")]
    assert reached(rules, court(), *saturdays)
    assert not reached(rules, court("2027-02-21"), *saturdays)
    assert not reached(rules, court(), saturdays[0], held(TOWN, court("2027-02-14")))
    assert not reached(rules, court(), saturdays[0], held(TOWN, room("2027-02-13")))


def test_what_is_unknown_of_an_earlier_booking_is_as_in_the_one_asked_for():
    rules = limited(when={"timetable": "hourly", "user_class": "individual"}, unit="bookings", per="month")
    assert reached(rules, court(), held(TOWN, court("2027-02-06")), held(TOWN, court("2027-02-07")))


def test_a_booking_of_a_space_that_is_gone_is_not_counted():
    rules = limited(when={"facility": "park"}, unit="bookings", per="month")
    gone = [held(TOWN, court("2027-02-06")), held(TOWN, court("2027-02-07"))]
    gone = [
        type(one)(**{name: getattr(one, name) for name in one.__slots__} | {"space_id": "park.old"}) for one in gone
    ]
    assert not reached(rules, court(), *gone)


def test_a_refusal_says_how_much_is_allowed_and_used():
    rules = limited(name="1日2時間まで", unit="hours", per="day")
    with pytest.raises(LimitReached) as refused:
        decide(rules, court(), held=[held(TOWN, court(starts="13:00", ends="14:00"))])
    facts = refused.value.facts
    assert (facts["cap"], facts["used"], facts["unit"], facts["per"]) == (2, 1, "hours", "day")
    assert (refused.value.variant, refused.value.trace[-1].path) == ("named", "booking.limits[0]")


def test_a_limit_that_is_kept_is_in_the_trace():
    plan = decide(limited(unit="bookings", per="day"), court())
    assert ("booking.limits[0]", "0 + 1 ≤ 2") in [(use.path, use.outcome) for use in plan.trace]


def test_a_use_that_fits_no_slot_any_more_counts_as_one():
    booking = held(TOWN, room(bands=("am",)))
    moved = make_rules(timetable_use=[{"timetable": "hourly"}])
    assert (count_slots(TOWN, booking), count_slots(moved, booking)) == (1, 3)
    late = make_rules(timetables={"bands": {"kind": "bands", "bands": [
        {"code": "late", "name": "深夜", "starts": "22:00", "ends": "23:00"}]}})  # fmt: skip
    assert count_slots(late, booking) == 1


def test_a_stay_has_as_many_slots_as_nights_and_a_space_that_is_gone_one():
    assert count_slots(TOWN, held(TOWN, stay(nights=2))) == 2
    assert count_slots(make_rules(inventory=RULES["inventory"][1:]), held(TOWN, court())) == 1


@pytest.mark.fact("MG-013", "MG-033", "MG-056", "MG-T3")
@pytest.mark.parametrize("state", ["cancelled", "withdrawn", "lapsed"])
def test_the_same_person_may_not_book_the_same_slot_again_and_others_may(state):
    with pytest.raises(SameSlotBanned) as refused:
        decide(TOWN, room(), held=[held(TOWN, room(), state=state)])
    assert (refused.value.facts["ended_as"], refused.value.trace[-1].outcome) == (state, state)
    assert decide(TOWN, room(), held=[held(TOWN, room(), state=state, by_self=False)]).state == "tentative"
    assert decide(TOWN, room(bands=("pm",)), held=[held(TOWN, room(), state=state)]).state == "tentative"
    assert decide(TOWN, room(space="east"), held=[held(TOWN, room(), state=state)]).state == "tentative"


def test_a_ban_holds_where_it_says():
    assert decide(TOWN, court(), held=[held(TOWN, court(), state="cancelled")]).state == "confirmed"


@pytest.mark.parametrize(
    ("limit", "space", "needed"),
    [
        (None, "park.tennis", History(own=False, facility=False, service=False)),
        (None, "hall.room", History(own=True, facility=False, service=False)),
        ({"unit": "surfaces", "per": "booking"}, "park.tennis", History(own=False, facility=False, service=False)),
        ({"unit": "hours", "per": "day"}, "park.tennis", History(own=True, facility=False, service=False)),
        ({"unit": "hours", "per": "day", "scope": "facility"}, "park.tennis", History(own=False, facility=True, service=False)),
        ({"unit": "hours", "per": "day", "scope": "service"}, "park.tennis", History(own=False, facility=False, service=True)),
    ],
)  # fmt: skip
def test_a_decision_says_what_it_must_be_told_of(limit, space, needed):
    assert needed_history(TOWN if limit is None else limited(**limit), space) == needed


def test_the_next_bookings_are_counted_from_now():
    rules = limited(unit="bookings", per="outstanding")
    assert at("2027-02-01 10:00") < held(TOWN, court("2027-02-02")).period.ends_at
    assert reached(rules, court(), held(TOWN, court("2027-02-02")), held(TOWN, court("2027-02-03")))


@pytest.mark.parametrize(("request_", "refused"), [(court("2027-02-20"), True), (court("2027-02-19"), False)])
def test_a_weekend_may_count_twice(request_, refused):
    rules = limited(cap=3, unit="bookings", per="month", weights=[{"when": {"day_type": "saturday"}, "times": 2}])
    assert reached(rules, request_, held(TOWN, court("2027-02-13"))) == refused


def test_a_space_that_is_gone_has_no_weight_of_its_own():
    rules = limited(unit="slots", per="month", cap=3, weights=[{"times": 9}])
    gone = make_rules(inventory=RULES["inventory"][1:], booking={"limits": []})
    assert not reached(gone, room(), held(TOWN, court("2027-02-13")))
    assert reached(rules, court(ends="10:00"), held(TOWN, court("2027-02-13")))
