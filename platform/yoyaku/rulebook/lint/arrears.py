"""Ladders of what is not paid: steps that come one after the other, each once, and end where they should."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Final

from yoyaku.billing.policy.arrears import Reached, next_rung, pay_by
from yoyaku.billing.terms import Arrears
from yoyaku.booking.rules import ServiceRules
from yoyaku.rulebook.book import Book
from yoyaku.rules.calendar import NoOpenDay
from yoyaku.rules.fault import Fault, KeyPath
from yoyaku.rules.moment import AnchorUnknown, CalendarUnknown, resolve
from yoyaku.rules.values import Anchor, Moment

MONTHS: Final = [(year, month) for year in (2027, 2028) for month in range(1, 13)]
"""A common year and a leap year."""
DAYS: Final = (1, 14, 28)


def check_arrears(book: Book) -> Iterator[Fault]:
    """A step that comes twice; money that is asked for by a day before it is asked for; a suspension that is not the end."""
    for index, ladder in enumerate(book.rules.payment.arrears):
        path: KeyPath = ("payment", "arrears", index, "steps")
        codes = [step.code for step in ladder.steps]
        for place, step in enumerate(ladder.steps):
            if step.code in codes[:place]:
                yield book.fault("arrears_step_twice", (*path, place, "code"), found=step.code)
            if step.suspends and place < len(ladder.steps) - 1:
                yield book.fault("arrears_after_suspension", (*path, place + 1), level="warning", found=step.code)
        if book.compiled is not None and len(set(codes)) == len(codes):
            yield from _in_order(book, book.compiled, path, ladder)


def _in_order(book: Book, rules: ServiceRules, path: KeyPath, ladder: Arrears) -> Iterator[Fault]:
    """Try the ladder with due dates of two years; of each step the first fault is told."""
    told: set[int] = set()
    for year, month in MONTHS:
        for day in DAYS:
            use_on = date(year, month, day)
            due_at = datetime(year, month, day, tzinfo=rules.zone).astimezone(UTC)
            for place, key, found in _climb(rules, ladder, use_on, due_at):
                if place not in told:
                    told.add(place)
                    code = "arrears_step_before" if key == "at" else "arrears_pay_by_before"
                    yield book.fault(code, (*path, place, key), found=found.date().isoformat())


def _climb(rules: ServiceRules, ladder: Arrears, use_on: date, due_at: datetime) -> Iterator[tuple[int, str, datetime]]:
    noon = datetime(use_on.year, use_on.month, use_on.day, 12, tzinfo=rules.zone)
    fixed: dict[Anchor, date | datetime] = {"use_day": use_on, "use_start": noon, "use_end": noon, "made": noon}

    def moment(wanted: Moment, known: Mapping[Anchor, datetime]) -> datetime:
        return resolve(wanted, {**fixed, **known}, rules.calendars, rules.zone)

    reached: list[Reached] = []
    before = due_at
    try:
        for place, step in enumerate(ladder.steps):
            rung = next_rung(ladder, reached=reached, due_at=due_at, moment=moment)
            at = due_at if rung is None else rung.at
            if at < before:
                yield place, "at", at
            until = pay_by(step, reached_at=at, due_at=due_at, moment=moment)
            if until is not None and until <= at:
                yield place, "pay_by", until
            before = until or at
            reached.append(Reached(code=step.code, at=at, pay_by=until))
    except (AnchorUnknown, CalendarUnknown, NoOpenDay):
        return
