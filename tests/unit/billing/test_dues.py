"""When a fee is reminded of: before the last day, after the act, the earliest of all ways."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest

from yoyaku.billing.policy import DueDays, payment_dues, reminder_of
from yoyaku.billing.terms import PaymentMethod
from yoyaku.rules.moment import resolve
from yoyaku.rules.trace import ClauseUse

ZONE = ZoneInfo("Asia/Tokyo")
NOW = datetime(2027, 1, 10, 12, tzinfo=ZONE)
TILL_24 = {"from": "made", "days": 14, "at": "24:00"}
TILL_NOON = {"from": "made", "days": 14, "at": "12:00"}
COLLECTION = {"on": {"from": "made", "days": 30}, "prepared": {"from": "made"}}


def dues(*methods):
    days = DueDays(instant=lambda moment: resolve(moment, {"made": NOW}, {}, ZONE), zone=ZONE, now=NOW)
    terms = [
        msgspec.convert({"code": f"way{at}", "name": "方法", **one}, PaymentMethod) for at, one in enumerate(methods)
    ]
    made = payment_dues(terms, total_yen=500, facts={}, days=days, cite=lambda *_: ClauseUse("payment"))
    return made.methods


def way(due, days_before, at="09:00", **more):
    return {"due": due, "remind": {"days_before": days_before, "at": at}, **more}


def at_civil(month, day, hour):
    return datetime(2027, month, day, hour, tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("methods", "at"),
    [
        ([way(TILL_24, 3)], at_civil(1, 21, 9)),
        ([way(TILL_NOON, 3)], at_civil(1, 21, 9)),
        ([way(TILL_24, 0)], at_civil(1, 24, 9)),
        ([way(TILL_NOON, 0, "13:00")], None),
        ([way(TILL_24, 14)], None),
        ([way(TILL_24, 14, "13:00")], at_civil(1, 10, 13)),
        ([{"due": TILL_24}], None),
        ([{"remind": {"days_before": 3, "at": "09:00"}}], None),
        ([way(TILL_24, 3), way(TILL_24, 5)], at_civil(1, 19, 9)),
        ([way(TILL_24, 3), {"due": TILL_24, "collection": COLLECTION}], None),
    ],
    ids=str,
)
def test_a_reminder_counts_from_the_last_day_and_never_comes_to_who_knows_or_is_debited(methods, at):
    assert reminder_of(dues(*methods)) == at
