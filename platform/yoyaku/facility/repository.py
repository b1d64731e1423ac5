"""Facilities, spaces and what exists of them, for the service whose transaction this is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.db.tables import facility, resource, space

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:tenant_id || ' inventory', 0))")
# One statement for all resources of a service: what is missing is added, what was withdrawn comes back.
_ADD_UNITS = text("""
    INSERT INTO resource_unit (tenant_id, service_id, resource_id, unit, withdrawn)
    SELECT r.tenant_id, r.service_id, r.resource_id, generate_series(1, r.units), false
    FROM resource r WHERE r.resource_id = ANY(:resource_ids)
    ON CONFLICT (tenant_id, resource_id, unit) DO UPDATE SET withdrawn = false WHERE resource_unit.withdrawn
""")
_SURPLUS = """
    resource_unit AS u JOIN resource AS r USING (tenant_id, service_id, resource_id)
    WHERE (u.unit > r.units OR NOT u.resource_id = ANY(:resource_ids)) AND NOT u.withdrawn
"""
_OCCUPIED_SURPLUS = text(f"""
    SELECT o.resource_id, o.unit, min(o.use_on) AS first_use, max(o.use_on) AS last_use, count(DISTINCT o.booking_id)
        AS bookings
    FROM occupancy o
    WHERE o.use_on >= :today AND (o.resource_id, o.unit) IN (SELECT u.resource_id, u.unit FROM {_SURPLUS})
    GROUP BY 1, 2 ORDER BY 1, 2
""")  # noqa: S608 -- the constant above
_WITHDRAW_SURPLUS = text(f"""
    UPDATE resource_unit AS t SET withdrawn = true
    FROM (SELECT u.resource_id, u.unit FROM {_SURPLUS}) AS gone
    WHERE t.resource_id = gone.resource_id AND t.unit = gone.unit
""")  # noqa: S608 -- the constant above


@dataclass(frozen=True, kw_only=True)
class OccupiedUnit:
    """A unit that is to go but is booked or closed from today on."""

    resource_id: str
    unit: int
    first_use: date
    last_use: date
    bookings: int


async def lock_inventory(conn: AsyncConnection, *, tenant_id: str) -> None:
    """From here on, nobody else changes what a city lends until the transaction ends."""
    await conn.execute(_LOCK, {"tenant_id": tenant_id})


async def read_facility_ids(conn: AsyncConnection) -> set[str]:
    """The facilities of the service."""
    return set(await conn.scalars(select(facility.c.facility_id)))


async def facility_names(conn: AsyncConnection) -> list[tuple[str, Any]]:
    """Code and name (one text, or one per language) of each facility of the service."""
    rows = await conn.execute(select(facility.c.facility_id, facility.c.name).order_by(facility.c.facility_id))
    return [(row.facility_id, row.name) for row in rows]


async def save_facilities(conn: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert facilities, or change their names."""
    if not rows:
        return
    statement = insert(facility)
    await conn.execute(
        statement.on_conflict_do_update(
            index_elements=["tenant_id", "facility_id"], set_={"name": statement.excluded.name}
        ),
        rows,
    )


async def save_spaces(conn: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the spaces that are new."""
    if not rows:
        return
    await conn.execute(insert(space).on_conflict_do_nothing(index_elements=["tenant_id", "space_id"]), rows)


async def save_resources(conn: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert resources, or change how many units they have; the units themselves follow by :func:`add_units`."""
    if not rows:
        return
    statement = insert(resource)
    await conn.execute(
        statement.on_conflict_do_update(
            index_elements=["tenant_id", "resource_id"], set_={"units": statement.excluded.units}
        ),
        rows,
    )


async def add_units(conn: AsyncConnection, *, resource_ids: Collection[str]) -> None:
    """Units 1 to ``units`` of each resource exist and may be used."""
    await conn.execute(_ADD_UNITS, {"resource_ids": list(resource_ids)})


async def find_occupied_surplus(
    conn: AsyncConnection, *, resource_ids: Collection[str], today: date
) -> list[OccupiedUnit]:
    """Units beyond a resource's number, or of resources not among these, that are occupied from today on."""
    rows = await conn.execute(_OCCUPIED_SURPLUS, {"resource_ids": list(resource_ids), "today": today})
    return [OccupiedUnit(**row) for row in rows.mappings()]


async def withdraw_surplus(conn: AsyncConnection, *, resource_ids: Collection[str]) -> None:
    """Those units can no longer be booked; their history stays."""
    await conn.execute(_WITHDRAW_SURPLUS, {"resource_ids": list(resource_ids)})
