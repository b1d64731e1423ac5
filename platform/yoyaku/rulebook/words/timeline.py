"""What begins and ends in one month of the calendar: windows, lotteries, payments, closed days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

import jpholiday

from yoyaku.facility.terms import Facility
from yoyaku.rulebook.terms import RuleSet
from yoyaku.rulebook.words.moments import moment_words
from yoyaku.rulebook.words.month_events import WHOLE_DAY, Event, Kind, events_of, follows_the_day
from yoyaku.rulebook.words.names import Names
from yoyaku.rulebook.words.pieces import Bullets, Paragraph, Table
from yoyaku.rulebook.words.voice import Tongue, Voice
from yoyaku.rules.calendar import Calendar
from yoyaku.ui.formats import clock_time, month_name, short_date
from yoyaku.ui.wording import Wording

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Something on one lane: days of the month from ``first`` to ``last``, both counted.

    ``begins`` and ``ends`` say whether it does so in this month; ``label`` is what stands beside it.
    """

    first: int
    last: int
    kind: Kind
    label: str
    begins: bool
    ends: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One line of the picture."""

    name: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """A month: the lanes of the picture and the tables that say the same."""

    tongue: Tongue
    month: date
    last_day: int
    title: str
    lead: str
    desc: str
    signs: tuple[str, ...]
    lanes: tuple[Lane, ...]
    events: Table | None
    nothing: str
    holidays: tuple[tuple[int, str], ...]
    closed: Table | None
    rolling: Bullets | None


def timeline(
    rules: RuleSet, facilities: Sequence[Facility], *, month: date, language: Tongue, wording: Wording | None = None
) -> Timeline:
    """What begins and ends in the month of ``month``.

    Args:
        rules: the rule set.
        facilities: those of the tenant; other services' are left out.
        month: any day of the month.
        language: ``ja``, ``ja-easy`` or ``en``.
        wording: the city's own words.
    """
    voice = Voice(language, wording)
    mine = [facility for facility in [*facilities, *rules.inventory] if facility.service == rules.service]
    names = Names(rules, mine, voice)
    first = month.replace(day=1)
    last_day = _last(first).day
    events = list(events_of(rules, mine, names, first))
    named = month_name(first, voice.language)
    return Timeline(
        tongue=language,
        month=first,
        last_day=last_day,
        title=voice.finish(voice.say("timeline.title", month=named)),
        lead=voice.finish(voice.say("timeline.lead")),
        desc=voice.say("timeline.picture_desc", last=last_day),
        signs=tuple(voice.say(f"timeline.sign.{sign}") for sign in ("begins", "ends", "happens")),
        lanes=tuple(_lanes(events, voice, last_day)),
        events=_table(events, voice, named),
        nothing=voice.say("timeline.no_more"),
        holidays=tuple(_holidays(first, last_day)),
        closed=_closed(mine, voice, first, last_day),
        rolling=_rolling(rules, names, voice),
    )


def _last(first: date) -> date:
    return (first + 31 * DAY).replace(day=1) - DAY


def _holidays(first: date, last_day: int) -> Iterator[tuple[int, str]]:
    for day in range(1, last_day + 1):
        name = jpholiday.is_holiday_name(first.replace(day=day))
        if name:
            yield day, name


def _lanes(events: Sequence[Event], voice: Voice, last_day: int) -> Iterator[Lane]:
    """One lane for each thing, in the order in which they first happen."""
    names = dict.fromkeys(event.lane for event in sorted(events, key=lambda event: event.first))
    for name in names:
        marks = (_mark(event, voice, last_day) for event in events if event.lane == name)
        yield Lane(name=voice.finish(name), marks=tuple(sorted(marks, key=lambda mark: (mark.first, mark.last))))


def _mark(event: Event, voice: Voice, last_day: int) -> Mark:
    days = [voice.say("timeline.day_short", day=day) for day in (event.first, event.last)]
    begins = days[0] if event.begins is not None else ""
    ends = days[1] if event.ends is not None else ""
    label = begins if event.kind == "happens" else f"{begins}〜{ends}" if begins or ends else ""
    return Mark(
        first=event.first,
        last=min(event.last, last_day),
        kind=event.kind,
        label=label,
        begins=event.begins is not None,
        ends=event.ends is not None,
    )


def _table(events: Sequence[Event], voice: Voice, named: str) -> Table | None:
    rows = sorted(_rows(events))
    if not rows:
        return None
    heads = tuple(voice.say(f"timeline.{head}") for head in ("day", "what", "how"))
    return Table(
        caption=voice.finish(voice.say("timeline.table", month=named)),
        heads=heads,
        rows=tuple(
            (
                f"{short_date(day, voice.language)} {clock_time(minutes) if minutes != WHOLE_DAY else ''}".strip(),
                voice.finish(says),
                voice.say(f"timeline.{how}"),
            )
            for day, minutes, says, how in rows
        ),
        sources=tuple("" for _ in rows),
    )


def _rows(events: Sequence[Event]) -> Iterator[tuple[date, int, str, str]]:
    for event in events:
        if event.kind == "happens" and event.begins is not None:
            yield (*event.begins, event.says, "happens")
            continue
        if event.begins is not None:
            yield (*event.begins, event.says, "begins")
        if event.ends is not None:
            yield (*event.ends, event.says, "ends")


def _closed(facilities: Sequence[Facility], voice: Voice, first: date, last_day: int) -> Table | None:
    """Which facilities are closed on which days of the month; those without a closed day are left out."""
    booked = [facility for facility in facilities if facility.bookable]
    days = {f.code: tuple(_closed_days(Calendar(f.calendar), first, last_day)) for f in booked}
    with_some = sorted((f for f in booked if days[f.code]), key=lambda f: days[f.code])
    rows = []
    for closed, group in groupby(with_some, key=lambda f: days[f.code]):
        names = [voice.text(facility.name) for facility in group]
        who = voice.say("timeline.all_places") if len(names) == len(booked) > 1 else voice.both(names)
        rows.append((who, voice.both(short_date(first.replace(day=day), voice.language) for day in closed)))
    if not rows:
        return None
    heads = (voice.say("timeline.closed_places"), voice.say("timeline.closed_days"))
    return Table(
        caption=voice.finish(voice.say("timeline.closed_table")),
        heads=heads,
        rows=tuple(rows),
        sources=tuple("" for _ in rows),
    )


def _closed_days(calendar: Calendar, first: date, last_day: int) -> Iterator[int]:
    return (day for day in range(1, last_day + 1) if not calendar.is_open(first.replace(day=day)))


def _rolling(rules: RuleSet, names: Names, voice: Voice) -> Bullets | None:
    """Ends and beginnings that move with the day of use, in words."""
    points = []
    for window in rules.booking.windows:
        name = voice.text(window.name) or names.value("channel", window.channels[0])
        for key, moment in (("opens", window.opens), ("closes", window.closes)):
            if moment is not None and follows_the_day(moment):
                said = voice.say(f"timeline.rolling_{key}", name=name, moment=moment_words(moment, voice))
                points.append(Paragraph(text=voice.finish(said)))
    return Bullets(points=tuple(points), heading=voice.finish(voice.say("timeline.rolling"))) if points else None
