"""What made up applicants of a rehearsal may wish for, and who they are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from yoyaku.booking.rules import ServiceRules
from yoyaku.facility.policy import Occupation, PlacedSpace, Slot, claims_for, offered_slots
from yoyaku.kernel.period import Period
from yoyaku.lottery.policy.cover import covering_scheme
from yoyaku.lottery.policy.wants import format_wants, wants_of
from yoyaku.lottery.rules import Month, schemes_at
from yoyaku.lottery.terms import LotteryScheme
from yoyaku.rules.condition import Facts


def kinds_of(rules: ServiceRules) -> list[Facts]:
    """The facts of one fully registered applicant of each class."""
    stages = [stage.code for stage in rules.registration.stages if stage.may_book]
    return [
        {
            "registration": stages[-1] if stages else None,
            "user_class": kind.code,
            "account_kind": kind.account_kind,
            "residency": kind.residency,
        }
        for kind in rules.registration.classes
    ]


def wishable_uses(rules: ServiceRules, *, scheme: LotteryScheme, month: Month, now: datetime) -> list[str]:
    """The wants of every use of one slot (one night) that a lottery draws, as canonical texts, in a fixed order."""
    return [
        format_wants(wants_of(claims_for(rules, _occupation(placed, day, slot)), rules.inventory.buckets))
        for placed, day in _drawn_days(rules, scheme, month, now)
        for slot in offered_slots(rules, placed.space_id, day, now)
    ]


def _drawn_days(
    rules: ServiceRules, scheme: LotteryScheme, month: Month, now: datetime
) -> Iterator[tuple[PlacedSpace, date]]:
    days = [month.starts + timedelta(days=ahead) for ahead in range((month.ends - month.starts).days)]
    for space_id, placed in sorted(rules.inventory.spaces.items()):
        for day in days if scheme in schemes_at(rules, placed) else ():
            cover = covering_scheme(rules, space_id=space_id, use_on=day, now=now)
            if cover is not None and cover.scheme is scheme:
                yield placed, day


def _occupation(placed: PlacedSpace, day: date, slot: Slot) -> Occupation:
    return Occupation(
        placed=placed,
        use_on=day,
        period=Period(slot.starts_at, slot.ends_at),
        nights=1 if placed.by_night else 0,
        equipment={},
    )
