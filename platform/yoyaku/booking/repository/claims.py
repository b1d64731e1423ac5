"""Taking and freeing pieces of time. The key of ``occupancy`` decides; nothing is looked up beforehand.

Order of locks, the same everywhere: the person, then days of shared resources (advisory, sorted), then rows of
occupancy (sorted), then the sequence of numbers.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.visit import Visit
from yoyaku.facility.policy import Claim

_LOCK_DAYS = text("SELECT pg_advisory_xact_lock(k) FROM unnest(CAST(:keys AS bigint[])) AS k")

# One statement: pick the units, take them, and, only where all were got, the next numbers. A unit that somebody
# takes at the same moment makes this wait for him; if he stays, the row is simply missing from what comes back.
_CLAIM = """
    WITH wanted AS (
        SELECT * FROM unnest(
            CAST(:resources AS text[]), CAST(:days AS date[]), CAST(:buckets AS smallint[]), CAST(:units AS integer[]),
            CAST(:named AS integer[]), CAST(:skips AS integer[]), CAST(:bookings AS uuid[])
        ) AS w (resource_id, use_on, bucket, units, named, skip, booking_id)
    ), picked AS (
        SELECT w.resource_id, w.use_on, w.bucket, u.unit, w.booking_id
        FROM wanted w CROSS JOIN LATERAL (
            SELECT u.unit FROM resource_unit u
            WHERE u.tenant_id = :tenant_id AND u.service_id = :service_id AND u.resource_id = w.resource_id
              AND NOT u.withdrawn
              AND CASE WHEN w.named IS NULL THEN NOT EXISTS (
                    SELECT FROM occupancy o
                    WHERE o.tenant_id = :tenant_id AND o.resource_id = w.resource_id AND o.use_on = w.use_on
                      AND o.bucket = w.bucket AND o.unit = u.unit)
                  ELSE u.unit = w.named END
            ORDER BY u.unit OFFSET w.skip LIMIT w.units
        ) u
    ), claimed AS (
        INSERT INTO occupancy (tenant_id, service_id, resource_id, use_on, bucket, unit, kind, {holder})
        SELECT :tenant_id, :service_id, resource_id, use_on, bucket, unit, '{kind}', booking_id
        FROM picked ORDER BY resource_id, use_on, bucket, unit
        ON CONFLICT DO NOTHING
        RETURNING booking_id, resource_id
    ), numbered AS (
        INSERT INTO number_sequence AS s (tenant_id, service_id, scope, last_value)
        SELECT :tenant_id, :service_id, :scope, CAST(:begins_at AS integer) + :numbers - 1
        WHERE :numbers > 0 AND (SELECT count(*) FROM claimed) = :expected
        ON CONFLICT (tenant_id, service_id, scope) DO UPDATE SET last_value = s.last_value + :numbers
        RETURNING last_value
    )
    SELECT booking_id, resource_id, count(*) AS rows, (SELECT last_value FROM numbered) AS last_value
    FROM claimed GROUP BY booking_id, resource_id
"""
_CLAIM_FOR = {
    "booking": text(_CLAIM.format(kind="booking", holder="booking_id")),
    "lottery": text(
        _CLAIM.format(kind="lottery", holder="entry_id").replace(
            "RETURNING booking_id", "RETURNING entry_id AS booking_id"
        )
    ),
}

_OCCUPIED = text("""
    SELECT resource_id, use_on, bucket, unit FROM occupancy
    WHERE tenant_id = :tenant_id AND service_id = :service_id AND booking_id = :booking_id
    ORDER BY resource_id, use_on, bucket, unit
""")
_RELEASE_SOME = text("""
    DELETE FROM occupancy o
    USING unnest(CAST(:resources AS text[]), CAST(:days AS date[]), CAST(:buckets AS smallint[]),
                 CAST(:units AS integer[])) AS gone (resource_id, use_on, bucket, unit)
    WHERE o.tenant_id = :tenant_id AND o.service_id = :service_id AND o.booking_id = :booking_id
      AND o.resource_id = gone.resource_id AND o.use_on = gone.use_on AND o.bucket = gone.bucket AND o.unit = gone.unit
""")
_RELEASE = text("""
    DELETE FROM occupancy
    WHERE tenant_id = :tenant_id AND service_id = :service_id AND booking_id = ANY(CAST(:bookings AS uuid[]))
""")


@dataclass(frozen=True, kw_only=True)
class NumberWish:
    """``count`` numbers of a sequence (``scope``), whose first ever value is ``begins_at``."""

    scope: str
    begins_at: int
    count: int


@dataclass(frozen=True, kw_only=True)
class Missing:
    """What could not be got: a resource of which one of the bookings ``got`` fewer rows than it ``wanted``."""

    booking_id: UUID
    resource_id: str
    wanted: int
    got: int


@dataclass(frozen=True, kw_only=True)
class Grant:
    """The outcome of a claim: what is ``missing`` (then nothing was taken), else the last of the numbers taken."""

    missing: tuple[Missing, ...]
    last_number: int | None


async def claim(  # what is taken, for what
    conn: AsyncConnection,
    *,
    visit: Visit,
    claims: Mapping[UUID, Iterable[Claim]],
    units: Mapping[str, int],
    number: NumberWish | None = None,
    kind: Literal["booking", "lottery"] = "booking",
) -> Grant:
    """Take the claims of new bookings, all or none; ``units`` says how many of each resource exist.

    ``lottery``: for wins, by the ids of their entries; what is got in vain is then the caller's to give back.
    """
    rows = _wanted(claims, units)
    await _lock_shared_days(conn, visit=visit, rows=rows, units=units)
    expected = sum(row.units for row in rows)
    found = await conn.execute(
        _CLAIM_FOR[kind],
        {
            "tenant_id": visit.tenant_id,
            "service_id": visit.service_id,
            "resources": [row.resource_id for row in rows],
            "days": [row.use_on for row in rows],
            "buckets": [row.bucket for row in rows],
            "units": [row.units for row in rows],
            "named": [row.named for row in rows],
            "skips": [row.skip for row in rows],
            "bookings": [row.booking_id for row in rows],
            "expected": expected,
            "scope": number.scope if number else "",
            "begins_at": number.begins_at if number else 1,
            "numbers": number.count if number else 0,
        },
    )
    got: Counter[tuple[UUID, str]] = Counter()
    last_number: int | None = None
    for booking_id, resource_id, count, last_value in found:
        got[booking_id, resource_id] = count
        last_number = last_value
    missing = _missing(rows, got)
    if missing and got:
        # The refusal may be shown by a page whose transaction commits: what was got in vain is given back here.
        await release(conn, visit=visit, booking_ids=list(claims))
    return Grant(missing=missing, last_number=last_number)


async def release(conn: AsyncConnection, *, visit: Visit, booking_ids: Sequence[UUID]) -> None:
    """Free everything that bookings occupy; no lock is needed to make things more available."""
    values = {"tenant_id": visit.tenant_id, "service_id": visit.service_id, "bookings": list(booking_ids)}
    await conn.execute(_RELEASE, values)


async def exchange(
    conn: AsyncConnection, *, visit: Visit, booking_id: UUID, wanted: Iterable[Claim], units: Mapping[str, int]
) -> Grant:
    """Make a booking occupy exactly what is wanted: first take what is new, then free what is no longer needed.

    What it keeps it never lets go of, so that nobody can slip in between.
    """
    keys = {"tenant_id": visit.tenant_id, "service_id": visit.service_id, "booking_id": booking_id}
    spare: dict[tuple[str, date, int], set[int]] = {}
    for resource_id, use_on, bucket, unit in await conn.execute(_OCCUPIED, keys):
        spare.setdefault((resource_id, use_on, bucket), set()).add(unit)
    new = [one for one in (_beyond(claim, spare) for claim in wanted) if one is not None]
    grant = Grant(missing=(), last_number=None)
    if new:
        # Not even a refusal may cost what the booking has: it is undone to here.
        async with conn.begin_nested() as undo:
            grant = await claim(conn, visit=visit, claims={booking_id: new}, units=units)
            if grant.missing:
                await undo.rollback()
    gone = sorted((*place, unit) for place, left in spare.items() for unit in left)
    if gone and not grant.missing:
        resources, days, buckets, numbers = zip(*gone, strict=True)
        places = {"resources": list(resources), "days": list(days), "buckets": list(buckets), "units": list(numbers)}
        await conn.execute(_RELEASE_SOME, {**keys, **places})
    return grant


def _beyond(wish: Claim, spare: Mapping[tuple[str, date, int], set[int]]) -> Claim | None:
    """What a claim needs beyond what is there; what it uses of that is no longer spare."""
    there = spare.get((wish.resource_id, wish.use_on, wish.bucket), set())
    if wish.named is not None:
        kept = there & set(wish.named)
        named = tuple(unit for unit in wish.named if unit not in kept)
        there -= kept
        return replace(wish, units=len(named), named=named) if named else None
    kept = set(sorted(there)[: wish.units])
    there -= kept
    return replace(wish, units=wish.units - len(kept)) if wish.units > len(kept) else None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Row:
    booking_id: UUID
    resource_id: str
    use_on: date
    bucket: int
    units: int
    named: int | None
    skip: int


def _wanted(claims: Mapping[UUID, Iterable[Claim]], units: Mapping[str, int]) -> list[_Row]:
    """One row for each named unit, or for a number of any units.

    ``skip`` passes over the free units that an earlier row of the same statement gets.
    """
    rows: list[_Row] = []
    given: Counter[tuple[str, date, int]] = Counter()
    for booking_id, wishes in claims.items():
        for wish in wishes:
            place = (wish.resource_id, wish.use_on, wish.bucket)
            shared = {"booking_id": booking_id, "resource_id": wish.resource_id, "use_on": wish.use_on}
            named = wish.named or ((1,) if units[wish.resource_id] == 1 else None)
            if named is None:
                rows.append(_Row(**shared, bucket=wish.bucket, units=wish.units, named=None, skip=given[place]))  # type: ignore[arg-type]
                given[place] += wish.units
            else:
                rows += [_Row(**shared, bucket=wish.bucket, units=1, named=unit, skip=0) for unit in named]  # type: ignore[arg-type]
    return rows


def _missing(rows: Iterable[_Row], got: Counter[tuple[UUID, str]]) -> tuple[Missing, ...]:
    wanted: Counter[tuple[UUID, str]] = Counter()
    for row in rows:
        wanted[row.booking_id, row.resource_id] += row.units
    return tuple(
        Missing(booking_id=one, resource_id=resource, wanted=wanted[one, resource], got=got[one, resource])
        for one, resource in wanted - got
    )


async def _lock_shared_days(
    conn: AsyncConnection, *, visit: Visit, rows: Iterable[_Row], units: Mapping[str, int]
) -> None:
    """Where several units could be picked, one claimant at a time picks on a day, so that none is refused in vain."""
    places = {(row.resource_id, row.use_on) for row in rows if units[row.resource_id] > 1}
    if places:
        keys = sorted(_lock_key(visit.tenant_id, resource, day) for resource, day in places)
        await conn.execute(_LOCK_DAYS, {"keys": keys})


def _lock_key(tenant_id: str, resource_id: str, use_on: date) -> int:
    digest = hashlib.blake2b(f"{tenant_id}\0{resource_id}\0{use_on}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
