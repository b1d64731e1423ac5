"""Removing what is over: links, sessions, counts of failures, old messages."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.db.tables import login_failure, login_session, message, one_time_token


async def remove_tokens(conn: AsyncConnection, *, expired_before: datetime) -> int:
    """Remove one-time tokens that were over before then (real time); how many."""
    chosen = delete(one_time_token).where(one_time_token.c.expires_at < expired_before)
    return (await conn.execute(chosen)).rowcount


async def remove_sessions(conn: AsyncConnection, *, expired_before: datetime) -> int:
    """Remove sessions that were over before then (real time); how many."""
    return (await conn.execute(delete(login_session).where(login_session.c.expires_at < expired_before))).rowcount


async def remove_failures(conn: AsyncConnection, *, began_before: datetime) -> int:
    """Remove counts of failures whose window began before then (real time); how many."""
    return (await conn.execute(delete(login_failure).where(login_failure.c.window_began_at < began_before))).rowcount


async def remove_messages(conn: AsyncConnection, *, written_before: datetime) -> int:
    """Remove messages that were written before then (business time); how many."""
    return (await conn.execute(delete(message).where(message.c.created_at < written_before))).rowcount
