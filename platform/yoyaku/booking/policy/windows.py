"""From when to when an action may be done by a channel, and when it opens next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from yoyaku.booking.policy.case import Act, Case, act_anchors, act_facts, use_anchors
from yoyaku.booking.policy.refusals import ChannelNotOpen, NotRegistered, OutsideWindow, StageMayNotBook
from yoyaku.booking.policy.values import Person, WindowState
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.terms import Action, Actor, OfficeHours, Window
from yoyaku.facility.policy import day_slots, minute_of_day, timetable_for, use_facts
from yoyaku.rules.condition import matches
from yoyaku.rules.refusal import Refusal

PERSON_FACTS: Final = frozenset({"user_class", "account_kind", "residency", "registration"})
LONGEST_OFFICE_CLOSURE_DAYS: Final = 62
"""How far the next office hour is looked for."""


@dataclass(frozen=True, slots=True)
class _Span:
    """One window in one case; ``next_at`` is the first instant from now on at which it is open."""

    window: Window
    opens_at: datetime | None
    closes_at: datetime
    next_at: datetime | None


def window_for(  # noqa: PLR0913 - who asks, by which way, when, and for what are facts of their own
    rules: ServiceRules,
    *,
    space_id: str,
    use_on: date,
    person: Person | None,
    channel: str,
    now: datetime,
    actor: Actor = "resident",
    action: Action = "book",
) -> WindowState:
    """Whether an action is open for a space on a day, whichever of its slots.

    Where a window ends with the start of the use, the last slot of the day counts; that a slot has begun is for the
    caller to see (``slot.starts_at <= now``).

    Raises:
        UnknownSpace, SlotNotOffered: there is no such space, or no timetable for it.
    """
    act = Act(person=person, channel=channel, actor=actor, now=now)
    return window_state(_whole_day(rules, space_id=space_id, use_on=use_on, act=act), action)


def day_refusal(rules: ServiceRules, *, space_id: str, use_on: date, act: Act) -> Refusal | None:
    """Why nothing of a space can be booked on a day, as far as windows say it: when it opens, or by which way.

    Raises:
        UnknownSpace, SlotNotOffered: as :func:`window_for`.
    """
    try:
        check_window(_whole_day(rules, space_id=space_id, use_on=use_on, act=act), "book")
    except Refusal as refusal:
        return refusal
    return None


def _whole_day(rules: ServiceRules, *, space_id: str, use_on: date, act: Act) -> Case:
    placed, now = rules.inventory.space(space_id), act.now
    entry, timetable = timetable_for(rules, placed, use_on, now)
    slots = day_slots(rules, placed, use_on, timetable_code=entry.timetable, timetable=timetable)
    starts_at = slots[-1].starts_at if slots else rules.instant(use_on, 0)
    ends_at = slots[-1].ends_at if slots else rules.instant(use_on, 1440)
    facts = use_facts(rules, placed, use_on) | act_facts(rules, act, use_on) | {"timetable": entry.timetable}
    anchors = use_anchors(use_on, starts_at, ends_at) | act_anchors(act, now)
    return Case(rules=rules, placed=placed, use_on=use_on, act=act, made_at=now, facts=facts, anchors=anchors, trace=[])


def window_state(case: Case, action: Action) -> WindowState:
    """Whether an action is open in a case: at least one window that matches is."""
    channel = case.act.channel
    spans = [
        _span(case, window)
        for window in case.rules.windows_at(case.placed)
        if window.action == action and channel in window.channels and matches(window.when, case.facts)
    ]
    if not spans:
        return WindowState(is_open=False, matched=False)
    now = case.act.now
    open_now = [span for span in spans if span.next_at == now]
    coming = [span for span in spans if span.next_at is not None]
    if open_now:
        told = max(open_now, key=lambda span: span.closes_at)
    elif coming:
        told = min(coming, key=lambda span: span.next_at or span.closes_at)
    else:
        told = max(spans, key=lambda span: span.closes_at)
    return WindowState(
        is_open=bool(open_now),
        matched=True,
        opens_at=told.opens_at,
        closes_at=told.closes_at,
        allowed_from=None if open_now else told.next_at,
        visible_at=_visible_at(case, told),
        trace=(case.cite(told.window, _outcome(told, is_open=bool(open_now))),),
    )


def check_window(case: Case, action: Action) -> None:
    """Let the action pass if it is open, and note by which window.

    Raises:
        OutsideWindow: too early or too late.
        NotRegistered, StageMayNotBook: it would be open with a registration, or with a complete one.
        ChannelNotOpen: this channel does not take it.
    """
    state = window_state(case, action)
    trace = (*case.trace, *state.trace)
    if state.is_open:
        case.trace.extend(state.trace)
        return
    if state.matched:
        raise OutsideWindow(
            opens_at=state.opens_at, closes_at=state.closes_at, allowed_from=state.allowed_from, trace=trace
        )
    by_channel = [
        window
        for window in case.rules.windows_at(case.placed)
        if window.action == action and case.act.channel in window.channels
    ]
    wanting = next((window for window in by_channel if _would_hold(case, window)), None)
    if wanting is not None:
        stages = wanting.when["registration"]
        trace = case.ended_by(wanting, "closed")
        if case.act.person is None:
            raise NotRegistered(registrations=stages, trace=trace)
        raise StageMayNotBook(stage=case.facts.get("registration"), registrations=stages, trace=trace)
    raise ChannelNotOpen(channel=case.act.channel, other_channels=_other_channels(case, action), trace=trace)


def check_window_if_any(case: Case, action: Action) -> None:
    """The same for an action that needs no window: only where the rules have windows for it at this place."""
    if any(window.action == action for window in case.rules.windows_at(case.placed)):
        check_window(case, action)


def _would_hold(case: Case, window: Window) -> bool:
    """Whether nothing but the registration keeps a window from holding (of an unregistered person: nothing personal)."""
    unknown = PERSON_FACTS if case.act.person is None else frozenset({"registration"})
    rest = {name: allowed for name, allowed in window.when.items() if name not in unknown}
    return "registration" in window.when and matches(rest, case.facts)


def _other_channels(case: Case, action: Action) -> list[str]:
    """The channels by which the same would be open now."""
    others = []
    for channel in case.rules.booking.channels:
        facts = {**case.facts, "channel": channel.code}
        windows = (
            window
            for window in case.rules.windows_at(case.placed)
            if window.action == action and channel.code in window.channels and matches(window.when, facts)
        )
        if any(_span(case, window).next_at == case.act.now for window in windows):
            others.append(channel.code)
    return others


def _span(case: Case, window: Window) -> _Span:
    opens_at = None if window.opens is None else case.moment(window.opens)
    closes_at = case.moment(window.closes)
    start = case.act.now if opens_at is None else max(case.act.now, opens_at)
    next_at: datetime | None = start if start < closes_at else None
    if next_at is not None and window.office_hours is not None:
        next_at = _next_office_hour(case, window.office_hours, start=start, closes_at=closes_at)
    return _Span(window, opens_at, closes_at, next_at)


def _next_office_hour(case: Case, office: OfficeHours, *, start: datetime, closes_at: datetime) -> datetime | None:
    """The first instant from ``start`` on at which the office answers, before the window closes."""
    rules = case.rules
    calendar = rules.calendars_of(case.placed.facility.code)[office.calendar]
    first = rules.civil_date(start)
    opens, closes = minute_of_day(office.opens), minute_of_day(office.closes)
    for day in (first + timedelta(days=offset) for offset in range(LONGEST_OFFICE_CLOSURE_DAYS)):
        answers_from = max(start, rules.instant(day, opens))
        if answers_from >= closes_at:
            return None
        if calendar.is_open(day) and answers_from < rules.instant(day, closes):
            return answers_from
    return None


def _visible_at(case: Case, span: _Span) -> datetime | None:
    return span.opens_at if span.window.visible is None else case.moment(span.window.visible)


def _outcome(span: _Span, *, is_open: bool) -> str:
    opens = "" if span.opens_at is None else span.opens_at.isoformat()
    return f"{'open' if is_open else 'closed'} {opens}/{span.closes_at.isoformat()}"
