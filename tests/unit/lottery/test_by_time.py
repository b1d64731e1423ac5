"""The uses of a set stand in the order in which they take place."""

from tests.unit.booking.town import at, court, room
from tests.unit.lottery.raffle import TOWN

from yoyaku.booking.pages.picked import by_time


def test_uses_of_a_set_stand_by_day_and_hour_and_at_one_time_as_they_came():
    late, early = court("2027-02-20", starts="14:00", ends="16:00"), court("2027-02-20", starts="09:00", ends="10:00")
    evening, morning = room("2027-02-20", bands=("night",)), room("2027-02-20", bands=("am",))
    before = court("2027-02-19", starts="18:00", ends="19:00")
    sorted_uses = by_time(TOWN, [evening, late, early, morning, before], now=at("2027-01-07 10:00"))
    assert sorted_uses == [before, early, morning, late, evening]
