"""Writing entries: who entered, with which wishes in which order. Whoever writes holds person and lottery still first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.visit import Visit
from yoyaku.db.engine import encode_json
from yoyaku.db.tables import audit_entry, lottery_applicant, lottery_entry, outbox
from yoyaku.kernel.ids import new_id
from yoyaku.kernel.period import Period
from yoyaku.lottery.policy.entry_values import HeldEntry, HeldPart
from yoyaku.registration.repository.here import HERE

ActKind = Literal[
    "lottery_entered", "lottery_withdrawn", "lottery_reranked", "lottery_accepted", "lottery_declined"
]  # fmt: skip

# Sealing waits for whoever enters now, and whoever comes after the sealing sees that it is closed.
_HOLD_STILL = text("SELECT state FROM lottery WHERE lottery_id = :lottery_id FOR SHARE")
_STANDING = text("""
    SELECT e.entry_id, e.rank, e.requests,
           (SELECT jsonb_agg(jsonb_build_object('facility', p.facility_id, 'space', p.space_id, 'starts_at',
                             extract(epoch FROM p.starts_at), 'ends_at', extract(epoch FROM p.ends_at)) ORDER BY p.part)
            FROM lottery_part p WHERE p.entry_id = e.entry_id) AS parts
    FROM lottery_entry e WHERE e.applicant_id = :applicant_id AND e.rank IS NOT NULL
    ORDER BY e.rank
""")
_PARTS = text("""
    INSERT INTO lottery_part (tenant_id, service_id, entry_id, part, lottery_id, facility_id, space_id, use_on,
                              starts_at, ends_at, nights, surfaces)
    SELECT current_setting('app.tenant_id'), current_setting('app.service_id'), p.entry_id, p.part, p.lottery_id,
           p.facility_id, p.space_id, p.use_on, p.starts_at, p.ends_at, p.nights, p.surfaces
    FROM jsonb_populate_recordset(NULL::lottery_part, CAST(:parts AS jsonb)) AS p
""")
_RANK = text("""
    UPDATE lottery_entry e SET rank = new.rank, cap = coalesce(CAST(:cap AS smallint), e.cap)
    FROM unnest(CAST(:entries AS uuid[]), CAST(:ranks AS smallint[])) AS new (entry_id, rank)
    WHERE e.entry_id = new.entry_id AND e.rank <> new.rank
""")
_WITHDRAW = text("""
    UPDATE lottery_entry SET rank = NULL, withdrawn_at = :at WHERE entry_id = ANY(:entries) AND rank IS NOT NULL
""")
_FORGET_PARTS = text("DELETE FROM lottery_part WHERE entry_id = ANY(:entries)")
_EARLIER = text("""
    SELECT e.lottery_id, e.applicant_id, a.receipt, e.rank, e.facts ->> 'digest' AS digest
    FROM lottery_entry e JOIN lottery_applicant a USING (tenant_id, service_id, applicant_id)
    WHERE e.entry_id = :entry_id
""")
_OWNED = text("""
    SELECT e.entry_id, e.lottery_id, e.applicant_id, a.registrant_id, a.receipt, e.rank IS NOT NULL AS stands,
           (SELECT array_agg(DISTINCT r ->> 'facility') FROM jsonb_array_elements(e.requests) AS r) AS facilities
    FROM lottery_entry e JOIN lottery_applicant a USING (tenant_id, service_id, applicant_id)
    WHERE e.entry_id = ANY(:entries)
    ORDER BY e.lottery_id, e.rank, e.entry_id
""")


@dataclass(frozen=True, kw_only=True)
class Applicant:
    """Somebody's part in a lottery: under which code."""

    applicant_id: UUID
    receipt: str


@dataclass(frozen=True, kw_only=True)
class OwnedEntry:
    """Whose an entry is, in which lottery, at which facilities, and whether it still stands."""

    entry_id: UUID
    lottery_id: UUID
    applicant_id: UUID
    registrant_id: UUID
    receipt: str
    stands: bool
    facilities: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """An entry made before under the same key, with the digest of what was asked for."""

    lottery_id: UUID
    applicant_id: UUID
    receipt: str
    rank: int | None
    digest: str | None


async def hold_still(conn: AsyncConnection, *, lottery_id: UUID) -> str | None:
    """The state of a lottery, which does not change until the transaction ends; ``None``: there is none."""
    state: str | None = (await conn.execute(_HOLD_STILL, {"lottery_id": lottery_id})).scalar_one_or_none()
    return state


async def read_applicant(conn: AsyncConnection, *, lottery_id: UUID, registrant_id: UUID) -> Applicant | None:
    """Somebody's part in a lottery, if they entered it."""
    of = lottery_applicant.c
    query = select(of.applicant_id, of.receipt).where(of.lottery_id == lottery_id, of.registrant_id == registrant_id)
    row = (await conn.execute(query)).first()
    return None if row is None else Applicant(applicant_id=row.applicant_id, receipt=row.receipt)


async def add_applicant(conn: AsyncConnection, *, values: Mapping[str, Any]) -> bool:
    """Write somebody's part in a lottery; false where another has that receipt code in it."""
    statement = insert_or(lottery_applicant).values(**HERE, **values)
    unless = statement.on_conflict_do_nothing(constraint="uq_lottery_applicant_receipt")
    return (await conn.execute(unless.returning(lottery_applicant.c.applicant_id))).first() is not None


async def weigh_applicant(conn: AsyncConnection, *, applicant_id: UUID, values: Mapping[str, Any]) -> None:
    """Set tier, tickets and facts of somebody who enters again."""
    await conn.execute(
        update(lottery_applicant).where(lottery_applicant.c.applicant_id == applicant_id).values(**values)
    )


async def read_standing(conn: AsyncConnection, *, applicant_id: UUID) -> list[HeldEntry]:
    """The entries of an applicant that stand, in the order of the wishes."""
    rows = (await conn.execute(_STANDING, {"applicant_id": applicant_id})).mappings()
    return [
        HeldEntry(
            entry_id=row["entry_id"],
            rank=row["rank"],
            facilities=frozenset(part["facility"] for part in row["parts"]),
            parts=tuple(HeldPart(space_id=part["space"], period=_period(part)) for part in row["parts"]),
            wishes=any(any(request["preferences"].values()) for request in row["requests"]),
        )
        for row in rows
    ]


def _period(part: Mapping[str, Any]) -> Period:
    starts_at, ends_at = (datetime.fromtimestamp(float(part[name]), tz=UTC) for name in ("starts_at", "ends_at"))
    return Period(starts_at, ends_at)


async def read_earlier(conn: AsyncConnection, *, entry_id: UUID) -> Earlier | None:
    """The entry of that id, if it was made."""
    row = (await conn.execute(_EARLIER, {"entry_id": entry_id})).mappings().first()
    return None if row is None else Earlier(**row)


async def add_entry(conn: AsyncConnection, *, values: Mapping[str, Any], parts: Sequence[Mapping[str, Any]]) -> None:
    """Write an entry and its uses."""
    await conn.execute(insert(lottery_entry).values(**HERE, **values))
    await conn.execute(_PARTS, {"parts": encode_json(parts)})


async def set_ranks(conn: AsyncConnection, *, ranks: Mapping[UUID, int], cap: int | None = None) -> None:
    """Give entries of one applicant their places among the wishes; ``cap`` is how many there may be (``None``: as is)."""
    if ranks:
        await conn.execute(_RANK, {"entries": list(ranks), "ranks": list(ranks.values()), "cap": cap})


async def withdraw_entries(conn: AsyncConnection, *, entries: Sequence[UUID], at: datetime) -> None:
    """Take entries back; those that do not stand any more stay as they are."""
    await conn.execute(_WITHDRAW, {"entries": list(entries), "at": at})
    await conn.execute(_FORGET_PARTS, {"entries": list(entries)})


async def read_owned(conn: AsyncConnection, *, entries: Sequence[UUID]) -> list[OwnedEntry]:
    """Whose these entries are; those that do not exist are missing."""
    rows = (await conn.execute(_OWNED, {"entries": list(entries)})).mappings()
    return [OwnedEntry(**{**row, "facilities": frozenset(row["facilities"])}) for row in rows]


async def record(
    conn: AsyncConnection, *, visit: Visit, kind: ActKind, applicant_id: UUID, facts: Mapping[str, Any]
) -> None:
    """Note what was done: for whoever tells people about it, and, of a clerk's act, in the record."""
    act_id = new_id()
    if kind != "lottery_reranked":
        told = {"event_id": act_id, "kind": kind, "subject_id": applicant_id, "facts": dict(facts)}
        await conn.execute(insert(outbox).values(**HERE, **told))
    if visit.actor != "clerk":
        return
    done = {
        "entry_id": act_id,
        "at": visit.now,
        "account_id": visit.account_id,
        "staff_name": visit.staff_name,
        "act": kind,
        "subject_kind": "lottery_applicant",
        "subject_id": str(applicant_id),
        "facts": dict(facts),
        "registrant_id": visit.registrant_id,
        "purpose": visit.purpose,
    }
    await conn.execute(insert(audit_entry).values(**HERE, **done))
