"""The public report of a draw.

Anybody may ask for it, and counting a big draw takes seconds: what stays once it is announced is counted once in a
process and kept; what became of the wins is counted at each request, from an index.
"""

from __future__ import annotations

import asyncio
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.kernel.errors import NotFound
from yoyaku.lottery.policy.report import Drawn, MonthCount, Report, draw_report, report_now
from yoyaku.lottery.repository import report as counts
from yoyaku.lottery.repository.public import PublicLottery
from yoyaku.lottery.service.kept import Kept

MONTHS: Final = 6
"""So many months stand beside each other."""
REPORTS_KEPT: Final = 8
FIRSTS_KEPT: Final = 512

_REPORTS: Final = Kept[Report](at_most=REPORTS_KEPT)
_FIRSTS: Final = Kept[int](at_most=FIRSTS_KEPT)


async def read_report(conn: AsyncConnection, *, lottery: PublicLottery, zone: ZoneInfo) -> Report:
    """What may be told about a draw.

    Raises:
        NotFound: its result is not announced.
    """
    if not lottery.is_announced:
        raise NotFound(what="lottery report")
    of = lottery.lottery_id

    async def make() -> Report:
        drawn = Drawn(
            slots=await counts.count_slots(conn, lottery_id=of, zone=zone),
            ranks=await counts.count_ranks(conn, lottery_id=of),
            by_person=await counts.count_by_person(conn, lottery_id=of),
        )
        return await asyncio.to_thread(draw_report, drawn)

    return report_now(
        await _REPORTS.get((of, lottery.result_hash, zone.key), make),
        by_state=await counts.count_by_state(conn, lottery_id=of),
        months=await _count_months(conn, lottery=lottery),
    )


async def _count_months(conn: AsyncConnection, *, lottery: PublicLottery) -> list[MonthCount]:
    """The months up to a lottery's, each with the people whose first wish won."""
    months = await counts.count_months(conn, scheme=lottery.scheme, until=lottery.month_starts, at_most=MONTHS)
    return [one._replace(first=await _count_first(conn, of, one)) for of, one in months]


async def _count_first(conn: AsyncConnection, of: UUID, month: MonthCount) -> int:
    async def make() -> int:
        return await counts.count_first(conn, lottery_id=of)

    return await _FIRSTS.get((of, month.won), make)
