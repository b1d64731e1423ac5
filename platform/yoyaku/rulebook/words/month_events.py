"""The events of a month: every moment that hangs on a month of use, resolved for the months near it.

Moments that hang on the day of use or on what somebody did happen every day; they are told in words, not here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from yoyaku.facility.terms import Facility
from yoyaku.kernel.errors import YoyakuError
from yoyaku.lottery.terms import LotteryScheme
from yoyaku.rulebook.terms import RuleSet
from yoyaku.rulebook.words.names import Names
from yoyaku.rules.calendar import Calendar
from yoyaku.rules.moment import add_months, resolve
from yoyaku.rules.values import Anchor, Moment
from yoyaku.ui.formats import month_name

Kind = Literal["window", "lottery", "happens"]
AtDay = tuple[date, int]
"""A civil day, and minutes from its midnight; an end at midnight is 1440 of the day before, a whole day ``WHOLE_DAY``."""

MONTHS_AROUND: Final = range(-3, 13)
"""Months of use, from the month shown, whose windows may begin or end in it."""
MINUTES_OF_A_DAY: Final = 1440
WHOLE_DAY: Final = -1
NAMED_PLACES: Final = 3
MOST_DAYS: Final = 31


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something of one month of use: open from ``begins`` to ``ends``, or at one time (``happens``).

    An end outside of the month shown is ``None``; ``first`` and ``last`` are the days of the month that it covers.
    """

    lane: str
    says: str
    kind: Kind
    first: int
    last: int
    begins: AtDay | None
    ends: AtDay | None


def follows_the_day(moment: Moment) -> bool:
    """Whether a moment moves with the day of use."""
    return moment.anchor in {"use_day", "use_start", "use_end"}


@dataclass(frozen=True)
class _Month:
    """What is looked for: one month, by the rules and calendars of one group of facilities."""

    first: date
    zone: ZoneInfo
    calendars: Mapping[str, Calendar]

    def at(
        self, moment: Moment | None, use_month: date, more: Mapping[Anchor, datetime] | None = None
    ) -> datetime | None:
        """The instant of a moment for a month of use; ``None`` where it hangs on something else."""
        if moment is None or (moment.anchor != "use_month" and moment.anchor not in (more or {})):
            return None
        try:
            return resolve(moment, {"use_month": use_month, **(more or {})}, self.calendars, self.zone)
        except YoyakuError:
            return None  # it counts from what is not known here, or there is no open day for years

    def day(self, at: datetime, *, is_end: bool) -> AtDay:
        """The civil day; where something ends at midnight, 24:00 of the day before."""
        local = at.astimezone(self.zone)
        if is_end and local.time() == time(0, 0):
            return local.date() - timedelta(days=1), MINUTES_OF_A_DAY
        return local.date(), local.hour * 60 + local.minute

    def holds(self, day: AtDay | None) -> bool:
        """Whether a day lies in the month."""
        return day is not None and (day[0].year, day[0].month) == (self.first.year, self.first.month)


def events_of(rules: RuleSet, facilities: Sequence[Facility], names: Names, first: date) -> Iterator[Event]:
    """Every event of the month that begins on ``first``."""
    zone = ZoneInfo(rules.time_zone)
    calendars = {name: Calendar(terms) for name, terms in rules.calendars.items()}
    for away in MONTHS_AROUND:
        use_month = add_months(first, away, month_day=1)
        yield from _merged(rules, facilities, names, _Month(first, zone, calendars), use_month)
        for scheme in rules.lottery.schemes:
            yield from _lottery(scheme, names, _Month(first, zone, calendars), use_month)
        yield from _payments(rules, names, _Month(first, zone, calendars), use_month)


# --- windows: as each facility's own calendar has it -----------------------------------------------


def _merged(
    rules: RuleSet, facilities: Sequence[Facility], names: Names, month: _Month, use_month: date
) -> Iterator[Event]:
    """The windows of all facilities; the facilities are named where their closed days make a difference."""
    booked = [facility for facility in facilities if facility.bookable]
    for index in range(len(rules.booking.windows)):
        found: dict[Event, list[str]] = {}
        for facility in booked:
            own = replace(month, calendars={**month.calendars, "facility": Calendar(facility.calendar)})
            event = _window(rules, names, own, use_month, index)
            if event is not None:
                found.setdefault(event, []).append(names.voice.text(facility.name))
        for event, places in found.items():
            yield event if len(found) == 1 else _of_places(event, places, names, use_month, index)


def _window(rules: RuleSet, names: Names, month: _Month, use_month: date, index: int) -> Event | None:
    window = rules.booking.windows[index]
    name = _window_name(names, index)
    between = month.at(window.opens, use_month), month.at(window.closes, use_month)
    return _span(names, month, use_month, name=name, kind="window", between=between)


def _window_name(names: Names, index: int) -> str:
    window = names.rules.booking.windows[index]
    return names.voice.text(window.name) or names.value("channel", window.channels[0])


def _of_places(event: Event, places: Sequence[str], names: Names, use_month: date, index: int) -> Event:
    voice = names.voice
    said = voice.both(places)
    if len(places) > NAMED_PLACES:
        said = voice.say("timeline.other_places", first=places[0], n=len(places))
    month = month_name(use_month, voice.language)
    says = voice.say("timeline.for_place", name=_window_name(names, index), month=month, places=said)
    return replace(event, says=says, lane=says)


def _span(
    names: Names,
    month: _Month,
    use_month: date,
    *,
    name: str,
    kind: Kind,
    between: tuple[datetime | None, datetime | None],
) -> Event | None:
    """An open time as far as it begins or ends in the month; nothing where it does neither."""
    opens, closes = between
    begins = None if opens is None else month.day(opens, is_end=False)
    ends = None if closes is None else month.day(closes, is_end=True)
    begins_here, ends_here = month.holds(begins), month.holds(ends)
    if not (begins_here or ends_here):
        return None
    said = names.voice.say("timeline.for_month", name=name, month=month_name(use_month, names.voice.language))
    return Event(
        lane=said,
        says=said,
        kind=kind,
        first=begins[0].day if begins is not None and begins_here else 1,
        last=ends[0].day if ends is not None and ends_here else MOST_DAYS,
        begins=begins if begins_here else None,
        ends=ends if ends_here else None,
    )


# --- lotteries and payments ------------------------------------------------------------------------


def _lottery(scheme: LotteryScheme, names: Names, month: _Month, use_month: date) -> Iterator[Event]:
    name = names.voice.text(scheme.name)
    between = month.at(scheme.opens, use_month), month.at(scheme.closes, use_month)
    entering = _span(names, month, use_month, name=name, kind="lottery", between=between)
    lane = names.voice.say("timeline.for_month", name=name, month=month_name(use_month, names.voice.language))
    if entering is not None:
        yield entering
    announced = month.at(scheme.announces, use_month)
    drawn = month.at(scheme.draws, use_month)
    after: dict[Anchor, datetime] = {"announced": announced, "won": announced} if announced is not None else {}
    after |= {"drawn": drawn} if drawn is not None else {}
    points = (
        ("draw", drawn, False),
        ("announce", announced, False),
        ("accept", month.at(scheme.win.until, use_month, after), True),
        ("release", month.at(scheme.releases, use_month), False),
    )
    for key, at, is_end in points:
        if at is not None:
            yield from _point(month, lane, names.voice.say(f"timeline.{key}", name=lane), month.day(at, is_end=is_end))


def _point(month: _Month, lane: str, says: str, day: AtDay) -> Iterator[Event]:
    if month.holds(day):
        yield Event(lane=lane, says=says, kind="happens", first=day[0].day, last=day[0].day, begins=day, ends=None)


def _payments(rules: RuleSet, names: Names, month: _Month, use_month: date) -> Iterator[Event]:
    """What is due on a day of the calendar: debits above all."""
    voice = names.voice
    named = month_name(use_month, voice.language)
    seen: set[tuple[str, AtDay]] = set()
    for method in rules.payment.methods:
        on = None if method.collection is None else method.collection.on
        for key, moment in (("due", method.due), ("debit", on)):
            at = month.at(moment, use_month)
            if at is None:
                continue
            name = voice.say("timeline.for_month", name=voice.text(method.name), month=named)
            says, day = voice.say(f"timeline.{key}", name=name), month.day(at, is_end=key == "due")
            day = (day[0], WHOLE_DAY) if key == "debit" else day
            if (says, day) not in seen:
                seen.add((says, day))
                yield from _point(month, name, says, day)
