"""Figures in words: tables with their plots. Small counts of people stand as "fewer than five"."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Final

from yoyaku.admin.pages.figures.cells import Cell, Table, bars, decimal, money, number, percent, rate_of, word
from yoyaku.admin.pages.till import facility_name, method_name, payee_name
from yoyaku.booking.pages.here import Here
from yoyaku.booking.rules import ServiceRules
from yoyaku.lottery.pages.public_views import name_of
from yoyaku.lottery.policy.hiding import Hidden, groups_by, hide, shown
from yoyaku.registration.policy.form import find_class
from yoyaku.report.policy.counts import AGES, ENDERS, LEADS
from yoyaku.report.policy.opening import NIGHT, WEEKDAYS, Heat
from yoyaku.report.service.figures import Figures
from yoyaku.ui.formats import month_name, weekday
from yoyaku.ui.plots import heat_map_of

TABLES: Final = (
    "use_hours", "use_facilities", "use_facility_hours", "bookings", "lotteries", "income", "arrears", "ends", "no_shows", "registrations",
    "rebooked",
)  # fmt: skip
FOLDED_FROM: Final = 4
"""From so many facilities on that nobody used, they are folded away."""
A_MONDAY: Final = date(2024, 1, 1)


class FigureWords:
    """The figures of a span in the words of a page."""

    def __init__(self, figures: Figures, *, rules: ServiceRules, here: Here) -> None:
        """Word what was counted; names are those of the rules of today."""
        self._figures = figures
        self._rules = rules
        self._here = here
        self._words = here.words
        self._number: Callable[..., Cell] = partial(number, words=here.words)
        self._money: Callable[..., Cell] = partial(money, words=here.words)

    def tables(self) -> list[Table]:
        """Every figure that has anything to show."""
        return [table for code in TABLES if (table := self.table(code)).rows]

    def table(self, code: str) -> Table:
        """The figure of that name, one of :data:`TABLES`."""
        make: Callable[[], Table] = getattr(self, f"_{code}")
        return make()

    def _heads(self, *codes: str) -> list[str]:
        return [self._words.say(f"figures.head.{code}") for code in codes]

    def _facility(self, code: str) -> str:
        return self._words.text(facility_name(self._rules, code))

    def _month(self, month: date) -> str:
        return month_name(month, self._words.language)

    def _hour(self, hour: int) -> str:
        return self._words.say("figures.night") if hour == NIGHT else f"{hour}:00"

    def _use_hours(self) -> Table:
        names = [weekday(A_MONDAY + timedelta(days=day), self._words.language) for day in WEEKDAYS]
        hours = [(self._hour(hour), shares) for hour, shares in self._figures.heat.hours]
        said = percent(self._figures.heat.share).text
        return Table(
            code="use_hours",
            heads=[*self._heads("hour"), *names],
            rows=[(word(name), *map(percent, shares)) for name, shares in hours],
            heat=heat_map_of(names, hours, desc=self._words.say("figures.heat_desc", share=said)) if hours else None,
        )

    def _use_facilities(self) -> Table:
        found, idle = self._by_use()
        rows = [(word(name), decimal(one.used), decimal(one.offered), percent(one.share)) for name, one in found + idle]
        return Table(
            code="use_facilities",
            heads=self._heads("facility", "used", "offered", "share"),
            rows=rows[: len(found)],
            idle=rows[len(found) :],
            plot=bars([(name, heat.share, percent(heat.share).text) for name, heat in found], whole=1),
        )

    def _by_use(self) -> tuple[list[tuple[str, Heat]], list[tuple[str, Heat]]]:
        """The facilities in the order of their use, and apart those that nobody used, where they are many."""
        found = [(self._facility(code), heat) for code, heat in self._figures.uses]
        used, idle = [one for one in found if one[1].used > 0], [one for one in found if one[1].used <= 0]
        return (used, idle) if used and len(idle) >= FOLDED_FROM else (found, [])

    def _use_facility_hours(self) -> Table:
        hours = sorted({hour for _, heat in self._figures.uses for hour in heat.days})
        names = [self._hour(hour) for hour in hours]
        found, idle = self._by_use()
        rows = [(name, [heat.days.get(hour) for hour in hours]) for name, heat in found]
        rows = rows if len(rows) > 1 else []  # of one alone, the weekdays say more
        said = percent(self._figures.heat.share).text
        return Table(
            code="use_facility_hours",
            heads=[*self._heads("facility"), *names],
            rows=[(word(name), *map(percent, shares)) for name, shares in rows],
            idle=[(word(name), *(percent(heat.days.get(hour)) for hour in hours)) for name, heat in idle],
            heat=heat_map_of(
                [str(hour) for hour in hours],  # of sixteen hours no more than the number has room
                rows,
                desc=self._words.say("figures.heat_of_facilities", share=said),
                above=True,
            )
            if rows
            else None,
        )

    def _bookings(self) -> Table:
        channels = {one.code: self._words.text(one.name) for one in self._rules.booking.channels}
        other = self._words.say("figures.other")
        found = self._figures.channels
        months = _summed((one.month, one.bookings) for one in found)
        return Table(
            code="bookings",
            heads=self._heads("month", "channel", "bookings", "drawn"),
            rows=[
                (
                    word(self._month(one.month)),
                    word(channels.get(one.channel, other)),
                    self._number(one.bookings),
                    self._number(one.drawn),
                )
                for one in found
            ],
            plot=bars([(self._month(month), count, f"{count:,}") for month, count in months]),
        )

    def _lotteries(self) -> Table:
        rows, values = [], []
        for one in self._figures.lotteries:
            name = name_of(self._rules, one.scheme, one.month, self._words)
            counts = [shown(count) for count in (one.applicants, one.entries, one.won)]
            unused = shown(one.unused) if isinstance(counts[2], int) else Hidden.HELD
            odds, lost = rate_of(counts[2], counts[1]), rate_of(unused, counts[2])
            rows.append((word(name), *map(self._number, counts), percent(odds), self._number(unused), percent(lost)))
            values.append((name, odds, percent(odds).text))
        heads = self._heads("lottery", "applicants", "entries", "won", "odds", "unused", "unused_share")
        return Table(code="lotteries", heads=heads, rows=rows, plot=bars(values, whole=1))

    def _income(self) -> Table:
        found = self._figures.income
        months = _summed((one.month, one.paid - one.returned) for one in found)
        return Table(
            code="income",
            heads=self._heads("month", "payee", "method", "paid", "returned", "net"),
            rows=[
                (
                    word(self._month(one.month)),
                    word(self._words.text(payee_name(self._here, self._rules, one.payee))),
                    word(method_name(self._rules, one.method, self._here)),
                    *map(self._money, (one.paid, one.returned, one.paid - one.returned)),
                )
                for one in found
            ],
            plot=bars([(self._month(month), yen, self._money(yen).text) for month, yen in months]),
        )

    def _arrears(self) -> Table:
        found = sorted(self._figures.arrears, key=lambda one: (one.payee, AGES.index(one.age)))
        names = [self._words.say(f"figures.age.{one.age}") for one in found]
        payees = [self._words.text(payee_name(self._here, self._rules, one.payee)) for one in found]
        rows = [
            (word(name), word(payee), self._number(one.charges), self._money(one.yen))
            for one, name, payee in zip(found, names, payees, strict=True)
        ]
        values = [
            (f"{payee}　{name}", one.yen, self._money(one.yen).text)
            for one, name, payee in zip(found, names, payees, strict=True)
        ]
        return Table(code="arrears", heads=self._heads("age", "payee", "charges", "yen"), rows=rows, plot=bars(values))

    def _ends(self) -> Table:
        counted = {(one.lead, one.actor): one for one in self._figures.ends}
        leads = [lead for lead in LEADS if any((lead, actor) in counted for actor in ENDERS)]
        flat = [counted[lead, actor].bookings if (lead, actor) in counted else 0 for lead in leads for actor in ENDERS]
        width = len(ENDERS)
        groups = [[place for place in range(len(flat)) if place % width == column] for column in range(width)]
        groups += [list(range(line * width, (line + 1) * width)) for line in range(len(leads))]
        cells = hide(flat, groups)
        rows, values = [], []
        for line, lead in enumerate(leads):
            name, own = self._words.say(f"figures.lead.{lead}"), flat[line * width : (line + 1) * width]
            total = shown(sum(own))
            kept = sum(one.kept for key, one in counted.items() if key[0] == lead)
            parts = cells[line * width : (line + 1) * width]
            said = self._number(total)
            rows.append((word(name), *map(self._number, parts), said, self._money(_if_shown(kept, total))))
            values.append((name, _if_shown(sum(own), total), said.text))
        heads = self._heads("lead", *(f"by_{actor}" for actor in ENDERS), "total", "kept")
        return Table(code="ends", heads=heads, rows=rows, plot=bars(values))

    def _no_shows(self) -> Table:
        found = self._figures.no_shows
        missed = hide([one.missed for one in found])
        rows, values = [], []
        for one, count in zip(found, missed, strict=True):
            name, rate = self._facility(one.facility), rate_of(count, one.bookings)
            rows.append((word(name), self._number(one.bookings), self._number(count), percent(rate)))
            values.append((name, rate, percent(rate).text if rate is not None else self._number(count).text))
        heads = self._heads("facility", "uses", "missed", "missed_share")
        return Table(code="no_shows", heads=heads, rows=rows, plot=bars(values, whole=1))

    def _registrations(self) -> Table:
        found = self._figures.registrations or ()
        counts = hide([one.people for one in found], [*groups_by([one.month for one in found]), range(len(found))])
        months = _summed((one.month, one.people) for one in found)
        totals = hide([count for _, count in months])
        return Table(
            code="registrations",
            heads=self._heads("month", "class", "stage", "way", "proof", "people"),
            rows=[
                (
                    word(self._month(one.month)),
                    word(self._class(one.user_class)),
                    word(self._stage(one.stage)),
                    word(self._words.say(f"figures.way.{one.channel}")),
                    word(self._proof(one.proof)),
                    self._number(count),
                )
                for one, count in zip(found, counts, strict=True)
            ],
            plot=bars(
                [
                    (self._month(month), _if_shown(count, total), self._number(total).text)
                    for (month, count), total in zip(months, totals, strict=True)
                ]
            ),
        )

    def _rebooked(self) -> Table:
        found = self._figures.rebooked
        rows, values = [], []
        for one, pairs in zip(found, hide([one.pairs for one in found]), strict=True):
            name = self._facility(one.facility)
            close = Hidden.HELD if isinstance(pairs, Hidden) else shown(one.close)
            rows.append((word(name), self._number(pairs), self._number(close)))
            values.append((name, _if_shown(one.pairs, pairs), self._number(pairs).text))
        return Table(code="rebooked", heads=self._heads("facility", "pairs", "close"), rows=rows, plot=bars(values))

    def _class(self, code: str) -> str:
        found = find_class(self._rules.registration, code)
        return self._words.text(found.name) if found else self._words.say("figures.other")

    def _proof(self, code: str) -> str:
        if not code:
            return self._words.say("figures.no_proof")
        found = next((step for step in self._rules.registration.identity if step.code == code), None)
        return self._words.text(found.name) if found else self._words.say("figures.other")

    def _stage(self, code: str) -> str:
        found = self._rules.stages.get(code)
        return self._words.text(found.name) if found else self._words.say("figures.other")


def _summed(rows: Iterable[tuple[date, int]]) -> Sequence[tuple[date, int]]:
    sums: dict[date, int] = {}
    for month, count in rows:
        sums[month] = sums.get(month, 0) + count
    return sorted(sums.items())


def _if_shown(value: int, count: Hashable) -> int | None:
    return None if isinstance(count, Hidden) else value
