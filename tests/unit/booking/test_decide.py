"""Whether a booking may be made, how it begins, and what it occupies."""

from datetime import date

import pytest
from tests.unit.booking.town import GROUP, REGISTERED, RULES, at, court, decide, held, make_rules, room, stay

from yoyaku.booking.policy import (
    EquipmentShort,
    FormInvalid,
    FormMissing,
    Person,
    SlotTaken,
    TooManyGuests,
    TooManySurfaces,
)
from yoyaku.booking.policy.decide import NoLifecycle
from yoyaku.facility.policy import Claim, UnknownSpace

TOWN = make_rules()


def test_a_plan_says_what_when_where_and_for_how_much():
    plan = decide(TOWN, court())
    assert (plan.space_id, plan.facility_id, plan.use_on) == ("park.tennis", "park", date(2027, 2, 20))
    assert (plan.period.starts_at, plan.period.ends_at) == (at("2027-02-20 09:00"), at("2027-02-20 12:00"))
    assert (plan.state, plan.lapses_at, plan.quote.total_yen) == ("confirmed", None, 2250)
    assert len(plan.claims) == 6
    assert plan.facts["day_type"] == {"saturday"}


def test_the_trace_tells_the_way_to_the_decision():
    paths = [use.path for use in decide(TOWN, room()).trace]
    assert paths == [
        "timetable_use[0]",
        "booking.windows[0]",
        "booking.lifecycle[0]",
        "fees.steps[1].table[0]",
        "payment.methods[1]",
    ]


def test_a_place_that_is_not_there_is_refused():
    with pytest.raises(UnknownSpace):
        decide(TOWN, court(space="golf"))


@pytest.mark.fact("MG-008", "MG-032", "MG-T1", "MG-T2", "KC-024")
@pytest.mark.parametrize(
    ("use", "made", "lapses"),
    [
        ("2027-03-20", "2027-02-20 10:00", "2027-03-06 24:00"),
        ("2027-03-04", "2027-02-25 10:00", "2027-03-04 24:00"),
    ],
)
def test_a_tentative_booking_lapses_by_the_sooner_day(use, made, lapses):
    plan = decide(TOWN, room(use), made)
    assert (plan.state, plan.lapses_at) == ("tentative", at(lapses))


def test_what_is_free_needs_no_payment_and_is_confirmed_at_once():
    free = make_rules(fees={"steps": []})
    plan = decide(free, room())
    assert (plan.state, plan.lapses_at, plan.facts["paid"]) == ("confirmed", None, "free")


def test_a_tentative_booking_may_stand_without_end():
    rules = make_rules(booking={"lifecycle": [{"initial": "tentative"}]})
    assert (decide(rules, court()).state, decide(rules, court()).lapses_at) == ("tentative", None)


def test_rules_without_a_beginning_are_at_fault():
    rules = make_rules(booking={"lifecycle": [{"when": {"facility": "hall"}, "initial": "confirmed"}]})
    with pytest.raises(NoLifecycle):
        decide(rules, court())


def test_registration_can_be_an_anchor():
    window = {"code": "new", "channels": ["web"], "closes": {"from": "registered", "months": 12}}
    rules = make_rules(booking={"windows": [window]})
    assert decide(rules, court(), person=REGISTERED).state == "confirmed"


@pytest.mark.parametrize("surfaces", [0, 5])
def test_only_as_many_courts_as_there_are(surfaces):
    with pytest.raises(TooManySurfaces) as refused:
        decide(TOWN, court(surfaces=surfaces))
    assert refused.value.facts["maximum"] == 4


@pytest.mark.fact("KS-110", "KS-111")
def test_a_court_is_chosen_where_there_is_a_choice():
    assert {claim.named for claim in decide(TOWN, court(space="marked", unit=1)).claims} == {(1,)}
    with pytest.raises(FormMissing) as missing:
        decide(TOWN, court(space="marked"))
    assert missing.value.facts["fields"] == ["unit"]
    for request in (court(space="marked", unit=3), court(unit=1), court(space="marked", unit=1, surfaces=2)):
        with pytest.raises(FormInvalid):
            decide(TOWN, request)


def test_an_activity_that_is_not_done_there_is_refused():
    assert decide(TOWN, court(space="basketball", activity="volleyball")).facts["activity"] == "volleyball"
    assert decide(TOWN, court(activity="anything")).state == "confirmed"
    with pytest.raises(FormInvalid) as refused:
        decide(TOWN, court(space="basketball", activity="chess"))
    assert refused.value.facts["field"] == "activity"


@pytest.mark.fact("ML-014", "ML-031")
def test_guests_are_told_for_each_night():
    plan = decide(TOWN, stay(nights=2, guests=({"adult": 2, "infant": 3}, {"adult": 3})))
    assert plan.facts["people"] == 5
    for guests in (({"adult": 2},), ({"adult": 2}, {"adult": 0})):
        with pytest.raises(FormMissing) as refused:
            decide(TOWN, stay(nights=2, guests=guests))
        assert (refused.value.facts["fields"], refused.value.variant) == (["guests"], "guests")


def test_the_room_sleeps_its_number_of_guests():
    with pytest.raises(TooManyGuests) as refused:
        decide(TOWN, stay(guests=({"adult": 3, "child": 1},)))
    assert refused.value.facts["maximum"] == 3
    assert decide(TOWN, stay(surfaces=2, guests=({"adult": 3, "child": 3},))).state == "confirmed"
    assert decide(TOWN, stay(guests=({"adult": 3, "infant": 2},))).state == "confirmed"


def test_a_room_without_a_number_sleeps_all():
    lodge = {**RULES["inventory"][2]}
    lodge["spaces"] = [{**lodge["spaces"][0], "people": None}]
    rules = make_rules(inventory=[lodge])
    assert decide(rules, stay(guests=({"adult": 30},))).state == "confirmed"


@pytest.mark.parametrize("guests", [({"dog": 1},), ({"adult": -1},)])
def test_guests_that_are_not_counted_here_are_refused(guests):
    with pytest.raises(FormInvalid):
        decide(TOWN, stay(guests=guests))


@pytest.mark.fact("ML-016")
def test_a_wish_must_be_answered_where_it_is_asked():
    with pytest.raises(FormMissing) as refused:
        decide(TOWN, stay(preferences={}))
    assert (refused.value.facts["fields"], refused.value.variant) == (["preference.mixed"], "preference")
    assert decide(TOWN, stay(preferences={}), check_form=False).quote.total_yen == 20300


@pytest.mark.fact("MG-039", "MG-T6")
def test_the_tenth_projector_of_nine_is_refused():
    assert decide(TOWN, room(equipment={"projector": 9})).quote.total_yen == 5200
    with pytest.raises(EquipmentShort) as refused:
        decide(TOWN, room(equipment={"projector": 10}))
    assert (refused.value.facts["free"], refused.value.facts["stock"]) == (9, 9)
    other = held(TOWN, room(space="east", equipment={"projector": 8}), by_self=False)
    with pytest.raises(EquipmentShort) as refused:
        decide(TOWN, room(equipment={"projector": 2}), held=[other])
    assert refused.value.facts["free"] == 1


def test_the_only_piano_is_short():
    other = held(TOWN, room(space="east", equipment={"piano": 1}), by_self=False)
    by_clerk = {"actor": "clerk", "channel": "counter"}
    with pytest.raises(SlotTaken):
        decide(TOWN, room(space="whole", equipment={"piano": 1}), held=[other], **by_clerk)
    elsewhere = held(TOWN, room(equipment={"piano": 1}), by_self=False)
    with pytest.raises(EquipmentShort) as refused:
        decide(TOWN, room(space="whole", equipment={"piano": 1}), held=[elsewhere])
    assert refused.value.facts["name"] == "ピアノ"


@pytest.mark.parametrize("equipment", [{"piano": 1}, {"projector": -1}, {"rocket": 1}])
def test_equipment_that_is_not_lent_there_is_refused(equipment):
    with pytest.raises(FormInvalid) as refused:
        decide(TOWN, room(equipment=equipment))
    assert refused.value.facts["field"] == "equipment"


def test_what_somebody_has_is_taken():
    other = held(TOWN, court(surfaces=3), by_self=False)
    assert decide(TOWN, court(), held=[other]).state == "confirmed"
    with pytest.raises(SlotTaken) as refused:
        decide(TOWN, court(surfaces=2), held=[other])
    assert refused.value.facts["free"] == 1


@pytest.mark.parametrize(
    "other",
    [
        {"state": "cancelled"},
        {"space_id": "park.gone"},
        {"use_on": date(2027, 2, 21)},
    ],
)
def test_what_does_not_stand_in_the_way_is_passed_over(other):
    values = held(TOWN, court(surfaces=4), by_self=False)
    changed = type(values)(**{name: getattr(values, name) for name in values.__slots__} | other)
    assert decide(TOWN, court(), held=[changed]).state == "confirmed"


def test_the_twenty_first_room_of_twenty_is_taken():
    others = [held(TOWN, stay("2027-02-19", nights=2), booking_id=number, by_self=False) for number in range(20)]
    with pytest.raises(SlotTaken):
        decide(TOWN, stay(), held=others)
    assert decide(TOWN, stay(), held=others[1:]).claims == (Claim("lodge.twin", date(2027, 2, 20), 0, 1),)
    assert decide(TOWN, stay("2027-02-21"), held=others).state == "confirmed"


def test_time_kept_free_is_kept_by_both():
    hourly = {**RULES["timetables"]["hourly"], "buffer_minutes": 60}
    rules = make_rules(timetables={"hourly": hourly})
    other = held(rules, court(starts="13:00", ends="14:00", surfaces=4), by_self=False)
    assert decide(rules, court(), held=[other]).state == "confirmed"
    with pytest.raises(SlotTaken):
        decide(rules, court(starts="10:00", ends="13:00"), held=[other])
    with pytest.raises(SlotTaken):
        decide(rules, court(starts="14:00", ends="15:00"), held=[other])
    assert decide(rules, court(starts="15:00", ends="16:00"), held=[other]).state == "confirmed"


@pytest.mark.fact("KS-069")
def test_nothing_bounds_vacancy_bookings_where_no_limit_is_written():
    others = [held(TOWN, court(f"2027-02-{day:02d}"), booking_id=day) for day in (6, 7, 9, 10, 11, 12, 13, 14)]
    assert decide(TOWN, court(), held=others).state == "confirmed"


def test_a_group_is_a_person_too():
    assert decide(TOWN, room(), person=GROUP).facts["user_class"] == "group"
    assert decide(TOWN, room(), person=Person(facts={"registration": "registered"})).facts.get("user_class") is None
