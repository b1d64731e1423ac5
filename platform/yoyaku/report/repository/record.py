"""Searching the record of acts: who did, saw and changed what, when, from where and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_COLUMNS: Final = """
    a.entry_id, a.at, a.account_id, a.staff_name, a.act, a.subject_kind, a.subject_id, a.why, a.facts, a.registrant_id,
    a.purpose, a.source, a.actor, a.batch, a.place,
    (SELECT b.number FROM booking b WHERE (b.tenant_id, b.service_id) = (a.tenant_id, a.service_id)
     AND b.booking_id = CASE WHEN a.subject_kind = 'booking' AND a.subject_id ~ '^[0-9a-f-]{36}$'
                            THEN CAST(a.subject_id AS uuid) END) AS number
"""
# What staff did and saw; and what residents and the system did to bookings, which stands in another table.
_STAFF: Final = """
    SELECT tenant_id, service_id, entry_id, at, account_id, staff_name, act, subject_kind, subject_id, why, facts,
           registrant_id, purpose, source, 'clerk' AS actor, s.batch, s.place
    FROM audit_entry LEFT JOIN audit_seal_entry s USING (tenant_id, service_id, entry_id)
"""
_OF_STAFF: Final = f"({_STAFF})"
_OF_ALL: Final = f"""({_STAFF}
    UNION ALL
    SELECT e.tenant_id, e.service_id, e.event_id, e.at, e.account_id, NULL, e.kind, 'booking',
           CAST(e.booking_id AS text), e.why, e.facts, b.registrant_id, NULL, NULL, e.actor, s.batch,
           s.place
    FROM booking_event e JOIN booking b USING (tenant_id, service_id, booking_id)
    LEFT JOIN audit_seal_event s USING (tenant_id, service_id, event_id) WHERE e.actor <> 'clerk'
)"""  # noqa: S608  # the constant above
_WANTED: Final = r"""
    a WHERE (CAST(:registrant_id AS uuid) IS NULL OR a.registrant_id = CAST(:registrant_id AS uuid))
      AND (CAST(:who AS text) IS NULL OR a.staff_name ILIKE :who ESCAPE '\')
      AND (CAST(:act AS text) IS NULL OR a.act = :act)
      AND (CAST(:source AS text) IS NULL OR a.source = :source)
      AND (CAST(:words AS text) IS NULL OR a.why ILIKE :words ESCAPE '\' OR a.purpose ILIKE :words ESCAPE '\'
           OR a.facts::text ILIKE :words ESCAPE '\')
      AND (CAST(:subject AS text) IS NULL OR a.subject_id = :subject OR a.subject_id IN (
           SELECT b.booking_id::text FROM booking b WHERE b.number = :subject))
      AND (CAST(:first AS timestamptz) IS NULL OR a.at >= :first)
      AND (CAST(:after AS timestamptz) IS NULL OR a.at < :after)
"""
_SOURCES: Final = {"staff": _OF_STAFF, "all": _OF_ALL}
_PAGES: Final = {
    by: text(f"""
        SELECT {_COLUMNS} FROM {source} {_WANTED} ORDER BY a.at DESC, a.entry_id DESC LIMIT :at_most OFFSET :passed
    """)  # noqa: S608  # constants of this module
    for by, source in _SOURCES.items()
}
_COUNTS: Final = {by: text(f"SELECT count(*) FROM {source} {_WANTED}") for by, source in _SOURCES.items()}  # noqa: S608
_ACTS: Final = text("SELECT DISTINCT act FROM audit_entry ORDER BY act")


@dataclass(frozen=True, kw_only=True)
class RecordRow:
    """One act: when (business time), by which account and clerk, from which network, on what, why; whose data, for what.

    ``batch`` and ``place`` say where it is sealed; ``None``: not yet. ``number`` is that of a booking acted on;
    ``actor`` whose act it was: ``clerk``, ``resident`` or ``system``.
    """

    entry_id: UUID
    at: datetime
    account_id: UUID | None
    staff_name: str | None
    act: str
    subject_kind: str
    subject_id: str
    why: str | None
    facts: Mapping[str, Any]
    registrant_id: UUID | None
    purpose: str | None
    source: str | None
    actor: str
    batch: int | None
    place: int | None
    number: str | None


@dataclass(frozen=True, kw_only=True)
class RecordQuery:
    """Which acts are asked for; ``None``: all. ``first`` and ``after`` bound the time (aware).

    ``who`` and ``words`` may stand anywhere in the clerk's name, and in reason, purpose and details. ``subject`` is the
    id of what was acted on, or a booking's number. ``by``: what staff did, or also what residents and the system did to
    bookings.
    """

    by: Literal["staff", "all"] = "staff"
    registrant_id: UUID | None = None
    who: str | None = None
    act: str | None = None
    source: str | None = None
    subject: str | None = None
    words: str | None = None
    first: datetime | None = None
    after: datetime | None = None


async def search_record(
    conn: AsyncConnection, *, wanted: RecordQuery, at_most: int, passed: int = 0
) -> list[RecordRow]:
    """The latest acts first, of those asked for; so many are passed over."""
    rows = await conn.execute(_PAGES[wanted.by], {**_values(wanted), "at_most": at_most, "passed": passed})
    return [RecordRow(**row) for row in rows.mappings()]


async def count_record(conn: AsyncConnection, *, wanted: RecordQuery) -> int:
    """How many acts fit."""
    return int((await conn.execute(_COUNTS[wanted.by], _values(wanted))).scalar_one())


async def list_acts(conn: AsyncConnection) -> list[str]:
    """Every kind of act that was ever written down here."""
    return list((await conn.execute(_ACTS)).scalars())


def _values(wanted: RecordQuery) -> dict[str, object]:
    inside = {"who": _anywhere(wanted.who), "words": _anywhere(wanted.words)}
    return {name: value for name, value in {**vars(wanted), **inside}.items() if name != "by"}


def _anywhere(typed: str | None) -> str | None:
    if not typed:
        return None
    escaped = typed.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{escaped}%"
