"""Lotteries as rows: one for each month of a scheme."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.db.tables import lottery
from yoyaku.kernel.errors import NotFound
from yoyaku.lottery.rules import Month
from yoyaku.registration.repository.here import HERE

_COLUMNS: Final = [column for column in lottery.c if column.name not in ("tenant_id", "service_id")]


@dataclass(frozen=True, slots=True, kw_only=True)
class LotteryRow:
    """One lottery; ``secret`` is encrypted. Moments ``…s_at`` are when something is to happen, ``…ed_at`` when it did,
    all of business time.
    """

    lottery_id: UUID
    scheme: str
    period_starts: date
    period_ends: date
    rule_set_version: int
    inventory_version: int
    state: str
    opens_at: datetime
    closes_at: datetime
    draws_at: datetime
    announces_at: datetime
    releases_at: datetime
    secret: bytes
    secret_hash: str
    beacon: str
    beacon_profile: str | None
    public_source: str | None
    public_reference: Mapping[str, Any] | None
    public_value: str | None
    public_proof: Mapping[str, Any] | None
    public_value_at: datetime | None
    applicants: int | None
    entries: int | None
    sealed_at: datetime | None
    sealed_hash: str | None
    drawn_at: datetime | None
    seed: str | None
    result_hash: str | None
    announced_at: datetime | None
    released_at: datetime | None

    @property
    def month(self) -> Month:
        """The days that are drawn."""
        return Month(starts=self.period_starts, ends=self.period_ends)

    @property
    def is_announced(self) -> bool:
        """Whether everybody may know the result."""
        return self.state in ("announced", "released")

    def is_delayed(self, now: datetime) -> bool:
        """Whether it ought to have been drawn already (the public value is not there, or the draw failed)."""
        return self.state in ("open", "sealed") and now >= self.draws_at


async def get_lottery(conn: AsyncConnection, *, lottery_id: UUID) -> LotteryRow:
    """The lottery.

    Raises:
        NotFound: there is no such lottery in this service.
    """
    found = await _first(conn, select(*_COLUMNS).where(lottery.c.lottery_id == lottery_id))
    if found is None:
        raise NotFound(lottery=str(lottery_id))
    return found


async def find_lottery(conn: AsyncConnection, *, scheme: str, month_starts: date) -> LotteryRow | None:
    """The lottery of a scheme and a month (by its first day)."""
    found = (lottery.c.scheme == scheme) & (lottery.c.period_starts == month_starts)
    return await _first(conn, select(*_COLUMNS).where(found))


async def list_lotteries(
    conn: AsyncConnection, *, states: Collection[str] | None = None, since: datetime | None = None
) -> list[LotteryRow]:
    """Lotteries in these states (none: all) that are released at or after an instant, the first to open first."""
    wanted = select(*_COLUMNS).order_by(lottery.c.opens_at, lottery.c.scheme, lottery.c.period_starts)
    if states is not None:
        wanted = wanted.where(lottery.c.state.in_(sorted(states)))
    if since is not None:
        wanted = wanted.where(lottery.c.releases_at >= since)
    return [LotteryRow(**row) for row in (await conn.execute(wanted)).mappings()]


async def lock_lottery(conn: AsyncConnection, *, lottery_id: UUID) -> LotteryRow:
    """The lottery, which nobody else changes, and into which nobody enters, until the transaction ends.

    Raises:
        NotFound: there is no such lottery in this service.
    """
    # Not FOR UPDATE: progress is written by another connection, whose foreign key takes a lock on the key.
    wanted = select(*_COLUMNS).where(lottery.c.lottery_id == lottery_id).with_for_update(key_share=True)
    found = await _first(conn, wanted)
    if found is None:
        raise NotFound(lottery=str(lottery_id))
    return found


async def add_lottery(conn: AsyncConnection, values: Mapping[str, Any]) -> None:
    """Insert a planned lottery."""
    await conn.execute(insert(lottery).values(**HERE, state="planned", **values))


async def change_lottery(conn: AsyncConnection, *, lottery_id: UUID, **values: object) -> None:
    """Change columns of a lottery that is locked."""
    await conn.execute(update(lottery).where(lottery.c.lottery_id == lottery_id).values(**values))


async def _first(conn: AsyncConnection, wanted: Select[Any]) -> LotteryRow | None:
    row = (await conn.execute(wanted)).mappings().first()
    return None if row is None else LotteryRow(**row)
