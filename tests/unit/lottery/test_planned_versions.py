"""By which version a lottery goes: the days of a lottery beside what a new version says it applies to."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from tests.unit.lottery.raffle import SCHEME, raffle_rules

from yoyaku.lottery.rules import Month
from yoyaku.lottery.service.planning import plans_of_month
from yoyaku.ruleset.policy import VersionHead, choose_version

TODAY, FEBRUARY = date(2026, 12, 20), Month(starts=date(2027, 2, 1), ends=date(2027, 3, 1))
ENTERED, DRAWN, TOLD = date(2027, 1, 6), date(2027, 1, 11), date(2027, 1, 13)
MONTHLY = {**SCHEME, "announces": {"from": "use_month", "months": -1, "day": 13, "at": "09:00"}}


def head(version, by, since):
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return VersionHead(
        version=version, digest="", applies_by=by, applies_from=since, published_at=at, published_by="test"
    )


def planned(by, since, second=None):
    """The versions by which the lotteries of February are planned: the first, and one that applies like this."""
    first = raffle_rules(MONTHLY)
    versions = {1: replace(first, version=1), 2: replace(second or first, version=2)}
    heads = [head(1, "made", date(2026, 1, 1)), head(2, by, since)]

    async def rules_for(days):
        return versions[choose_version(heads, days).version]

    return [one.rules.version for one in asyncio.run(plans_of_month(rules_for, FEBRUARY, today=TODAY))]


@pytest.mark.parametrize(
    ("by", "last"),
    [("applied", ENTERED), ("drawn", DRAWN), ("made", TOLD), ("used", FEBRUARY.starts)],
)
def test_a_lottery_goes_by_the_version_that_its_own_day_falls_under(by, last):
    assert planned(by, last) == [2]
    assert planned(by, date.fromordinal(last.toordinal() + 1)) == [1]


def test_a_lottery_that_a_new_version_has_no_more_is_not_planned_from_its_day_on():
    without = replace(raffle_rules(MONTHLY), lotteries=())
    assert planned("drawn", DRAWN, second=without) == []
    assert planned("drawn", TOLD, second=without) == [1]


def test_where_a_new_version_moves_the_day_beyond_its_own_the_newer_counts():
    """By the first it is drawn under the second, and by the second, which draws earlier, under the first."""
    earlier = {"from": "use_month", "months": -1, "day": 10, "at": "00:00"}
    moved = raffle_rules({**MONTHLY, "draws": earlier, "closes": earlier})
    assert planned("drawn", DRAWN, second=moved) == [2]
