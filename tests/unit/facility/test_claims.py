"""What a use occupies."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.booking.town import RULES, at, court, make_rules, room, stay

from yoyaku.facility.policy import Claim, Occupation, claims_for, find_shortage, locate_use, time_of_day
from yoyaku.facility.policy.rules import FacilityRules

TOWN = make_rules()
NOW = at("2027-02-01 10:00")


def claims(request, rules=TOWN, **more):
    use = locate_use(rules, request.wish, NOW)
    occupation = Occupation(
        placed=use.placed,
        use_on=use.use_on,
        period=use.period,
        nights=use.nights,
        surfaces=request.surfaces,
        unit=request.unit,
        equipment=request.equipment,
        **more,
    )
    return claims_for(rules, occupation)


@pytest.mark.fact("KS-110")
def test_courts_that_are_not_chosen_are_any_units():
    assert claims(court(ends="10:00", surfaces=2)) == (
        Claim("park.tennis", date(2027, 2, 20), 540, 2),
        Claim("park.tennis", date(2027, 2, 20), 570, 2),
    )


@pytest.mark.fact("KS-111")
def test_a_court_that_is_chosen_is_named():
    assert {claim.named for claim in claims(court(space="marked", unit=2))} == {(2,)}


def test_a_basketball_court_takes_half_the_floor_and_a_table_an_eighth():
    assert {claim.units for claim in claims(court(space="basketball"))} == {4}
    assert {claim.units for claim in claims(court(space="table-tennis", surfaces=3))} == {3}


def test_the_whole_of_a_divided_room_takes_its_parts():
    assert {(claim.units, claim.named) for claim in claims(room(space="whole"))} == {(2, (1, 2))}


@pytest.mark.fact("ML-031")
def test_each_night_of_a_stay_is_one_bucket():
    assert claims(stay(nights=2)) == (
        Claim("lodge.twin", date(2027, 2, 20), 0, 1),
        Claim("lodge.twin", date(2027, 2, 21), 0, 1),
    )


def test_equipment_is_taken_for_the_time_of_the_use():
    taken = claims(room(equipment={"projector": 2, "piano": 0}))
    assert {claim.resource_id for claim in taken} == {"hall.room", "hall.eq.projector"}
    assert Counter(claim.resource_id for claim in taken) == {"hall.room": 6, "hall.eq.projector": 6}


def test_time_is_kept_free_after_a_use_but_not_beyond_midnight():
    hourly = {**RULES["timetables"]["hourly"], "buffer_minutes": 60, "closes": "24:00"}
    rules = make_rules(timetables={"hourly": hourly}, timetable_use=[{"timetable": "hourly"}])
    evening = court(facility="hall", space="room", starts="22:00", ends="23:00")
    assert [claim.bucket for claim in claims(evening, rules, buffer_minutes=60)] == [1320, 1350, 1380, 1410]
    late = court(facility="hall", space="room", starts="23:00", ends="24:00")
    assert [claim.bucket for claim in claims(late, rules, buffer_minutes=60)] == [1380, 1410]
    assert locate_use(rules, late.wish, NOW).buffer_minutes == 60


@given(start=st.integers(9, 16), hours=st.integers(1, 4), surfaces=st.integers(1, 4), days=st.integers(0, 300))
def test_claims_cover_the_period_exactly_and_never_pass_the_capacity(start, hours, surfaces, days):
    day = date(2027, 3, 2) + timedelta(days=days)
    if not TOWN.calendar_of("park").is_open(day):
        return
    ends = min(start + hours, 17)
    wish = court(str(day), time_of_day(start * 60), time_of_day(ends * 60), surfaces=surfaces)
    if start == ends:
        return
    taken = claims(wish)
    grain = TOWN.inventory.buckets["park.tennis"]
    assert [claim.bucket for claim in taken] == list(range(start * 60, ends * 60, grain))
    assert {claim.units for claim in taken} == {surfaces}
    assert all(claim.units <= TOWN.inventory.resources[claim.resource_id] for claim in taken)
    assert list(taken) == sorted(taken, key=lambda claim: (claim.resource_id, claim.use_on, claim.bucket))


def shortage(wanted, *taken):
    return find_shortage(TOWN, wanted, [claim for each in taken for claim in each])


def test_the_fifth_of_four_courts_is_short():
    three = claims(court(surfaces=3))
    assert shortage(claims(court()), three) is None
    short = shortage(claims(court(surfaces=2)), three)
    assert (short.claim.bucket, short.free) == (540, 1)


@pytest.mark.parametrize(("one", "other", "both"), [
    ("east", "west", True), ("east", "east", False), ("east", "whole", False), ("whole", "west", False),
])  # fmt: skip
def test_halves_of_a_room_stand_side_by_side_but_not_beside_the_whole(one, other, both):
    assert (shortage(claims(room(space=one)), claims(room(space=other))) is None) == both


def test_sports_share_the_floor():
    tables = claims(court(space="table-tennis", surfaces=5))
    assert shortage(claims(court(space="basketball")), tables) is not None
    assert shortage(claims(court(space="basketball")), claims(court(space="table-tennis", surfaces=4))) is None


def test_rules_of_place_alone_name_their_sections():
    sections = FacilityRules.sections(TOWN)
    assert set(sections) == {"timetables", "timetable_use", "facilities"}
