"""Reading why an entry lost: whose turn came before, and what a cell had when the list was sealed."""

from __future__ import annotations

import json
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.extension.draw import Free
from yoyaku.lottery.policy.cells import Piece, cell_key
from yoyaku.lottery.policy.wants import parse_wants
from yoyaku.lottery.policy.why import Taker, units_in
from yoyaku.lottery.repository.files import read_content

_BEFORE: Final = text("""
    SELECT a.receipt, w.round, w.place, e.wants
    FROM lottery_win w
    JOIN lottery_entry e USING (tenant_id, service_id, entry_id)
    JOIN lottery_applicant a ON (a.tenant_id, a.service_id, a.applicant_id) = (w.tenant_id, w.service_id, w.applicant_id)
    WHERE w.lottery_id = :lottery_id AND (w.round, w.place) < (:round, :place) AND strpos(e.wants, :wanted) > 0
    ORDER BY w.round, w.place, e.rank
""")
_IN_ROUND: Final = text("""
    SELECT CAST(facts -> 'turns' ->> (:round - 1) AS integer) FROM lottery_batch
    WHERE lottery_id = :lottery_id AND kind = 'draw' AND reverted_at IS NULL
""")


async def read_before(
    conn: AsyncConnection, *, lottery_id: UUID, cell: Piece, round_number: int, place: int
) -> list[Taker]:
    """The wins of a cell whose turn came before a place of a round, in their order; declined ones too: they had it."""
    wanted = json.dumps([cell.resource_id, cell.day], ensure_ascii=False, separators=(",", ":")).removesuffix("]")
    values = {"lottery_id": lottery_id, "round": round_number, "place": place, "wanted": wanted}
    found = []
    for row in await conn.execute(_BEFORE, values):
        units = units_in(cell, parse_wants(row.wants))
        if units is not None:
            found.append(Taker(receipt=row.receipt, round=row.round, place=row.place, units=units))
    return found


async def count_in_round(conn: AsyncConnection, *, lottery_id: UUID, round_number: int) -> int:
    """How many had a turn in a round (drawn each slot by itself: how many entries)."""
    found: int = (await conn.execute(_IN_ROUND, {"lottery_id": lottery_id, "round": round_number})).scalar_one()
    return found


async def read_free(conn: AsyncConnection, *, lottery_id: UUID, cell: Piece) -> Free | None:
    """What a cell had when the list was sealed, from the sealed file; ``None`` where the file has no such cell."""
    content = await read_content(conn, lottery_id=lottery_id, name="sealed")
    if content is None:
        return None
    begins = b'\n{"cell":%s,' % json.dumps(cell_key(cell), ensure_ascii=False).encode()
    at = content.find(begins)
    if at < 0:
        return None
    free = json.loads(content[at + 1 : content.index(b"\n", at + 1)])["free"]
    return free if isinstance(free, int) else tuple(free)
