"""Windows and due dates, tried over two years: what closes before it opens, what is due before it is made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Final

from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.terms import Window
from yoyaku.facility.policy import PlacedSpace, may_hold
from yoyaku.rulebook.book import Book, facility_fault
from yoyaku.rulebook.lint.order import may_meet
from yoyaku.rules.calendar import NoOpenDay
from yoyaku.rules.fault import Fault, KeyPath
from yoyaku.rules.moment import AnchorUnknown, CalendarUnknown, resolve
from yoyaku.rules.values import Anchor, Moment, When

FIRST_DAY: Final = date(2027, 1, 1)
DAYS: Final = 731
"""A common year and a leap year."""

NOON: Final = timedelta(hours=12)
FIRST_COME: Final[When] = {"arose": "first_come"}
"""What a window lets make; the dues of what is won by lot are tried with the days of the lottery."""


def check_spans(book: Book) -> Iterator[Fault]:
    """Windows, lapses and due dates that can never be met."""
    if book.compiled is None:
        return
    trial = Trial(book=book, rules=book.compiled)
    for index, window in enumerate(book.rules.booking.windows):
        yield from _window(trial, ("booking", "windows", index), window)
    yield from _never_open(book)
    for index, life in enumerate(book.rules.booking.lifecycle):
        if life.lapses is not None and may_meet(life.when, FIRST_COME):
            yield from _deadline(trial, ("booking", "lifecycle", index, "lapses"), life.lapses, "lapses_before_made")
    for index, method in enumerate(book.rules.payment.methods):
        if method.due is not None and may_meet(method.when, FIRST_COME):
            yield from _deadline(trial, ("payment", "methods", index, "due"), method.due, "due_before_made")


@dataclass(frozen=True, kw_only=True)
class Trial:
    """Days and places on which moments are tried."""

    book: Book
    rules: ServiceRules

    @cached_property
    def days(self) -> Sequence[date]:
        """Two years of use days."""
        return [FIRST_DAY + timedelta(days=count) for count in range(DAYS)]

    def places(self, window: Window, moments: Sequence[Moment | None]) -> Sequence[PlacedSpace]:
        """One place for each calendar of a facility where calendars matter, else one place in all."""
        fitting = [placed for placed in self.book.spaces if may_hold(window.when, placed.facts)]
        if not any(moment is not None and _asks_calendar(moment) for moment in moments):
            return fitting[:1]
        return list({repr(placed.facility.calendar): placed for placed in fitting}.values())

    def instant(
        self, moment: Moment, placed: PlacedSpace, use_on: date, made: datetime | None = None
    ) -> datetime | None:
        """The instant of a moment; ``None`` where it cannot be known (told elsewhere) or is no fault of the moment."""
        noon = datetime(use_on.year, use_on.month, use_on.day, tzinfo=self.rules.zone) + NOON
        anchors: dict[Anchor, date | datetime] = {"use_day": use_on, "use_start": noon, "use_end": noon + NOON / 12}
        if made is not None:
            anchors |= {"made": made, "applied": made, "tentative_since": made, "now": made, "paid": made}
        try:
            return resolve(moment, anchors, self.rules.calendars_of(placed.facility.code), self.rules.zone)
        except (AnchorUnknown, CalendarUnknown, NoOpenDay):
            return None


def _asks_calendar(moment: Moment) -> bool:
    bounds = (moment.not_before, moment.not_after)
    own = moment.roll is not None or moment.open_days != 0
    return own or any(bound is not None and _asks_calendar(bound) for bound in bounds)


def _window(trial: Trial, path: KeyPath, window: Window) -> Iterator[Fault]:
    if window.opens is None:
        return
    for opens, name in ((window.opens, "opens"), (window.visible, "visible")):
        if opens is None:
            continue
        closed, example = _closes_first(trial, window, opens, window.closes)
        if example is not None and closed:
            yield trial.book.fault("never_opens", (*path, "closes"), found=example)
        elif example is not None:
            yield trial.book.fault("opens_not_always", (*path, name), level="warning", found=example)


def _closes_first(trial: Trial, window: Window, opens: Moment, closes: Moment) -> tuple[bool, date | None]:
    """Whether it closes before it opens on every day tried, and the first day on which it does."""
    example: date | None = None
    always = True
    for placed in trial.places(window, (opens, closes)):
        for day in trial.days:
            opens_at, closes_at = trial.instant(opens, placed, day), trial.instant(closes, placed, day)
            if opens_at is None or closes_at is None:
                return False, None
            if closes_at <= opens_at:
                example = example or day
            else:
                always = False
    return always, example


def _deadline(trial: Trial, path: KeyPath, moment: Moment, code: str) -> Iterator[Fault]:
    """A deadline that has passed for everybody who books as soon as it is possible."""
    windows = [window for window in trial.book.rules.booking.windows if window.action == "book"]
    passed: list[date] = []
    for window in windows:
        for placed in trial.places(window, (moment, window.opens))[:1]:
            for day in trial.days[::7]:
                made = _made(trial, window, placed, day)
                due = None if made is None else trial.instant(moment, placed, day, made)
                if due is None or made is None:
                    return
                if due > made:
                    return
                passed.append(day)
    if passed:
        yield trial.book.fault(code, path, found=passed[0])


def _made(trial: Trial, window: Window, placed: PlacedSpace, day: date) -> datetime | None:
    if window.opens is None:
        return datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=60)
    return trial.instant(window.opens, placed, day)


def _never_open(book: Book) -> Iterator[Fault]:
    """Spaces that no window lets anybody book."""
    windows = [window for window in book.rules.booking.windows if window.action == "book"]
    for placed in book.spaces:
        if placed.space.online and not any(may_hold(window.when, placed.facts) for window in windows):
            at = next(at for at in book.facilities if at.facility.code == placed.facility.code)
            where: KeyPath = ("spaces", at.facility.spaces.index(placed.space))
            yield facility_fault(at, "no_window", where, level="warning", found=placed.space_id)
