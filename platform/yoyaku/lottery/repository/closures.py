"""Lotteries, as far as a closure concerns them: those that draw its days, and entries for its times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# A lottery that is about to be sealed waits, and then sees what is closed.
_DRAWING: Final = text("""
    SELECT l.lottery_id, l.scheme, l.period_starts, l.state, l.announces_at FROM lottery l
    WHERE l.state IN ('planned', 'open', 'sealed', 'drawn') AND EXISTS (
        SELECT FROM lottery_hold h
        WHERE (h.tenant_id, h.service_id, h.lottery_id) = (l.tenant_id, l.service_id, l.lottery_id)
          AND h.resource_id = ANY(:resources) AND h.use_on BETWEEN :first_on AND :last_on
    ) ORDER BY l.lottery_id FOR SHARE OF l
""")
_ENTRIES: Final = text("""
    SELECT count(DISTINCT p.entry_id)
    FROM lottery_part p JOIN lottery l USING (tenant_id, service_id, lottery_id) JOIN tenant t USING (tenant_id)
    WHERE l.state IN ('planned', 'open') AND p.space_id = ANY(:spaces)
      AND p.use_on <= :last_on AND p.use_on + greatest(p.nights, 1) > :first_on
      AND (p.nights > 0 OR (
          p.starts_at < (p.use_on + make_interval(mins => :ends_minute)) AT TIME ZONE t.time_zone
          AND p.ends_at > (p.use_on + make_interval(mins => :starts_minute)) AT TIME ZONE t.time_zone))
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A lottery that holds some of the days; ``sealed`` or ``drawn``, what it draws cannot change any more."""

    lottery_id: UUID
    scheme: str
    period_starts: date
    state: str
    announces_at: datetime

    @property
    def is_fixed(self) -> bool:
        """Whether what it draws is written down for good, and not announced yet."""
        return self.state in {"sealed", "drawn"}


async def hold_drawing(
    conn: AsyncConnection, *, resources: Sequence[str], first_on: date, last_on: date
) -> list[Drawing]:
    """The lotteries that hold some of these days; none of them goes on until the transaction ends."""
    values = {"resources": list(resources), "first_on": first_on, "last_on": last_on}
    return [Drawing(**row) for row in (await conn.execute(_DRAWING, values)).mappings()]


async def count_entries(  # for which spaces, days, minutes of the day
    conn: AsyncConnection, *, spaces: Sequence[str], first_on: date, last_on: date, minutes: tuple[int, int]
) -> int:
    """How many entries of lotteries that are not closed wish for some of these times."""
    values = {"spaces": list(spaces), "first_on": first_on, "last_on": last_on}
    hours = {"starts_minute": minutes[0], "ends_minute": minutes[1]}
    found: int = (await conn.execute(_ENTRIES, {**values, **hours})).scalar_one()
    return found
