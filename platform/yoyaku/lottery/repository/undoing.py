"""Taking a draw back: what it brought is removed; what it was drawn from, and what was promised, stays."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_STATEMENTS: Final = tuple(
    text(statement)
    for statement in (
        "SELECT count_lottery_wins()",  # or each win would be looked for among all that is occupied
        """
        DELETE FROM occupancy o USING lottery_win w
        WHERE o.kind = 'lottery' AND o.entry_id = w.entry_id AND w.lottery_id = :lottery_id
        """,
        "DELETE FROM lottery_win WHERE lottery_id = :lottery_id",
        "DELETE FROM lottery_outcome WHERE lottery_id = :lottery_id",
    )
)
_COUNTS: Final = text("""
    SELECT (SELECT count(*) FROM lottery_win WHERE lottery_id = :lottery_id) AS wins,
           (SELECT count(DISTINCT applicant_id) FROM lottery_win WHERE lottery_id = :lottery_id) AS winners,
           (SELECT applicants FROM lottery WHERE lottery_id = :lottery_id) AS applicants,
           (SELECT count(*) FROM lottery_hold WHERE lottery_id = :lottery_id) AS days
""")


async def remove_draw(conn: AsyncConnection, *, lottery_id: UUID) -> None:
    """Remove the wins, what they occupy, and the decisions of a lottery that is not announced."""
    for statement in _STATEMENTS:
        await conn.execute(statement, {"lottery_id": lottery_id})


async def count_drawn(conn: AsyncConnection, *, lottery_id: UUID) -> dict[str, int]:
    """Wins, winners, applicants with decisions, and days of resources held, of a lottery."""
    return dict((await conn.execute(_COUNTS, {"lottery_id": lottery_id})).mappings().one())
