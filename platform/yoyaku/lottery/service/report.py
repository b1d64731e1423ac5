"""The public report of a draw.

Anybody may ask for it, and counting a big draw takes seconds: what stays once it is announced is counted once in a
process and kept; what became of the wins is counted at each request, from an index.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Final, Generic, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.kernel.errors import NotFound
from yoyaku.lottery.policy.report import Drawn, MonthCount, Report, draw_report, report_now
from yoyaku.lottery.repository import report as counts
from yoyaku.lottery.repository.public import PublicLottery

MONTHS: Final = 6
"""So many months stand beside each other."""
REPORTS_KEPT: Final = 8
FIRSTS_KEPT: Final = 512

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """The latest values that were asked for, by lottery: each is made once, however many ask for it meanwhile."""

    def __init__(self, *, at_most: int) -> None:
        self._at_most = at_most
        self._values: OrderedDict[tuple[object, ...], Value] = OrderedDict()
        self._making: dict[tuple[object, ...], asyncio.Lock] = {}

    async def get(self, key: tuple[object, ...], make: Callable[[], Awaitable[Value]]) -> Value:
        """The value of a key; made by whoever asks first. What fails is not kept."""
        if key not in self._values:
            async with self._making.setdefault(key, asyncio.Lock()):
                try:
                    if key not in self._values:
                        self._keep(key, await make())
                    return self._values[key]
                finally:
                    self._making.pop(key, None)
        self._values.move_to_end(key)
        return self._values[key]

    def _keep(self, key: tuple[object, ...], value: Value) -> None:
        self._values[key] = value
        while len(self._values) > self._at_most:
            self._values.popitem(last=False)


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
