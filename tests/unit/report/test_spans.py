"""Figures of past months count the hours that were open then."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from yoyaku.report.policy.opening import parts_of, spans_of
from yoyaku.report.policy.span import Span
from yoyaku.ruleset.policy import VersionHead

SPAN = Span(first=date(2027, 1, 1), end=date(2027, 4, 1), zone=ZoneInfo("Asia/Tokyo"))


def days(found):
    return [(number, part.first, part.end) for number, part in found]


def test_each_part_of_a_span_has_the_inventory_that_was_in_force():
    found = spans_of(
        SPAN, [(1, date(2026, 4, 1)), (2, date(2027, 2, 10)), (3, date(2027, 2, 10)), (4, date(2027, 5, 1))]
    )

    assert days(found) == [(1, SPAN.first, date(2027, 2, 10)), (3, date(2027, 2, 10), SPAN.end)]


def test_before_the_first_inventory_the_first_stands():
    assert days(spans_of(SPAN, [(1, date(2027, 3, 1))])) == [(1, SPAN.first, SPAN.end)]


def version(number, basis, since):
    published = {"published_at": datetime(2026, 1, 1, tzinfo=UTC), "published_by": "x"}
    return VersionHead(version=number, digest="", applies_by=basis, applies_from=since, **published)


def test_each_part_of_a_span_has_the_rules_that_were_in_force_and_days_to_come_those_of_today():
    versions = [
        version(1, "made", date(2027, 1, 15)),
        version(2, "used", date(2027, 2, 20)),
        version(3, "made", date(2027, 3, 10)),
    ]
    inventories = [(1, date(2026, 4, 1)), (2, date(2027, 2, 1))]
    found = parts_of(SPAN, today=date(2027, 3, 1), versions=versions, inventories=inventories)

    assert [(rules, inventory, part.first) for rules, inventory, part in found] == [
        (1, 1, SPAN.first),
        (1, 1, date(2027, 1, 15)),
        (1, 2, date(2027, 2, 1)),
        (2, 2, date(2027, 2, 20)),
        (2, 2, date(2027, 3, 10)),
    ]
    assert [part.end for *_, part in found] == [*(part.first for *_, part in found[1:]), SPAN.end]
