"""Reading entries, as people see them at a moment of business time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.kernel.period import Period
from yoyaku.lottery.policy.entry_state import Decided, entry_state, is_announced
from yoyaku.lottery.repository.entry_rows import read_requests
from yoyaku.lottery.repository.outcomes import DECISIONS
from yoyaku.lottery.views import EntryUse, EntryView
from yoyaku.rules.trace import trace_from_json

_SELECT = f"""
    SELECT e.entry_id, e.lottery_id, e.applicant_id, e.rank, e.entered_at, e.withdrawn_at, e.channel, e.entered_by,
           e.total_yen, e.requests, e.wants, e.form, e.accepted_terms, e.facts, e.trace,
           a.registrant_id, a.receipt, l.announced_at, o.decisions,
           w.state AS win, w.accept_until, w.decided_at, w.application_id
    FROM lottery_entry e
    JOIN lottery_applicant a USING (tenant_id, service_id, applicant_id)
    JOIN lottery l ON (l.tenant_id, l.service_id, l.lottery_id) = (e.tenant_id, e.service_id, e.lottery_id)
    {DECISIONS}
    LEFT JOIN lottery_win w ON (w.tenant_id, w.service_id, w.entry_id) = (e.tenant_id, e.service_id, e.entry_id)
"""  # noqa: S608  # a constant
_AS_STORED: Final = (
    "entry_id", "lottery_id", "applicant_id", "registrant_id", "receipt", "rank", "total_yen", "wants", "channel",
    "entered_by",
)  # fmt: skip
_IN_ORDER = "ORDER BY l.opens_at DESC, e.lottery_id, e.rank NULLS LAST, e.withdrawn_at, e.entry_id"
_OF_PERSON = text(f"{_SELECT} WHERE a.registrant_id = :registrant_id {_IN_ORDER}")  # constants
_OF_APPLICANT = text(f"{_SELECT} WHERE e.applicant_id = :applicant_id {_IN_ORDER}")
_ONE = text(f"{_SELECT} WHERE e.entry_id = :entry_id")


async def read_of_person(conn: AsyncConnection, *, registrant_id: UUID, now: datetime) -> list[EntryView]:
    """All entries of somebody, those of the latest lottery first, each lottery's in the order of the wishes."""
    return await _read(conn, _OF_PERSON, {"registrant_id": registrant_id}, now)


async def read_of_applicant(conn: AsyncConnection, *, applicant_id: UUID, now: datetime) -> list[EntryView]:
    """The entries of one applicant in the order of the wishes, those that were withdrawn last."""
    return await _read(conn, _OF_APPLICANT, {"applicant_id": applicant_id}, now)


async def read_entry(conn: AsyncConnection, *, entry_id: UUID, now: datetime) -> EntryView | None:
    """One entry, if there is one of that id."""
    found = await _read(conn, _ONE, {"entry_id": entry_id}, now)
    return found[0] if found else None


async def _read(conn: AsyncConnection, statement: Any, values: Mapping[str, Any], now: datetime) -> list[EntryView]:  # noqa: ANN401
    return [_view(row, now) for row in (await conn.execute(statement, values)).mappings()]


def _view(row: RowMapping, now: datetime) -> EntryView:
    announced = is_announced(announced_at=row["announced_at"], now=now)
    asked = read_requests(row["requests"], row["form"])
    told = [(_use(stored, one.use_on), one) for stored, one in zip(row["facts"]["uses"], asked, strict=True)]
    told.sort(key=lambda pair: pair[0].period.starts_at)
    return EntryView(
        **{name: row[name] for name in _AS_STORED},
        requests=tuple(request for _, request in told),
        uses=tuple(use for use, _ in told),
        entered_at=row["entered_at"].astimezone(UTC),
        withdrawn_at=_maybe(row["withdrawn_at"]),
        accepted_terms=tuple(row["accepted_terms"]),
        trace=trace_from_json(row["trace"]),
        application_id=row["application_id"] if announced else None,
        accept_until=_maybe(row["accept_until"]) if announced else None,
        decided_at=_maybe(row["decided_at"]) if announced else None,
        **_result(row, announced=announced),
    )


def _result(row: RowMapping, *, announced: bool) -> dict[str, Any]:
    """The state of an entry, and what was decided about it; nothing of that before the announcement."""
    rank: int | None = row["rank"]
    decisions: Sequence[Decided] = []
    if announced and row["decisions"] is not None:
        decisions = msgspec.json.decode(row["decisions"], type=list[Decided])
    state = entry_state(
        withdrawn=row["withdrawn_at"] is not None,
        announced=announced,
        win=row["win"],
        decisions=decisions,
        rank=rank,
    )
    return {"state": state, "decided": decisions[rank - 1] if rank is not None and rank <= len(decisions) else None}


def _use(stored: Mapping[str, Any], use_on: date) -> EntryUse:
    starts_at, ends_at = (datetime.fromisoformat(stored[name]).astimezone(UTC) for name in ("starts_at", "ends_at"))
    return EntryUse(
        facility_name=stored["facility_name"],
        space_name=stored["space_name"],
        use_on=use_on,
        period=Period(starts_at, ends_at),
        bands=tuple(stored["bands"]),
        yen=stored["yen"],
    )


def _maybe(instant: datetime | None) -> datetime | None:
    return None if instant is None else instant.astimezone(UTC)
