"""Bookings, plans and cart items as the templates show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from yoyaku.billing.policy import PaymentDue
from yoyaku.booking.drawn import DrawnDay, DrawnQuote
from yoyaku.booking.pages.lending import lent_words, times_words
from yoyaku.booking.pages.places import code_words
from yoyaku.booking.pages.schedules import Schedule
from yoyaku.booking.policy import BookingPlan, BookingRequest
from yoyaku.booking.rules import ServiceRules
from yoyaku.facility.policy import minute_of_day
from yoyaku.facility.terms import BandTimetable, NightTimetable
from yoyaku.fee.policy import FeeLine
from yoyaku.rules.trace import Trace
from yoyaku.ui.formats import clock_time
from yoyaku.ui.words import Text, Words


@dataclass(frozen=True, kw_only=True)
class ItemView:
    """One slot or stay on its way to a booking."""

    day: date
    hours: str
    facility: Text
    space: Text
    detail: str
    id: str = ""
    yen: int | None = None
    refusal: str | None = None
    lines: Sequence[FeeLine] = ()
    becomes: str | None = None
    lapses_at: datetime | None = None
    dues: Sequence[PaymentDue] = ()
    schedules: Sequence[Schedule] = ()
    why: Sequence[str] = field(default=())
    drawn: DrawnDay | None = None


def request_hours(rules: ServiceRules, request: BookingRequest, words: Words) -> str:
    """The time of a request in words: hours, bands with theirs, or nights."""
    if request.nights:
        return words.say("stay.count", count=request.nights)
    if request.starts and request.ends:
        return f"{clock_time(minute_of_day(request.starts))}〜{clock_time(minute_of_day(request.ends))}"
    bands = {
        band.code: band
        for table in rules.timetables.values()
        if isinstance(table, BandTimetable)
        for band in table.bands
        if band.code in request.bands
    }
    said = [bands[code] for code in request.bands if code in bands]
    if not said:
        return ""
    names = "・".join(words.text(band.name) for band in said)
    return f"{names} {clock_time(minute_of_day(said[0].starts))}〜{clock_time(minute_of_day(said[-1].ends))}"


def request_detail(rules: ServiceRules, request: BookingRequest, words: Words) -> str:
    """What else was chosen: activity, surfaces or the one chosen, guests, wishes, equipment."""
    placed = rules.inventory.space(request.space_id)
    parts: list[str] = []
    if request.activity and len(placed.space.activities) > 1:
        parts.append(code_words(words, "activity", request.activity))
    if request.unit is not None:
        parts += [words.text(part.name) for part in placed.space.parts if part.unit == request.unit]
    elif placed.space.capacity > 1 and not request.nights:
        parts.append(words.say("slot.count", count=request.surfaces))
    parts += guest_lines(rules, request.guests, words) + wish_lines(rules, request.preferences, words)
    parts += [words.say("booking.unused", time=times_words(times)) for times in request.unused]
    names = {code: words.text(item.name) for code, item in rules.inventory.equipment(request.space_id).items()}
    parts += [
        f"{names.get(code, code)}×{pieces}{lent_words(request.lent.get(code))}"
        for code, pieces in request.equipment.items()
        if pieces
    ]
    return "／".join(parts)


def guest_lines(rules: ServiceRules, guests: Sequence[Mapping[str, int]], words: Words) -> list[str]:
    """Guests of each night in words."""
    names = {group.code: words.text(group.name) for table in _nights(rules) for group in table.age_groups}
    lines = []
    for number, night in enumerate(guests, 1):
        counted = [
            words.say("people.of_kind", kind=names.get(code, code), count=count)
            for code, count in night.items()
            if count
        ]
        lines.append(words.say("stay.guest_line", number=number, guests="・".join(counted)))
    return lines


def wish_lines(rules: ServiceRules, wishes: Mapping[str, bool], words: Words) -> list[str]:
    """Wishes granted at check-in, in words."""
    labels = {wish.code: words.text(wish.label) for table in _nights(rules) for wish in table.preferences}
    return [
        f"{labels.get(code, code)}：{words.say('answer.wish' if wanted else 'answer.no_wish')}"
        for code, wanted in wishes.items()
    ]


def _nights(rules: ServiceRules) -> Iterable[NightTimetable]:
    return (table for table in rules.timetables.values() if isinstance(table, NightTimetable))


def item_view(
    rules: ServiceRules,
    request: BookingRequest,
    words: Words,
    *,
    plan: BookingPlan | None = None,
    drawn: DrawnQuote | None = None,
    **more: Any,  # noqa: ANN401 (further fields of the view)
) -> ItemView:
    """A request in words, with its price and dates where there is a plan, or it would be entered; ``more``: id, refusal, schedules."""
    placed = rules.inventory.space(request.space_id)
    quote = plan.quote if plan is not None else drawn.quote if drawn is not None else None
    trace = plan.trace if plan is not None else drawn.trace if drawn is not None else ()
    return ItemView(
        day=request.use_on,
        hours=request_hours(rules, request, words),
        facility=placed.facility.name,
        space=placed.space.name,
        detail=request_detail(rules, request, words),
        yen=None if quote is None else quote.total_yen,
        lines=() if quote is None else quote.lines,
        becomes=None if plan is None else plan.state,
        lapses_at=None if plan is None else plan.lapses_at,
        dues=() if plan is None else plan.payment,
        why=why_lines(trace, words),
        drawn=None if drawn is None else drawn.day,
        **more,
    )


def why_lines(trace: Trace, words: Words) -> list[str]:
    """The clauses behind a decision: what each gave, and the article it comes from; each article once."""
    lines: list[str] = []
    for use in trace:
        source = words.say("why.default") if use.reference in (None, "default") else str(use.reference)
        topic = words.maybe(f"why.topic.{use.path.split('.')[0].split('[')[0]}") or ""
        part = words.maybe(f"why.topic.{use.path.split('[')[0]}") or topic
        line = f"{part}：{source}" if part else source
        if line not in lines:
            lines.append(line)
    return lines
