"""The report's tables in words: rows of text, and the bars of the plot above each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from yoyaku.booking.rules import ServiceRules
from yoyaku.lottery.policy.hiding import Hidden, Shown
from yoyaku.lottery.policy.report import MonthRow, Number, Odds, Report, most_wanted
from yoyaku.ui.formats import clock_time, long_date, month_name, short_date, weekday
from yoyaku.ui.plots import Bar, Plot, plot_of
from yoyaku.ui.words import Words

TABLES: Final = ("ranks", "by_person", "by_state", "facilities", "weekdays", "bands", "slots", "months")
SLOTS_SHOWN: Final = 15
A_MONDAY: Final = date(2024, 1, 1)


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table of the report: its heads, its rows (the first cell heads each), the plot, and whether rows are left out."""

    code: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    plot: Plot
    left_out: int = 0


class Wording:
    """Rows in the words of a page; ``all_rows``: for a file, which leaves nothing out.

    ``ordered``: entries are wishes in their order; where they are not, nothing is said of first and second.
    """

    def __init__(
        self, report: Report, *, rules: ServiceRules, words: Words, all_rows: bool = False, ordered: bool = True
    ) -> None:
        """Word a report."""
        self._report = report
        self._rules = rules
        self._words = words
        self._all = all_rows
        self._ordered = ordered

    @property
    def codes(self) -> Sequence[str]:
        """The tables that say something of this lottery."""
        return [code for code in TABLES if self._ordered or code != "ranks"]

    def table(self, code: str) -> Table:
        """The table of that name, one of :data:`TABLES`."""
        if code == "months":
            return self._months()
        if code in ("by_person", "by_state"):
            numbers: Sequence[Number] = getattr(self._report, code)
            return self._numbers(code, numbers)
        odds: Sequence[Odds] = getattr(self._report, code)
        shown = odds if code != "slots" or self._all else most_wanted(odds, at_most=SLOTS_SHOWN)
        return self._odds(code, shown, left_out=len(odds) - len(shown))

    def number(self, count: Shown) -> str:
        """A number, or what stands in its place."""
        return self._words.say(f"lottery_report.{count.value}") if isinstance(count, Hidden) else f"{count:,}"

    def _odds(self, code: str, odds: Sequence[Odds], *, left_out: int) -> Table:
        name = self._names(code)
        rows = [(name(*one.key), self.number(one.wanted), self.number(one.won), percent(one.rate)) for one in odds]
        bars = [
            Bar(label=row[0], share=one.rate, said=row[3] if one.rate is not None else row[1])
            for row, one in zip(rows, odds, strict=True)
        ]
        heads = self._heads(code, "wanted" if code != "ranks" else "entries", "won", "rate")
        return Table(code=code, heads=heads, rows=rows, plot=plot_of(bars), left_out=left_out)

    def _numbers(self, code: str, numbers: Sequence[Number]) -> Table:
        name = self._names(code)
        rows = [(name(*one.key), self.number(one.count), percent(one.rate)) for one in numbers]
        bars = [
            Bar(label=row[0], share=one.rate, said=row[1] if one.rate is None else f"{row[1]} ({row[2]})")
            for row, one in zip(rows, numbers, strict=True)
        ]
        heads = self._heads(code, "people" if code == "by_person" else "wins", "share")
        return Table(code=code, heads=heads, rows=rows, plot=plot_of(bars))

    def _months(self) -> Table:
        first = ("first_rate",) if self._ordered else ()
        heads = self._heads("months", "applicants", "entries", "won", "rate", *first, "unused", "unused_rate")
        rows = [self._month(one) for one in self._report.months]
        bars = [
            Bar(label=row[0], share=one.win_rate, said=row[4])
            for row, one in zip(rows, self._report.months, strict=True)
        ]
        return Table(code="months", heads=heads, rows=rows, plot=plot_of(bars))

    def _month(self, one: MonthRow) -> Sequence[str]:
        return (
            month_name(one.starts, self._words.language),
            self.number(one.applicants),
            self.number(one.entries),
            self.number(one.won),
            percent(one.win_rate),
            *((percent(one.first_rate),) if self._ordered else ()),
            self.number(one.unused),
            percent(one.unused_rate),
        )

    def _heads(self, code: str, *more: str) -> list[str]:
        return [self._words.say(f"lottery_report.head.{head}") for head in (code, *more)]

    def _names(self, code: str) -> Callable[..., str]:
        """How the rows of a table are named by their keys."""
        say, language = self._words.say, self._words.language
        named: dict[str, Callable[..., str]] = {
            "ranks": lambda rank: say("lottery.rank", rank=rank),
            "by_person": lambda wins: say("lottery_report.times", wins=wins),
            "by_state": lambda state: say(f"lottery_report.win.{state}"),
            "facilities": self._facility,
            "weekdays": lambda number: weekday(A_MONDAY + timedelta(days=number), language),
            "bands": lambda band: say(f"lottery_report.band.{band}"),
            "slots": self._slot,
        }
        return named[code]

    def _facility(self, code: str) -> str:
        found = self._rules.inventory.facilities.get(code)
        return self._words.text(found.name) if found else code

    def _slot(self, facility: str, space: str, day: date, starts: int, night: bool) -> str:  # noqa: FBT001  # as keyed
        found = self._rules.inventory.spaces.get(space)
        place = self._words.text(found.space.name) if found else space
        write = long_date if self._all else short_date
        at = "" if night else f" {clock_time(starts)}〜"
        return f"{write(day, self._words.language)}{at} {self._facility(facility)} {place}"


def percent(rate: float | None) -> str:
    """A rate as people read it; a dash where it may not be said."""
    return "―" if rate is None else f"{rate * 100:.1f}%"
