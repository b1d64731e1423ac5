"""How time is cut, when one can apply, and how much one may book."""

from __future__ import annotations

from collections.abc import Iterator

from yoyaku.booking.terms import Limit, Window
from yoyaku.facility.terms import BandTimetable, GridTimetable, NightTimetable
from yoyaku.rulebook.words.guide.telling import Telling
from yoyaku.rulebook.words.moments import closed_words
from yoyaku.rulebook.words.pieces import Block, Paragraph
from yoyaku.ui.formats import duration


def length_words(tell: Telling, minutes: int) -> str:
    """A length of time: 3時間, 1時間30分."""
    return duration(minutes, tell.voice.language)


# --- how time is cut -----------------------------------------------------------------------------


def times(tell: Telling) -> Iterator[Block]:
    """The section on bands, hours and nights."""
    for code, table in tell.rules.timetables.items():
        if isinstance(table, BandTimetable):
            yield from _bands(tell, code, table)
        else:
            yield tell.bullets(_lines(tell, table), tell.names.value("timetable", code))
    since = [_since(tell, index) for index in range(len(tell.rules.timetable_use))]
    points = [point for point in since if point is not None]
    if points:
        yield tell.bullets(points)


def _bands(tell: Telling, code: str, table: BandTimetable) -> Iterator[Block]:
    rows = [
        (
            [
                tell.text(band.name),
                tell.say("from_until", opens=tell.voice.clock(band.starts), closes=tell.voice.clock(band.ends)),
            ],
            tell.source(band),
        )
        for band in table.bands
    ]
    name = tell.names.value("timetable", code) if isinstance(table.note, dict) else ""
    yield tell.table(name or tell.say("time.bands"), [tell.say("time.band"), tell.say("time.hours")], rows)
    joined = table.joined_at_most
    if len(table.bands) > 1:
        yield tell.paragraph(tell.say("time.joined" if joined > 1 else "time.one_by_one", n=joined), table)


def _lines(tell: Telling, table: GridTimetable | NightTimetable) -> list[Paragraph]:
    texts = _grid(tell, table) if isinstance(table, GridTimetable) else _nights(tell, table)
    return [tell.paragraph(text, table) if index == 0 else tell.paragraph(text) for index, text in enumerate(texts)]


def _grid(tell: Telling, table: GridTimetable) -> Iterator[str]:
    clock = tell.voice.clock
    step = length_words(tell, table.step_minutes)
    yield tell.say("time.grid", opens=clock(table.opens), closes=clock(table.closes), step=step)
    if table.minimum_minutes is not None and table.minimum_minutes > table.step_minutes:
        yield tell.say("time.grid_least", time=length_words(tell, table.minimum_minutes))
    if table.maximum_minutes is not None:
        yield tell.say("time.grid_most", time=length_words(tell, table.maximum_minutes))


def _nights(tell: Telling, table: NightTimetable) -> Iterator[str]:
    clock = tell.voice.clock
    yield tell.say("time.night", check_in=clock(table.check_in), check_out=clock(table.check_out))
    yield tell.say("time.nights", least=table.minimum_nights, most=table.maximum_nights)
    groups = tell.voice.either(tell.text(group.name) for group in table.age_groups)
    yield tell.say("time.guests", groups=groups)


def _since(tell: Telling, index: int) -> Paragraph | None:
    """When a timetable takes over near the date."""
    use = tell.rules.timetable_use[index]
    if use.since is not None:
        return tell.paragraph(tell.say("time.since", moment=tell.moment(use.since)), use)
    if use.from_days_before_use is not None:
        text = tell.say("time.days_before", n=use.from_days_before_use)
        name = tell.names.value("timetable", use.timetable)
        return tell.paragraph(tell.say("colon", name=name, text=text), use)
    return None


# --- windows -------------------------------------------------------------------------------------


def windows(tell: Telling) -> Iterator[Block]:
    """The section on when one can book, change and cancel."""
    yield tell.paragraph(tell.say("windows.lead"))
    heads = [tell.say(f"windows.{head}") for head in ("what", "who", "by", "from", "until")]
    for action, caption in (("book", "windows.table"), ("change", "windows.change"), ("cancel", "windows.cancel")):
        of_action = [window for window in tell.rules.booking.windows if window.action == action]
        if of_action:
            yield tell.table(tell.say(caption), heads, (_window(tell, window) for window in of_action))


def _window(tell: Telling, window: Window) -> tuple[list[str], str]:
    channels = tell.voice.either(tell.names.value("channel", code) for code in window.channels)
    opens = tell.say("windows.any_time") if window.opens is None else _from(tell, window)
    until = tell.say("moment.until", moment=tell.moment(window.closes))
    hours = window.office_hours
    if hours is not None:
        clock = tell.voice.clock
        closed = closed_words(hours.calendar, tell.voice)
        office = tell.say("windows.office", opens=clock(hours.opens), closes=clock(hours.closes), closed=closed)
        until = tell.say("and_then", first=until, second=office)
    name = tell.text(window.name) or channels
    who = tell.names.condition(window.when) or tell.say("everybody")
    return [name, who, channels, opens, until], tell.source(window)


def _from(tell: Telling, window: Window) -> str:
    return "" if window.opens is None else tell.say("moment.from", moment=tell.moment(window.opens))


# --- limits --------------------------------------------------------------------------------------


def limits(tell: Telling) -> Iterator[Block]:
    """The section on how much one may book."""
    booking = tell.rules.booking
    points = [_limit(tell, limit) for limit in booking.limits] or [tell.paragraph(tell.say("limits.none"))]
    points.append(tell.paragraph(tell.say("limits.cart", n=booking.cart_at_most)))
    for ban in booking.same_slot_ban:
        states = tell.voice.either(tell.names.value("state", state) for state in ban.after)
        points.append(tell.paragraph(tell.say("limits.same_slot", states=states), ban))
    yield tell.bullets(points)


def _limit(tell: Telling, limit: Limit) -> Paragraph:
    per, scope = tell.say(f"limit_per.{limit.per}"), tell.say(f"limit_scope.{limit.scope}")
    count = length_words(tell, limit.cap) if limit.unit == "minutes" else limit.cap
    cap = tell.say(f"limit_unit.{limit.unit}", n=count)
    text = tell.say("limits.sentence" if limit.cap else "limits.not_at_all", per=per, scope=scope, cap=cap)
    when = tell.names.condition(limit.when)
    text = tell.say("colon", name=when, text=text) if when else text
    for weight in limit.weights:
        counted = tell.names.condition(weight.when) or tell.say("everybody")
        text = tell.voice.sentences(
            [text, tell.say("limits.weight" if weight.times else "limits.weight_none", when=counted, n=weight.times)]
        )
    return tell.paragraph(text, limit)
