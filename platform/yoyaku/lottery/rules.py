"""The lotteries of a service's rules: which scheme covers a place, and when its months begin and end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from yoyaku.booking.rules import ServiceRules
from yoyaku.facility.policy import PlacedSpace
from yoyaku.lottery.policy.draw import PER_SLOT
from yoyaku.lottery.terms import LotteryScheme
from yoyaku.rules.moment import resolve
from yoyaku.rules.values import Anchor, Moment
from yoyaku.ruleset.policy import Days


def schemes(rules: ServiceRules) -> Sequence[LotteryScheme]:
    """The schemes of the rules, in their order."""
    return cast("Sequence[LotteryScheme]", rules.lotteries)


def scheme_of(rules: ServiceRules, code: str) -> LotteryScheme | None:
    """The scheme of that code."""
    return next((scheme for scheme in schemes(rules) if scheme.code == code), None)


def is_ordered(scheme: LotteryScheme | None) -> bool:
    """Whether the order of somebody's entries plays a part in the draw: then they are wishes, else merely numbered."""
    return scheme is None or scheme.draw.algorithm != PER_SLOT


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

    def days(self, month: Month, civil_date: Callable[[datetime], date]) -> Days:
        """The days by which the version of a month's lottery is chosen."""
        return Days(
            made_on=civil_date(self.announces_at),
            used_on=month.starts,
            drawn_on=civil_date(self.draws_at),
            applied_on=civil_date(self.opens_at),
        )


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
