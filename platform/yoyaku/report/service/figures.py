"""All figures of a span, counted in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.rules import ServiceRules
from yoyaku.report.policy.counts import (
    ArrearsCount,
    ChannelCount,
    EndCount,
    IncomeCount,
    LotteryCount,
    NoShowCount,
    RebookCount,
    RegistrationCount,
)
from yoyaku.report.policy.opening import Cell, Heat, grains_of, heat_of, opening_of, units_of
from yoyaku.report.policy.span import Span
from yoyaku.report.repository import figures as counts
from yoyaku.report.repository.income import count_arrears, count_income


def _grains(rules: ServiceRules, span: Span) -> Mapping[str, int]:
    return grains_of(rules, facilities=span.facilities)


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What was counted. ``uses`` is each facility's share, the whole in ``heat``.

    ``registrations`` is ``None`` for who sees some facilities only: nobody registers with a facility.
    """

    heat: Heat
    uses: Sequence[tuple[str, Heat]]
    channels: Sequence[ChannelCount]
    lotteries: Sequence[LotteryCount]
    income: Sequence[IncomeCount]
    arrears: Sequence[ArrearsCount]
    ends: Sequence[EndCount]
    no_shows: Sequence[NoShowCount]
    rebooked: Sequence[RebookCount]
    registrations: Sequence[RegistrationCount] | None


async def read_figures(
    conn: AsyncConnection,
    *,
    parts: Sequence[tuple[ServiceRules, Span]],
    span: Span,
    now: datetime,
    of_service: bool,
) -> Figures:
    """Count everything of a span.

    Args:
        conn: the service's transaction.
        parts: the rules with the inventory that was in force on each part of the span, the newest last.
        span: of what.
        now: business time.
        of_service: whether registrations may be counted too.
    """
    units = {space: taken for rules, _ in parts for space, taken in units_of(rules).items()}
    grains = {floor: minutes for rules, _ in parts for floor, minutes in _grains(rules, span).items()}
    uses = await counts.count_uses(conn, span=span, units=units)
    closed = await counts.count_closed(conn, span=span, grains=grains)
    offered: dict[Cell, float] = {}
    for rules, part in parts:
        for cell, hours in (await asyncio.to_thread(opening_of, rules, span=part)).items():
            offered[cell] = offered.get(cell, 0) + hours
    facilities = dict.fromkeys(cell[0] for cell in sorted(offered))
    by_facility = [(code, heat_of(uses, offered=offered, closed=closed, facility=code)) for code in facilities]
    return Figures(
        heat=heat_of(uses, offered=offered, closed=closed),
        uses=sorted(by_facility, key=lambda one: -(one[1].share or 0)),
        channels=await counts.count_channels(conn, span=span),
        lotteries=await counts.count_lotteries(conn, span=span),
        income=await count_income(conn, span=span),
        arrears=await count_arrears(conn, span=span, now=now),
        ends=await counts.count_ends(conn, span=span),
        no_shows=await counts.count_no_shows(conn, span=span, now=now),
        rebooked=await counts.count_rebooked(conn, span=span),
        registrations=await counts.count_registrations(conn, span=span) if of_service else None,
    )
