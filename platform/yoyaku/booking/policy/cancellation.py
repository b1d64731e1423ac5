"""Who may end a booking until when, and what goes back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from yoyaku.booking.policy.case import Act, Case, booked_case
from yoyaku.booking.policy.refusals import AlreadyStarted, NotCancellable, ReasonMissing
from yoyaku.booking.policy.values import LIVE_STATES, BookedFacts, CancellationPlan, ScheduleRow
from yoyaku.booking.policy.windows import check_window_if_any
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.terms import Actor, Cancellation, RefundTier, State
from yoyaku.kernel.errors import YoyakuError
from yoyaku.kernel.yen import percent_of
from yoyaku.rules.condition import matches
from yoyaku.rules.refusal import Refusal
from yoyaku.rules.values import Range


class NoRefundTier(YoyakuError):
    """No tier speaks of that many days before use: a fault of the rule set, which the lint finds."""

    status = 500
    code = "no_refund_tier"
    title = "The rules do not say what goes back."


def decide_cancellation(  # noqa: PLR0913 - who ends what, by which way, when and why: facts of their own
    rules: ServiceRules,
    *,
    booking: BookedFacts,
    actor: Actor,
    channel: str,
    now: datetime,
    reason: str | None = None,
    grounds: str | None = None,
) -> CancellationPlan:
    """How the booking ends if it is ended now.

    ``reason`` is free text; ``grounds`` is a code of the rule set, for staff (rain, a fault of the facility).

    Raises:
        NotCancellable: not in this state, not by this actor, or no longer.
        AlreadyStarted: no longer, since the use has begun.
        ReasonMissing: this way asks for a reason.
        OutsideWindow, ChannelNotOpen: the rule set has windows for cancelling, and none is open.
    """
    act = Act(person=booking.person, channel=channel, actor=actor, now=now)
    case = booked_case(rules, booking, act=act, more={"grounds": grounds})
    check_window_if_any(case, "cancel")
    entry = _entry(case, booking, grounds)
    if entry.reason == "required" and not (reason or "").strip():
        raise ReasonMissing(trace=case.ended_by(entry, "reason missing"))
    tier, refund, kept = _amounts(case, entry, booking)
    case.note(entry, f"{tier.percent} %: {refund} / {kept}")
    return CancellationPlan(
        code=entry.code,
        ends_as=entry.ends_as,
        percent=tier.percent,
        refund_yen=refund,
        kept_yen=kept,
        outstanding_yen=max(kept - booking.paid_yen, 0),
        until=None if entry.until is None else case.moment(entry.until),
        bans_same_slot=bans_same_slot(case, entry.ends_as),
        trace=tuple(case.trace),
        kept_tax=entry.kept_tax,
    )


def cancellation_schedule(
    rules: ServiceRules, booking: BookedFacts, now: datetime, *, channel: str = "web", actor: Actor = "resident"
) -> tuple[ScheduleRow, ...]:
    """What cancelling gives today and on each later day, as long as it is possible, in stretches of equal outcome.

    For a booking that is only planned, give its facts as they would be.
    """
    rows: list[ScheduleRow] = []
    for first, last in _stretches(rules, booking, now):
        at = max(now, rules.instant(first, 0))
        try:
            plan = decide_cancellation(
                rules, booking=booking, actor=actor, channel=channel, now=at, reason="?", grounds=None
            )
        except Refusal:
            continue
        row = ScheduleRow(
            from_date=first,
            to_date=last if plan.until is None else min(last, rules.civil_date(plan.until - timedelta(microseconds=1))),
            percent=plan.percent,
            refund_yen=plan.refund_yen,
            kept_yen=plan.kept_yen,
            until=plan.until,
        )
        _join(rows, row)
    return tuple(rows)


def bans_same_slot(case: Case, ends_as: State) -> bool:
    """Whether somebody who ends a booking like this may not book the same place and time again."""
    return any(ends_as in ban.after and matches(ban.when, case.facts) for ban in case.rules.bans_at(case.placed))


def _entry(case: Case, booking: BookedFacts, grounds: str | None) -> Cancellation:
    """The first entry that holds, if it is still open.

    On ``grounds``, only entries that speak of them are looked at; without, only those that need none.
    """
    if booking.state not in LIVE_STATES:
        raise NotCancellable(state=booking.state, until=None, trace=tuple(case.trace))
    for entry in case.rules.cancellations_at(case.placed):
        on_grounds = bool(entry.grounds) or "grounds" in entry.when
        fits = grounds in entry.grounds or not entry.grounds
        if (
            case.act.actor in entry.by
            and on_grounds == (grounds is not None)
            and fits
            and matches(entry.when, case.facts)
        ):
            _check_still_open(case, entry, booking)
            return entry
    _check_begun(case, booking)
    raise NotCancellable(state=booking.state, until=None, trace=tuple(case.trace))


def _check_still_open(case: Case, entry: Cancellation, booking: BookedFacts) -> None:
    if entry.until is None:
        _check_begun(case, booking)
        return
    until = case.moment(entry.until)
    if case.act.now >= until:
        case.note(entry, f"until {until.isoformat()}")
        _check_begun(case, booking)
        raise NotCancellable(state=booking.state, until=until, trace=tuple(case.trace))


def _check_begun(case: Case, booking: BookedFacts) -> None:
    """What has begun is ended by staff only."""
    if case.act.actor == "resident" and case.act.now >= booking.period.starts_at:
        raise AlreadyStarted(started_at=booking.period.starts_at, trace=tuple(case.trace))


def _amounts(case: Case, entry: Cancellation, booking: BookedFacts) -> tuple[RefundTier, int, int]:
    """The tier, what goes back of what is paid, and the fee that stands. The refund is rounded, the rest stands."""
    days = max(int(str(case.facts["days_before_use"])), 0)
    for tier in entry.tiers:
        if tier.at_least <= days and (tier.at_most is None or days <= tier.at_most):
            remitted = percent_of(booking.total_yen, tier.percent, rounding=entry.rounding, unit_yen=entry.unit_yen)
            kept = booking.total_yen - min(remitted, booking.total_yen)
            return tier, max(booking.paid_yen - kept, 0), kept
    raise NoRefundTier(days_before_use=days, path=case.rules.paths.get(id(entry), ""))


def _stretches(rules: ServiceRules, booking: BookedFacts, now: datetime) -> Iterator[tuple[date, date]]:
    """Days from today to the use day, cut wherever an outcome could change.

    What is tentative ends by itself on the day of its deadline if nothing is done: days after it are not promised.
    """
    today = rules.civil_date(now)
    use_on = booking.request.use_on
    last = use_on
    if booking.state == "tentative" and booking.lapses_at is not None:
        last = min(use_on, max(today, rules.civil_date(booking.lapses_at - timedelta(microseconds=1))))
    placed = rules.inventory.space(booking.request.space_id)
    cuts = {
        days for entry in rules.cancellations_at(placed) for days in _cuts(entry) if 0 <= days < (use_on - today).days
    }
    if today > use_on:
        return
    first = today
    for days in sorted(cuts, reverse=True):
        cut = use_on - timedelta(days=days)
        if cut > last:
            break
        yield first, cut - timedelta(days=1)
        first = cut
    yield first, last


def _cuts(entry: Cancellation) -> Iterator[int]:
    """Numbers of days before use on which an outcome may begin."""
    for tier in entry.tiers:
        if tier.at_most is not None:
            yield tier.at_most
        if tier.at_least:
            yield tier.at_least - 1
    yield from _condition_cuts(entry)


def _condition_cuts(entry: Cancellation) -> Iterator[int]:
    """The same for entries that are chosen by the days before use: each day that their condition names, and its next."""
    allowed = entry.when.get("days_before_use")
    options = allowed if isinstance(allowed, list) else [allowed]
    for option in options:
        if isinstance(option, int):
            yield from (option, option - 1)
        elif isinstance(option, Range):
            yield from (bound for bound in (option.at_most, _less_one(option.at_least)) if bound is not None)


def _less_one(days: int | None) -> int | None:
    return None if days is None else days - 1


def _join(rows: list[ScheduleRow], row: ScheduleRow) -> None:
    """Add a row, or prolong the last where nothing but the days differs."""
    last = rows[-1] if rows else None
    if last is not None and (last.percent, last.refund_yen, last.kept_yen) == (
        row.percent,
        row.refund_yen,
        row.kept_yen,
    ):
        rows[-1] = replace(last, to_date=row.to_date, until=row.until)
    else:
        rows.append(row)
