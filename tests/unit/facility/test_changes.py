"""Bookings that no longer fit a facility as it is to be."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import uuid4

import msgspec
import pytest

from yoyaku.facility.policy.changes import Lent, grains_change, why_hit
from yoyaku.kernel.period import Period
from yoyaku.rulebook.compile import compile_rules
from yoyaku.rulebook.terms import RuleSet
from yoyaku.testing.town import DAY, town_rule_set, town_rules

MORNING = Period(datetime(2027, 2, 20, 1, tzinfo=UTC), datetime(2027, 2, 20, 3, tzinfo=UTC))
"""From ten to twelve in the town."""


@dataclass(frozen=True, kw_only=True)
class Booked:
    space_id: str = "plaza.court"
    use_on: date = DAY
    period: Period = MORNING
    nights: int = 0
    booking_id: object = uuid4()


def rules_with(change):
    """The town's rules with its plaza changed."""
    plain = msgspec.to_builtins(town_rule_set())
    change(plain["inventory"][0])
    return compile_rules(msgspec.convert(plain, RuleSet), [])


def put(**more):
    return lambda plaza: plaza.update(more)


def fewer_courts(plaza):
    plaza["spaces"][1]["capacity"] = 2


def finer_courts(plaza):
    plaza["spaces"][1]["bucket_minutes"] = 30


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (put(), []),
        (put(hours=[{"opens": "09:00", "closes": "12:00"}]), []),
        (put(hours=[{"opens": "09:00", "closes": "11:30"}]), ["hours"]),
        (put(hours=[{"opens": "10:30", "closes": "21:00"}]), ["hours"]),
        (put(calendar={"closed": [{"weekly": ["saturday"]}]}), ["closed"]),
        (put(calendar={"closed": [{"weekly": ["sunday"]}]}), []),
        (put(spaces=[]), ["space"]),
        (fewer_courts, ["stock"]),
    ],
)
def test_a_booking_is_hit_where_its_hours_day_space_or_court_would_be_gone(change, why):
    booked = Booked()
    lent = {booked.booking_id: [Lent(booking_id=booked.booking_id, resource_id="plaza.court", unit=4)]}

    assert list(why_hit(rules_with(change), booked, lent)) == why


def test_a_stay_has_no_hours():
    assert list(why_hit(rules_with(put()), Booked(space_id="inn.twin", nights=1), {})) == []


def test_what_is_occupied_in_hours_cannot_be_occupied_in_half_hours():
    assert grains_change(town_rules(), rules_with(finer_courts), "plaza") == ["plaza.court", "plaza.eq.projector"]
    assert grains_change(town_rules(), rules_with(fewer_courts), "plaza") == []
