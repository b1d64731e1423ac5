"""Tidying one service now and then: what is over goes, and nobody's retention is left unwatched."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.registration.act import Act
from yoyaku.registration.repository import life, privacy, tidying
from yoyaku.registration.service.stages import arm_retention, get_life

TOKENS_STAY: Final = timedelta(days=30)
"""So long a link that is over still says so, rather than that it never was."""
FAILURES_STAY: Final = timedelta(days=2)
AT_ONCE: Final = 500


async def tidy(conn: AsyncConnection, *, act: Act) -> int:
    """Remove what is over, and set the retention of those who have none yet; how many rows and people that were."""
    done = await tidying.remove_tokens(conn, expired_before=act.real_now - TOKENS_STAY)
    done += await tidying.remove_sessions(conn, expired_before=act.real_now)
    done += await tidying.remove_failures(conn, began_before=act.real_now - FAILURES_STAY)
    retention = act.terms.retention
    if retention.message_days is not None:
        done += await tidying.remove_messages(conn, written_before=act.now - timedelta(days=retention.message_days))
    await privacy.forget_rest(conn)
    if retention.inactive_months is None and retention.unfinished_days is None:
        return done
    stages = retention.unfinished_stages if retention.inactive_months is None else None
    for registrant_id in await life.registrants_without_retention(conn, stages=stages, at_most=AT_ONCE):
        await arm_retention(conn, act=act, row=await get_life(conn, registrant_id=registrant_id, lock=True))
        done += 1
    return done
