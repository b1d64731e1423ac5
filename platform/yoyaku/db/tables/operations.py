"""When each part of the installation last did its work; of no tenant."""

from __future__ import annotations

from sqlalchemy import Table, Text

from yoyaku.db.tables.columns import INSTANT, may, metadata, must

heartbeat = Table(
    "heartbeat",
    metadata,
    must("part", Text, key=True),
    may("succeeded_at", INSTANT),
    may("failed_at", INSTANT),
    may("error", Text),
)
