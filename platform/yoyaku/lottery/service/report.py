"""The public report of a draw."""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.kernel.errors import NotFound
from yoyaku.lottery.policy.report import Counted, Report, report_of
from yoyaku.lottery.repository import report as counts
from yoyaku.lottery.repository.public import PublicLottery

MONTHS: Final = 6
"""So many months stand beside each other."""


async def read_report(conn: AsyncConnection, *, lottery: PublicLottery, zone: ZoneInfo) -> Report:
    """What may be told about a draw.

    Raises:
        NotFound: its result is not announced.
    """
    if not lottery.is_announced:
        raise NotFound(what="lottery report")
    of = lottery.lottery_id
    return report_of(
        Counted(
            slots=await counts.count_slots(conn, lottery_id=of, zone=zone),
            ranks=await counts.count_ranks(conn, lottery_id=of),
            by_person=await counts.count_by_person(conn, lottery_id=of),
            by_state=await counts.count_by_state(conn, lottery_id=of),
            months=await counts.count_months(conn, scheme=lottery.scheme, until=lottery.month_starts, at_most=MONTHS),
        )
    )
