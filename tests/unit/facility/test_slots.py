"""How a day is cut, and which times are offered."""

from datetime import date

import pytest
from tests.unit.booking.town import RULES, at, court, make_rules, room, stay

from yoyaku.facility.policy import (
    ClosedDay,
    NotBookable,
    OutsideHours,
    SlotNotOffered,
    TooLong,
    TooShort,
    Wish,
    closed_reason,
    locate_use,
    offered_slots,
    time_of_day,
)
from yoyaku.facility.policy.memo import MOST_KEPT, Memo

TOWN = make_rules()
NOW = at("2027-02-01 10:00")
HOURLY = RULES["timetables"]["hourly"]
NIGHTS = RULES["timetables"]["nights"]


def with_timetable(name, **changes):
    return make_rules(timetables={name: {**RULES["timetables"][name], **changes}})


def times(slots):
    return [(time_of_day(slot.starts_minute), time_of_day(slot.ends_minute)) for slot in slots]


def test_a_grid_is_cut_within_the_opening_hours_of_the_season():
    winter = offered_slots(TOWN, "park.tennis", date(2027, 2, 20), NOW)
    spring = offered_slots(TOWN, "park.tennis", date(2027, 3, 20), NOW)
    assert times(winter)[0] == ("09:00", "10:00")
    assert times(winter)[-1] == ("16:00", "17:00")
    assert times(spring)[0] == ("06:00", "07:00")
    assert times(spring)[-1] == ("20:00", "21:00")


def test_the_instants_of_a_slot_are_those_of_the_towns_clock():
    slot = offered_slots(TOWN, "park.tennis", date(2027, 2, 20), NOW)[0]
    assert (slot.starts_at, slot.ends_at) == (at("2027-02-20 09:00"), at("2027-02-20 10:00"))


@pytest.mark.fact("MG-050")
def test_bands_keep_their_names():
    slots = offered_slots(TOWN, "hall.room", date(2027, 2, 20), NOW)
    assert [(slot.code, slot.name) for slot in slots] == [("am", "午前"), ("pm", "午後"), ("night", "夜間")]


def test_a_night_runs_into_the_next_day():
    (night,) = offered_slots(TOWN, "lodge.twin", date(2027, 2, 28), NOW)
    assert (night.starts_at, night.ends_at) == (at("2027-02-28 15:00"), at("2027-03-01 10:00"))
    assert time_of_day(night.ends_minute) == "34:00"


def test_nothing_is_offered_on_a_closed_day():
    monday = date(2027, 2, 22)
    assert offered_slots(TOWN, "park.tennis", monday, NOW) == ()
    assert closed_reason(TOWN, "park.tennis", monday).rule.weekly == ["monday"]
    assert closed_reason(TOWN, "park.tennis", date(2027, 2, 20)) is None


def test_a_band_that_reaches_beyond_the_opening_hours_is_not_offered():
    rules = make_rules(timetable_use=[{"timetable": "bands"}])
    assert [slot.code for slot in offered_slots(rules, "park.tennis", date(2027, 2, 20), NOW)] == ["am", "pm"]


@pytest.mark.parametrize(
    ("use", "now", "offered"),
    [
        ({"from_days_before_use": 14}, "2027-02-05 23:59", "bands"),
        ({"from_days_before_use": 14}, "2027-02-06 00:00", "hours"),
        ({"since": {"from": "use_month", "at": "12:00"}}, "2027-02-01 11:59", "bands"),
        ({"since": {"from": "use_month", "at": "12:00"}}, "2027-02-01 12:00", "hours"),
    ],
)
def test_a_room_let_in_bands_becomes_hourly_near_the_date(use, now, offered):
    rules = make_rules(timetable_use=[{"timetable": "hourly", **use}, {"timetable": "bands"}])
    slots = offered_slots(rules, "hall.room", date(2027, 2, 20), at(now))
    assert (slots[0].code is None) == (offered == "hours")


def test_a_space_without_a_timetable_offers_nothing():
    rules = make_rules(timetable_use=[{"when": {"facility": "park"}, "timetable": "hourly"}])
    with pytest.raises(SlotNotOffered):
        offered_slots(rules, "hall.room", date(2027, 2, 20), NOW)


def locate(request, rules=TOWN):
    return locate_use(rules, request.wish, NOW)


def test_whole_steps_are_one_use():
    use = locate(court())
    assert (use.period.starts_at, use.period.ends_at) == (at("2027-02-20 09:00"), at("2027-02-20 12:00"))
    assert (len(use.slots), use.minutes, use.starts_minute, use.ends_minute) == (3, 180, 540, 720)
    assert (use.bands, use.nights, use.buffer_minutes) == ((), 0, 0)


@pytest.mark.parametrize(
    ("starts", "ends", "refusal", "facts"),
    [
        ("09:30", "11:30", SlotNotOffered, {"step_minutes": 60}),
        ("09:00", "10:30", SlotNotOffered, {"step_minutes": 60}),
        ("12:00", "09:00", SlotNotOffered, {}),
        (None, "09:00", SlotNotOffered, {}),
        ("09:00", None, SlotNotOffered, {}),
        ("08:00", "10:00", OutsideHours, {"opens": "09:00", "closes": "17:00"}),
        ("16:00", "18:00", OutsideHours, {"opens": "09:00", "closes": "17:00"}),
        ("09:00", "14:00", TooLong, {"maximum": 240, "unit": "minutes"}),
    ],
)
def test_a_time_that_does_not_fit_the_grid_is_refused(starts, ends, refusal, facts):
    with pytest.raises(refusal) as refused:
        locate(court(starts=starts, ends=ends))
    assert facts.items() <= refused.value.facts.items()


def test_a_use_that_is_too_short_is_refused():
    with pytest.raises(TooShort) as refused:
        locate(court(ends="10:00"), with_timetable("hourly", minimum_minutes=120))
    assert (refused.value.facts["minimum"], refused.value.variant) == (120, "minutes")


def test_length_is_free_where_nothing_bounds_it():
    rules = with_timetable("hourly", minimum_minutes=None, maximum_minutes=None)
    assert locate(court(ends="17:00"), rules).minutes == 480


def test_starts_can_be_kept_to_some_minutes_of_the_hour():
    rules = with_timetable("hourly", step_minutes=30, starts_on_minutes=[0])
    assert locate(court(ends="10:30"), rules).minutes == 90
    with pytest.raises(SlotNotOffered):
        locate(court(starts="09:30", ends="10:30"), rules)


def test_a_day_without_hours_says_so():
    rules = with_timetable("hourly", opens="18:00", closes="22:00")
    with pytest.raises(OutsideHours) as refused:
        locate(court(), rules)
    assert refused.value.variant == "none"


@pytest.mark.parametrize("wish", [{"bands": ("am", "pm")}, {"bands": (), "starts": "09:00", "ends": "17:00"}])
def test_neighbouring_bands_are_joined_with_the_time_between_them(wish):
    use = locate(room(**wish))
    assert use.bands == ("am", "pm")
    assert (use.period.starts_at, use.period.ends_at) == (at("2027-02-20 09:00"), at("2027-02-20 17:00"))


@pytest.mark.parametrize(
    "wish",
    [
        {"bands": ("am", "night")},
        {"bands": ("am", "dawn")},
        {"bands": (), "starts": "09:00", "ends": "11:00"},
        {"bands": (), "starts": "09:30", "ends": "17:00"},
    ],
)
def test_times_that_are_no_bands_are_refused(wish):
    with pytest.raises(SlotNotOffered) as refused:
        locate(room(**wish))
    assert refused.value.facts["bands"] == ["am", "pm", "night"]
    assert refused.value.variant is None


def test_more_bands_than_may_be_joined_are_refused():
    with pytest.raises(TooLong) as refused:
        locate(room(bands=("am", "pm", "night")))
    assert (refused.value.facts["maximum"], refused.value.variant) == (2, "bands")


@pytest.mark.fact("ML-031")
def test_a_stay_is_one_period_of_many_nights():
    use = locate(stay(nights=2))
    assert (use.period.starts_at, use.period.ends_at) == (at("2027-02-20 15:00"), at("2027-02-22 10:00"))
    assert [slot.use_on for slot in use.slots] == [date(2027, 2, 20), date(2027, 2, 21)]
    assert use.nights == 2


@pytest.mark.parametrize(("nights", "refusal"), [(0, SlotNotOffered), (3, TooLong)])
def test_a_stay_has_its_number_of_nights(nights, refusal):
    with pytest.raises(refusal) as refused:
        locate(stay(nights=nights))
    assert refused.value.variant == "nights"


def test_a_stay_can_need_more_than_one_night():
    with pytest.raises(TooShort):
        locate(stay(), with_timetable("nights", minimum_nights=2))


def test_a_stay_may_not_touch_a_closed_day_unless_the_timetable_lets_it():
    with pytest.raises(ClosedDay) as refused:
        locate(stay("2027-03-02", nights=2))
    assert refused.value.facts["use_on"] == date(2027, 3, 3)
    assert refused.value.facts["next_open_day"] == date(2027, 3, 4)
    assert locate(stay("2027-03-02", nights=2), with_timetable("nights", may_touch_closed_days=True)).nights == 2
    with pytest.raises(ClosedDay):
        locate(stay("2027-03-03"), with_timetable("nights", may_touch_closed_days=True))


def test_a_stay_may_be_kept_from_crossing_the_end_of_a_month():
    rules = with_timetable("nights", may_cross_month_end=False)
    assert locate(stay("2027-02-28"), rules).nights == 1
    with pytest.raises(SlotNotOffered):
        locate(stay("2027-02-28", nights=2), rules)


@pytest.mark.fact("KS-022")
def test_a_place_for_information_only_is_not_booked():
    with pytest.raises(NotBookable):
        locate_use(TOWN, Wish(space_id="pool.lane", use_on=date(2027, 2, 20), starts="09:00", ends="10:00"), NOW)


def test_answers_are_kept_until_there_are_too_many():
    memo, worked_out = Memo(), []
    for number in range(MOST_KEPT):
        memo.get(number, lambda: worked_out.append(1))
    memo.get(0, lambda: worked_out.append(1))
    assert len(worked_out) == MOST_KEPT
    memo.get("one more", lambda: worked_out.append(1))
    memo.get(0, lambda: worked_out.append(1))
    assert len(worked_out) == MOST_KEPT + 2
