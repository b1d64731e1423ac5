"""The lotteries of a service's rules: which scheme covers a place, and when its months begin and end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from yoyaku.booking.rules import ServiceRules
from yoyaku.facility.policy import PlacedSpace
from yoyaku.lottery.terms import LotteryScheme
from yoyaku.rules.moment import resolve
from yoyaku.rules.values import Anchor, Moment


def schemes(rules: ServiceRules) -> Sequence[LotteryScheme]:
    """The schemes of the rules, in their order."""
    return cast("Sequence[LotteryScheme]", rules.lotteries)


def scheme_of(rules: ServiceRules, code: str) -> LotteryScheme | None:
    """The scheme of that code."""
    return next((scheme for scheme in schemes(rules) if scheme.code == code), None)


def schemes_at(rules: ServiceRules, placed: PlacedSpace) -> Sequence[LotteryScheme]:
    """Those that can hold at a place at all."""
    return rules.at_place("lottery", schemes(rules), placed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """The days that one lottery draws: ``starts <= day < ends`` (the first of a month, and of the next)."""

    starts: date
    ends: date


def month_of(day: date) -> Month:
    """The month of a day."""
    starts = day.replace(day=1)
    ends = date(starts.year + starts.month // 12, starts.month % 12 + 1, 1)
    return Month(starts=starts, ends=ends)


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """The moments of one lottery: aware instants, UTC. Entering is ``opens_at <= t < closes_at``."""

    opens_at: datetime
    closes_at: datetime
    draws_at: datetime
    announces_at: datetime
    releases_at: datetime
    remind_at: datetime | None
    value_after: datetime


def times_of(rules: ServiceRules, scheme: LotteryScheme, month: Month) -> Times:
    """When the lottery of a month opens, closes, is drawn, announced and released."""

    def at(moment: Moment) -> datetime:
        return resolve(moment, {"use_day": month.starts}, rules.calendars, rules.zone)

    after = scheme.proof.value_after
    return Times(
        opens_at=at(scheme.opens),
        closes_at=at(scheme.closes),
        draws_at=at(scheme.draws),
        announces_at=at(scheme.announces),
        releases_at=at(scheme.releases),
        remind_at=None if scheme.remind is None else at(scheme.remind),
        value_after=at(scheme.closes if after is None else after),
    )


def win_moment(rules: ServiceRules, moment: Moment, *, month: Month, announced_at: datetime) -> datetime:
    """A moment of a win: it is won when it is announced."""
    anchors: dict[Anchor, date | datetime] = {
        "use_day": month.starts,
        "announced": announced_at,
        "won": announced_at,
    }
    return resolve(moment, anchors, rules.calendars, rules.zone)
