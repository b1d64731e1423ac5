"""Limits of a facility or of the whole service: what everybody together has, beside the most that a draft allows.

Each booking is counted once, with what it is worth to each limit; in the order in which they were made, those that would
have been too many are told. Only what is still to be used is counted.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from yoyaku.booking.policy import LimitReached
from yoyaku.booking.policy.again import limit_shares
from yoyaku.booking.policy.limits import MINUTES, stretch_of
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.terms import Limit
from yoyaku.kernel.kept import keep_error
from yoyaku.kernel.period import Period
from yoyaku.rulebook.dryrun.values import Finding, Subject

_WITHIN_ONE: Final = frozenset({"booking", "application"})


def wide_limits(old: ServiceRules, new: ServiceRules) -> list[Limit]:
    """The limits of everybody together that only the draft has."""
    return [
        one
        for one in new.booking.limits
        if one.scope in {"facility", "service"} and one.per not in _WITHIN_ONE and one not in old.booking.limits
    ]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Share:
    made_at: datetime
    booking_id: Hashable
    limit: Limit
    group: Hashable
    use_on: date
    period: Period
    amount: int
    promised: bool
    was_won: bool


@dataclass(kw_only=True)
class WideCount:
    """What everybody has, counted towards the limits of a draft."""

    rules: ServiceRules
    limits: Collection[Limit]
    _shares: list[_Share] = field(default_factory=list)

    def add(self, subjects: Iterable[Subject]) -> None:
        """Count bookings that are still to be used."""
        for one in subjects:
            booked = one.booked
            if one.over:
                continue
            for limit, amount in limit_shares(self.rules, booked, one.held, self.limits):
                place = one.head.facility_id if limit.scope == "facility" else None
                self._shares.append(
                    _Share(
                        made_at=booked.made_at,
                        booking_id=booked.booking_id,
                        limit=limit,
                        group=(limit.code, place, stretch_of(limit, one.head.use_on)),
                        use_on=one.head.use_on,
                        period=booked.period,
                        amount=amount,
                        promised=one.promised,
                        was_won=booked.arisen is not None,
                    )
                )

    def too_many(self) -> Mapping[Hashable, Finding]:
        """By booking, the limit that it would have passed; what was won passes none, and counts for the others."""
        found: dict[Hashable, Finding] = {}
        groups: dict[Hashable, _Group] = {}
        for one in sorted(self._shares, key=lambda share: (share.made_at, str(share.booking_id))):
            group = groups.setdefault(one.group, _Group())
            used, added = group.used(one), group.added(one)
            cap = one.limit.cap * (MINUTES if one.limit.unit == "hours" else 1)
            group.take(one)
            if used + added > cap and not one.was_won:
                found.setdefault(one.booking_id, self._refused(one, used))
        return found

    def _refused(self, share: _Share, used: int) -> Finding:
        limit = share.limit
        clause = self.rules.cite(limit, facts={}, outcome=f"{used} + {share.amount} > {limit.cap}")
        refusal = LimitReached(
            limit=limit.code,
            name=limit.name,
            cap=limit.cap,
            unit=limit.unit,
            per=limit.per,
            used=used // MINUTES if limit.unit == "hours" else used,
            trace=(clause,),
        )
        told = keep_error(refusal)
        return Finding(
            kind="validity", path=clause.path, reference=clause.reference, becomes=told, breaks=share.promised
        )


@dataclass(kw_only=True, slots=True)
class _Group:
    """What counts together: its sum, its days, and by day what may overlap."""

    total: int = 0
    days: set[date] = field(default_factory=set)
    by_day: dict[date, list[_Share]] = field(default_factory=dict)

    def used(self, share: _Share) -> int:
        if share.limit.per == "at_once":
            same = self.by_day.get(share.use_on, ())
            return sum(one.amount for one in same if one.period.overlaps(share.period))
        return len(self.days) if share.limit.unit == "days" else self.total

    def added(self, share: _Share) -> int:
        return 0 if share.limit.unit == "days" and share.use_on in self.days else share.amount

    def take(self, share: _Share) -> None:
        self.total += share.amount
        self.days.add(share.use_on)
        if share.limit.per == "at_once":
            self.by_day.setdefault(share.use_on, []).append(share)
