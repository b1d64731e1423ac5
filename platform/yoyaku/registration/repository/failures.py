"""Attempts by where they come from: hashed sources, counted in windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# Sources are counted in one order everywhere, so that no two attempts wait for each other.
_COUNT = text("""
    INSERT INTO login_failure AS f (tenant_id, service_id, source, window_began_at, failures)
    SELECT current_setting('app.tenant_id'), current_setting('app.service_id'), source, :real_now, 1
    FROM unnest(CAST(:sources AS bytea[])) AS source ORDER BY source
    ON CONFLICT (tenant_id, service_id, source) DO UPDATE SET
        failures = CASE WHEN f.window_began_at <= :window_over THEN 1 ELSE f.failures + 1 END,
        window_began_at = CASE WHEN f.window_began_at <= :window_over THEN :real_now ELSE f.window_began_at END
    RETURNING source, failures, window_began_at
""")
_GIVE_BACK = text("""
    UPDATE login_failure SET failures = failures - 1 WHERE failures > 0 AND source IN (
        SELECT source FROM login_failure WHERE source = ANY(CAST(:sources AS bytea[])) ORDER BY source FOR UPDATE)
""")
_FORGET = text("DELETE FROM login_failure WHERE source = :source")
# Rows that somebody counts just now are left to them.
_SWEEP = text("""
    DELETE FROM login_failure WHERE source IN (
        SELECT source FROM login_failure WHERE window_began_at <= :window_over
        ORDER BY window_began_at LIMIT :at_most FOR UPDATE SKIP LOCKED)
""")


@dataclass(frozen=True, kw_only=True)
class CountRow:
    """A source with the attempts of its window, this one among them."""

    source: bytes
    failures: int
    window_began_at: datetime


async def count_attempt(
    conn: AsyncConnection, *, sources: Sequence[bytes], real_now: datetime, window_over: datetime
) -> list[CountRow]:
    """Count one attempt against each; a window that began at ``window_over`` or before begins anew."""
    values = {"sources": list(sources), "real_now": real_now, "window_over": window_over}
    rows = await conn.execute(_COUNT, values)
    return [CountRow(**row) for row in rows.mappings()]


async def give_back(conn: AsyncConnection, *, aimed: bytes, every: Sequence[bytes]) -> None:
    """Forget the failures of ``aimed``; take one from each of ``every``."""
    await conn.execute(_FORGET, {"source": aimed})
    if every:
        await conn.execute(_GIVE_BACK, {"sources": list(every)})


async def sweep(conn: AsyncConnection, *, window_over: datetime, at_most: int) -> None:
    """Remove some of the windows that are over."""
    await conn.execute(_SWEEP, {"window_over": window_over, "at_most": at_most})
