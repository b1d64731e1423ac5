"""The days of lotteries, tried over two years: each step after the one before it, and before what follows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Final

from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.terms import Window
from yoyaku.facility.policy import PlacedSpace, may_hold
from yoyaku.lottery.rules import Month, month_of
from yoyaku.lottery.terms import LotteryScheme
from yoyaku.rulebook.book import Book
from yoyaku.rulebook.lint.order import may_meet
from yoyaku.rulebook.lint.spans import FIRST_DAY
from yoyaku.rules.calendar import NoOpenDay
from yoyaku.rules.fault import Fault, KeyPath, Level
from yoyaku.rules.moment import AnchorUnknown, CalendarUnknown, resolve
from yoyaku.rules.values import Anchor, Moment, When

MONTHS: Final = 24
"""Of a common year and a leap year."""

ORDER: Final[Sequence[tuple[str, str, str, KeyPath]]] = (
    # the code of the fault, what comes too early, what it must not come before, where it is told
    ("lottery_draws_early", "draws", "closes", ("draws",)),
    ("lottery_announces_early", "announces", "draws", ("announces",)),
    ("lottery_releases_early", "releases", "announces", ("releases",)),
    ("lottery_releases_early", "releases", "until", ("releases",)),
    ("lottery_value_early", "value_after", "closes", ("proof", "value_after")),
    ("lottery_value_late", "draws", "value_after", ("proof", "value_after")),
    ("lottery_after_use", "use", "until", ("win", "until")),
    ("lottery_after_use", "use", "announces", ("announces",)),
    ("lottery_released_after_use", "use", "releases", ("releases",)),
    ("lottery_remind_misplaced", "remind", "opens", ("remind",)),
    ("lottery_remind_misplaced", "closes", "remind", ("remind",)),
    ("lottery_remind_misplaced", "win_remind", "announces", ("win", "remind")),
    ("lottery_remind_misplaced", "until", "win_remind", ("win", "remind")),
)
WARNINGS: Final = frozenset({"lottery_value_late", "lottery_released_after_use", "lottery_remind_misplaced"})


def check_lottery_days(book: Book) -> Iterator[Fault]:
    """Steps in the wrong order, first come before the release, and dues before the result."""
    if book.compiled is None:
        return
    for index, scheme in enumerate(book.rules.lottery.schemes):
        path: KeyPath = ("lottery", "schemes", index)
        days = SchemeDays(book.compiled, scheme)
        yield from _steps(book, path, days)
        yield from _first_come(book, path, days)
    yield from _dues(book)


@dataclass(frozen=True)
class SchemeDays:
    """The moments of a scheme in each month tried, by name."""

    rules: ServiceRules
    scheme: LotteryScheme

    @cached_property
    def months(self) -> Sequence[tuple[Month, dict[str, datetime]]]:
        """The months with the moments that can be known there."""
        months = [month_of(date(FIRST_DAY.year + count // 12, count % 12 + 1, 1)) for count in range(MONTHS)]
        return [(month, self._moments(month)) for month in months]

    def _moments(self, month: Month) -> dict[str, datetime]:
        scheme, zone = self.scheme, self.rules.zone
        named: dict[str, Moment | None] = {
            **{name: getattr(scheme, name) for name in ("opens", "closes", "draws", "announces", "releases", "remind")},
            "value_after": scheme.proof.value_after,
        }
        found = self._resolved(named, {"use_day": month.starts})
        found["use"] = datetime(month.starts.year, month.starts.month, 1, tzinfo=zone).astimezone(UTC)
        if "announces" in found and scheme.win.accept == "required":
            told = found["announces"]
            anchors: dict[Anchor, date | datetime] = {"use_day": month.starts, "announced": told, "won": told}
            found |= self._resolved({"until": scheme.win.until, "win_remind": scheme.win.remind}, anchors)
        return found

    def _resolved(
        self, moments: dict[str, Moment | None], anchors: dict[Anchor, date | datetime]
    ) -> dict[str, datetime]:
        found: dict[str, datetime] = {}
        for name, moment in moments.items():
            at = None if moment is None else _instant(self.rules, moment, anchors)
            if at is not None:
                found[name] = at
        return found


def _instant(rules: ServiceRules, moment: Moment, anchors: dict[Anchor, date | datetime]) -> datetime | None:
    """The instant of a moment; ``None`` where it cannot be known, which is told elsewhere."""
    try:
        return resolve(moment, anchors, rules.calendars, rules.zone)
    except (AnchorUnknown, CalendarUnknown, NoOpenDay):
        return None


def _steps(book: Book, path: KeyPath, days: SchemeDays) -> Iterator[Fault]:
    for code, where, wrong in (
        ("lottery_closes_first", ("closes",), _before("closes", "opens", or_at=True)),
        ("lottery_accept_closes_first", ("win", "until"), _before("until", "announces", or_at=True)),
        *((code, where, _before(late, early)) for code, late, early, where in ORDER),
    ):
        month = next((month for month, at in days.months if wrong(at)), None)
        if month is not None:
            level: Level = "warning" if code in WARNINGS else "error"
            yield book.fault(code, (*path, *where), level=level, found=f"{month.starts:%Y-%m}")


def _before(one: str, other: str, *, or_at: bool = False) -> Callable[[dict[str, datetime]], bool]:
    """Whether ``one`` comes before ``other``, where both are known."""

    def wrong(at: dict[str, datetime]) -> bool:
        known = one in at and other in at
        return known and (at[one] < at[other] or (or_at and at[one] == at[other]))

    return wrong


def _first_come(book: Book, path: KeyPath, days: SchemeDays) -> Iterator[Fault]:
    """Windows in which somebody could book what is still held for the lottery."""
    for index, window in enumerate(book.rules.booking.windows):
        if window.action != "book" or not may_meet(window.when, days.scheme.when):
            continue
        placed = _shared(book, window.when, days.scheme.when)
        found = None if placed is None else _opens_early(days, window, placed)
        if found is not None:
            line = book.source.document.place((*path, "releases")).line
            where: KeyPath = ("booking", "windows", index, *(() if window.opens is None else ("opens",)))
            yield book.fault("first_come_before_release", where, found=found, scheme=days.scheme.code, first_line=line)


def _shared(book: Book, one: When, other: When) -> PlacedSpace | None:
    """A place at which both conditions can hold."""
    return next((at for at in book.spaces if may_hold(one, at.facts) and may_hold(other, at.facts)), None)


def _opens_early(days: SchemeDays, window: Window, placed: PlacedSpace) -> date | None:
    """The first day of use, of the first and last of each month, that can be booked before the release."""
    if window.opens is None:
        return days.months[0][0].starts
    calendars = days.rules.calendars_of(placed.facility.code)
    for month, at in days.months:
        for day in (month.starts, month.ends - timedelta(days=1)):
            noon = datetime(day.year, day.month, day.day, 12, tzinfo=days.rules.zone)
            anchors: dict[Anchor, date | datetime] = {"use_day": day, "use_start": noon, "use_end": noon}
            try:
                opens = resolve(window.opens, anchors, calendars, days.rules.zone)
            except (AnchorUnknown, CalendarUnknown, NoOpenDay):
                return None
            if "releases" in at and opens < at["releases"]:
                return day
    return None


def _dues(book: Book) -> Iterator[Fault]:
    """Due dates of won bookings that have passed when the result is told, in every month tried."""
    rules, schemes = book.need_compiled(), book.rules.lottery.schemes
    moments: list[tuple[KeyPath, When, Moment | None]] = [
        *((("payment", "methods", at, "due"), one.when, one.due) for at, one in enumerate(book.rules.payment.methods)),
        *(
            (("booking", "lifecycle", at, "lapses"), one.when, one.lapses)
            for at, one in enumerate(book.rules.booking.lifecycle)
        ),
    ]
    for path, when, moment in moments:
        if moment is None or not may_meet(when, {"arose": "lottery"}):
            continue
        for scheme in schemes:
            placed = _shared(book, when, scheme.when) if may_meet(when, scheme.when) else None
            if placed is not None and _always_passed(SchemeDays(rules, scheme), moment, placed):
                yield book.fault("due_before_result", path, found=scheme.code)
                break


def _always_passed(days: SchemeDays, moment: Moment, placed: PlacedSpace) -> bool:
    calendars = days.rules.calendars_of(placed.facility.code)
    for month, at in days.months:
        if "announces" not in at:
            return False
        told = at["announces"]
        anchors: dict[Anchor, date | datetime] = {"use_day": month.ends - timedelta(days=1)}
        names: Sequence[Anchor] = ("announced", "drawn", "won", "accepted", "made", "applied", "tentative_since", "now")
        anchors |= dict.fromkeys(names, told)
        end = at["use"] + timedelta(days=28)
        anchors |= {"use_start": end, "use_end": end}
        try:
            if resolve(moment, anchors, calendars, days.rules.zone) > told:
                return False
        except (AnchorUnknown, CalendarUnknown, NoOpenDay):
            return False
    return True
