"""Figures of past months count the hours that were open then."""

from datetime import date
from zoneinfo import ZoneInfo

from yoyaku.report.policy.opening import spans_of
from yoyaku.report.policy.span import Span

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
