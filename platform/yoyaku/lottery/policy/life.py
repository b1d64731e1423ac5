"""The life of a lottery: which months are due to be planned, what a lottery holds, in which order its steps come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from yoyaku.booking.rules import ServiceRules
from yoyaku.kernel.errors import YoyakuError
from yoyaku.lottery.policy.cover import covering_scheme
from yoyaku.lottery.rules import Month, Times, month_of, schemes_at
from yoyaku.lottery.terms import LotteryScheme

PLANNED_AHEAD: Final = timedelta(days=62)
"""How long before it opens a lottery is planned, and the hash of its secret published."""
MONTHS_AHEAD: Final = 26
"""The farthest month that is looked at: rules open a lottery of a month two years before it at the earliest."""

STATES: Final = ("planned", "open", "sealed", "drawn", "announced", "released")


class NotReady(YoyakuError):
    """A step is due, and the lottery (``state``) is not where the step before it leaves it (``needs``): it waits."""

    code = "lottery_not_ready"
    title = "The step before this one is not done yet."


class HeldTwice(YoyakuError):
    """Days that the lottery is to hold are held by another one (``days``): two schemes draw the same floor."""

    code = "lottery_held_twice"
    title = "Another lottery holds these days already."


class CapacityChanged(YoyakuError):
    """There is less free than was sealed (``resource``, ``day``): the result cannot be stored as it was drawn."""

    code = "capacity_changed"
    title = "Less is free than when the entries were sealed. End what was put there since, and the draw is stored."


class SealedFileAltered(YoyakuError):
    """The stored list is not the one whose hash was published."""

    status = 500
    code = "lottery_file_altered"
    title = "The sealed list does not have the hash that was published."


def is_past(state: str, step: str) -> bool:
    """Whether a lottery in ``state`` is at ``step`` or beyond."""
    return STATES.index(state) >= STATES.index(step)


def require_state(state: str, needs: str) -> None:
    """Let a step come only after the one before it.

    Raises:
        NotReady: it is too early.
    """
    if not is_past(state, needs):
        raise NotReady(state=state, needs=needs)


def months_from(today: date) -> Iterator[Month]:
    """The months that a lottery may be planned for: the present one and those after it."""
    month = month_of(today)
    for _ in range(MONTHS_AHEAD):
        yield month
        month = month_of(month.ends)


def is_to_plan(times: Times, now: datetime) -> bool:
    """Whether the lottery with these moments is to be there: it opens soon enough, and is not closed yet."""
    return times.opens_at <= now + PLANNED_AHEAD and times.closes_at > now


def held_days(rules: ServiceRules, scheme: LotteryScheme, month: Month, *, now: datetime) -> set[tuple[str, date]]:
    """The days of resources that a lottery holds: wherever one of its spaces may be used by lot.

    A floor is held whole, for whatever is played on it takes units of the same floor.
    """
    days = [month.starts + timedelta(days=ahead) for ahead in range((month.ends - month.starts).days)]
    held: set[tuple[str, date]] = set()
    for space_id, placed in rules.inventory.spaces.items():
        if scheme in schemes_at(rules, placed):
            held |= {
                (placed.resource_id, day)
                for day in days
                if (placed.resource_id, day) not in held
                and (cover := covering_scheme(rules, space_id=space_id, use_on=day, now=now)) is not None
                and cover.scheme is scheme
            }
    return held
