"""Odds count an entry in each slot that it wants some of."""

from datetime import date

import pytest
from tests.unit.booking.town import at, make_rules

from yoyaku.facility.policy import offered_slots
from yoyaku.lottery.policy.odds import WantedUse, applications, days_of

TOWN = make_rules()
DAY = date(2027, 2, 20)
SLOTS = offered_slots(TOWN, "park.tennis", DAY, at("2027-01-07"))


def use(starts, ends, entries=1):
    return WantedUse("park.tennis", DAY, at(f"2027-02-20 {starts}"), at(f"2027-02-20 {ends}"), 0, entries)


@pytest.mark.fact("ML-011", "KC-028")
def test_each_slot_counts_who_wants_it():
    counts = applications(SLOTS, [use("09:00", "12:00", 3), use("11:00", "13:00"), use("16:00", "17:00", 2)])
    assert counts == [3, 3, 4, 1, 0, 0, 0, 2]


def test_what_begins_within_a_slot_counts_in_it():
    assert applications(SLOTS, [use("09:30", "10:30")]) == [1, 1, 0, 0, 0, 0, 0, 0]
    assert applications(SLOTS, []) == [0] * 8


def test_a_stay_counts_on_each_of_its_days():
    stay = WantedUse("lodge.twin", DAY, at("2027-02-20 15:00"), at("2027-02-22 10:00"), 2, 1)
    assert days_of(stay) == [DAY, date(2027, 2, 21)]
    assert days_of(use("09:00", "10:00")) == [DAY]
