"""What the public is told about a draw: who had which chance, without anybody to be found behind a small number.

Pure: counts in, tables out. Odds are counted by *uses* (the days, hours or nights that entries ask for), the wishes by
entries, the rest by people or wins.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, NamedTuple

from yoyaku.lottery.policy.hiding import LEAST, Hidden, Shown, groups_by, hide, shown

BANDS: Final = (("morning", 12 * 60), ("afternoon", 17 * 60), ("evening", 48 * 60))
"""Bands of the day by when a use begins: the name, and the minute before which."""
STATES: Final = ("accepted", "won", "declined", "lapsed", "revoked")


class SlotCount(NamedTuple):
    """How often one use was asked for, and won. ``starts``: minutes of the day; ``night`` where one stays."""

    facility: str
    space: str
    day: date
    starts: int
    night: bool
    wanted: int
    won: int


class RankCount(NamedTuple):
    """Entries of one rank, and those that won."""

    rank: int
    entries: int
    won: int


class MonthCount(NamedTuple):
    """One lottery of the scheme as a whole: people, entries, wins, people whose first wish won, wins not used."""

    starts: date
    applicants: int
    entries: int
    won: int
    first: int
    unused: int


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """What was counted of one draw and stays. ``by_person``: people by the number of their wins, nought included."""

    slots: Sequence[SlotCount]
    ranks: Sequence[RankCount]
    by_person: Mapping[int, int]


@dataclass(frozen=True, kw_only=True)
class Counted(Drawn):
    """What was counted of one draw, with what became of its wins since."""

    by_state: Mapping[str, int]
    months: Sequence[MonthCount]


@dataclass(frozen=True, slots=True, kw_only=True)
class Odds:
    """A row of odds: of so many ``wanted`` so many were ``won``; ``key`` says what the row is about."""

    key: tuple[object, ...]
    wanted: Shown
    won: Shown

    @property
    def rate(self) -> float | None:
        """The share that won; ``None`` where it may not be said or nothing was wanted."""
        return rate_of(self.won, self.wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A row with one number, and what share of the whole it is (``None``: may not be said)."""

    key: tuple[object, ...]
    count: Shown
    rate: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthRow:
    """A month as a whole, with its three rates."""

    starts: date
    applicants: Shown
    entries: Shown
    won: Shown
    unused: Shown
    win_rate: float | None
    first_rate: float | None
    unused_rate: float | None


@dataclass(frozen=True, kw_only=True)
class Report:
    """The tables. ``slots`` are in the order of the days, everything else in its natural order; months latest first."""

    slots: Sequence[Odds]
    facilities: Sequence[Odds]
    weekdays: Sequence[Odds]
    bands: Sequence[Odds]
    ranks: Sequence[Odds]
    by_person: Sequence[Number]
    by_state: Sequence[Number]
    months: Sequence[MonthRow]


def report_of(counted: Counted) -> Report:
    """The public report of a draw."""
    return report_now(draw_report(counted), by_state=counted.by_state, months=counted.months)


def draw_report(drawn: Drawn) -> Report:
    """The tables that stay as they are once a draw is announced; those of its wins and of the months are empty."""
    slots = sorted(drawn.slots, key=lambda one: (one.day, one.starts, one.facility, one.space))
    persons = sorted(drawn.by_person)
    return Report(
        slots=_slots(slots),
        facilities=_summed(slots, lambda one: (one.facility,)),
        weekdays=_summed(slots, lambda one: (one.day.weekday(),)),
        bands=_summed(slots, lambda one: (band_of(one),), order=_BAND_ORDER),
        ranks=_odds([((one.rank,), one.entries, one.won) for one in sorted(drawn.ranks)]),
        by_person=_numbers(persons, [drawn.by_person[wins] for wins in persons]),
        by_state=(),
        months=(),
    )


def report_now(report: Report, *, by_state: Mapping[str, int], months: Sequence[MonthCount]) -> Report:
    """A report with what became of the wins until now: they are accepted, declined and lapse after the draw."""
    states = [by_state.get(state, 0) for state in STATES]
    return replace(
        report,
        by_state=_numbers(STATES, states, groups=[[0, 1], [2, 3], [0, 1, 2, 3], [0, 1, 2, 3, 4]]),
        months=[_month(one) for one in sorted(months, reverse=True)],
    )


def band_of(slot: SlotCount) -> str:
    """The band of the day in which a use begins; ``night`` where one stays."""
    return "night" if slot.night else next(name for name, ends in BANDS if slot.starts < ends)


_BAND_ORDER: Final[Mapping[object, int]] = {(name,): place for place, (name, _) in enumerate((*BANDS, ("night", 0)))}


def rate_of(part: Shown, whole: Shown) -> float | None:
    """A share of what is shown; ``None`` where either is hidden or there is nothing."""
    return None if isinstance(part, Hidden) or isinstance(whole, Hidden) or whole == 0 else part / whole


def most_wanted(odds: Sequence[Odds], *, at_most: int) -> list[Odds]:
    """The rows most often asked for, of those whose number is shown."""
    rows = [(one.wanted, one) for one in odds if isinstance(one.wanted, int)]
    return [one for _, one in sorted(rows, key=lambda row: -row[0])[:at_most]]


def _slots(slots: Sequence[SlotCount]) -> list[Odds]:
    """Each use by itself; nothing hidden follows from the sums by facility, weekday, band or of all."""
    keys: list[Callable[[SlotCount], Hashable]] = [lambda one: one.facility, lambda one: one.day.weekday(), band_of]
    groups = [group for key in keys for group in groups_by([key(one) for one in slots])]
    wanted = hide([one.wanted for one in slots], [*groups, range(len(slots))])
    return [
        _row((one.facility, one.space, one.day, one.starts, one.night), count, one.won)
        for one, count in zip(slots, wanted, strict=True)
    ]


def _summed(
    slots: Sequence[SlotCount],
    key: Callable[[SlotCount], tuple[object, ...]],
    *,
    order: Mapping[object, int] | None = None,
) -> list[Odds]:
    """The slots added up by a key."""
    sums: dict[tuple[object, ...], tuple[int, int]] = {}
    for one in slots:
        wanted, won = sums.get(key(one), (0, 0))
        sums[key(one)] = (wanted + one.wanted, won + one.won)
    ordered = sorted(sums) if order is None else sorted(sums, key=lambda found: order[found])
    return _odds([(found, *sums[found]) for found in ordered])


def _odds(rows: Sequence[tuple[tuple[object, ...], int, int]]) -> list[Odds]:
    wanted = hide([count for _, count, _ in rows])
    return [_row(key, count, won) for (key, _, won), count in zip(rows, wanted, strict=True)]


def _row(key: tuple[object, ...], wanted: Shown, won: int) -> Odds:
    """A row; where its first number is hidden, so is the second. How much can be won is public: places, not people."""
    return Odds(key=key, wanted=wanted, won=Hidden.HELD if isinstance(wanted, Hidden) else won)


def _numbers(
    keys: Sequence[object], counts: Sequence[int], groups: Sequence[Sequence[int]] | None = None
) -> list[Number]:
    total = sum(counts)
    rows = zip(keys, hide(counts, groups), strict=True)
    return [Number(key=(key,), count=count, rate=rate_of(count, total)) for key, count in rows]


def _month(one: MonthCount) -> MonthRow:
    unused = shown(one.unused) if one.won >= LEAST else Hidden.HELD
    first = shown(one.first)
    return MonthRow(
        starts=one.starts,
        applicants=shown(one.applicants),
        entries=shown(one.entries),
        won=shown(one.won),
        unused=unused,
        win_rate=rate_of(shown(one.won), shown(one.entries)),
        first_rate=rate_of(first, shown(one.applicants)),
        unused_rate=rate_of(unused, shown(one.won)),
    )
