"""What made up applicants wish for: every slot and night that a lottery draws in a month."""

from datetime import UTC, date, datetime

import pytest
from tests.unit.lottery.raffle import TOWN

from yoyaku.lottery.policy.rehearsal_uses import kinds_of, wishable_uses
from yoyaku.lottery.policy.wants import parse_wants
from yoyaku.lottery.rules import Month, schemes

FEBRUARY = Month(starts=date(2027, 2, 1), ends=date(2027, 3, 1))
NOW = datetime(2027, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize("scheme", schemes(TOWN), ids=lambda scheme: scheme.code)
def test_each_use_lies_in_the_month_and_they_come_in_the_same_order_again(scheme):
    found = wishable_uses(TOWN, scheme=scheme, month=FEBRUARY, now=NOW)
    days = {want.day for wants in found for want in parse_wants(wants)}

    assert found
    assert found == wishable_uses(TOWN, scheme=scheme, month=FEBRUARY, now=NOW)
    assert all("2027-02-01" <= day <= "2027-02-28" for day in days)


def test_a_night_is_one_use_of_a_whole_day():
    nights = next(one for one in schemes(TOWN) if one.code == "nights")
    wants = [parse_wants(one) for one in wishable_uses(TOWN, scheme=nights, month=FEBRUARY, now=NOW)]

    assert {(one.starts, one.ends) for (one,) in wants} == {(0, 1440)}


def test_no_use_is_of_a_place_that_another_lottery_draws():
    one, other = (
        {
            want.resource_id
            for wants in wishable_uses(TOWN, scheme=scheme, month=FEBRUARY, now=NOW)
            for want in parse_wants(wants)
        }
        for scheme in schemes(TOWN)[:2]
    )

    assert one.isdisjoint(other)


def test_the_applicants_are_of_every_class_of_user():
    assert [kind["user_class"] for kind in kinds_of(TOWN)] == [one.code for one in TOWN.registration.classes]
    assert all(kind["registration"] for kind in kinds_of(TOWN))
