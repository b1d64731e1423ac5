"""Tenants, services, hosts: the few tables that every transaction may read and only the owner may write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.db.tables import host, service, tenant

_SITES = """
    SELECT t.tenant_id, t.name AS tenant_name, t.time_zone, t.languages,
           s.service_id, s.name, s.brand, s.wording, s.pages, s.contact, s.clock_offset_seconds,
           (SELECT array_agg(h.host ORDER BY h.host) FROM host h
            WHERE h.tenant_id = s.tenant_id AND h.service_id = s.service_id AND h.channel IS NULL) AS hosts{}
    FROM service s JOIN tenant t USING (tenant_id)
"""
_SITE = _SITES.format("")
_SITE_BY_HOST = text(
    f"{_SITES.format(', one.channel')} JOIN host one USING (tenant_id, service_id) WHERE one.host = :host"
)
_SITE_BY_SLUGS = text(f"{_SITE} WHERE s.tenant_id = :tenant_id AND s.service_id = :service_id")
_LOADING = text("SELECT pg_advisory_xact_lock(hashtextextended('yoyaku tenant load', 0))")


@dataclass(frozen=True, kw_only=True)
class SiteRow:
    """One service with its tenant, as stored; texts are one string or one per language.

    ``hosts`` are its own addresses; ``channel`` is that of the terminals at whose host it was found.
    """

    tenant_id: str
    tenant_name: Any
    time_zone: str
    languages: Sequence[str]
    service_id: str
    name: Any
    brand: Mapping[str, Any]
    wording: Mapping[str, Mapping[str, str]]
    pages: Mapping[str, Any]
    contact: Mapping[str, Any]
    clock_offset_seconds: int
    hosts: Sequence[str] | None
    channel: str | None = None


async def find_site_by_host(conn: AsyncConnection, *, host_name: str) -> SiteRow | None:
    """The service that answers at a host."""
    row = (await conn.execute(_SITE_BY_HOST, {"host": host_name})).mappings().first()
    return None if row is None else SiteRow(**row)


async def find_site(conn: AsyncConnection, *, tenant_id: str, service_id: str) -> SiteRow | None:
    """A service by its two slugs."""
    row = (await conn.execute(_SITE_BY_SLUGS, {"tenant_id": tenant_id, "service_id": service_id})).mappings().first()
    return None if row is None else SiteRow(**row)


async def list_services(conn: AsyncConnection) -> list[Mapping[str, Any]]:
    """Every service of every tenant, with names, hosts and clock offset, by slugs."""
    columns = "tenant_id, service_id, tenant_name, name, time_zone, clock_offset_seconds, hosts"
    statement = text(f"SELECT {columns} FROM ({_SITE}) AS sites ORDER BY 1, 2")  # noqa: S608 -- constants
    return [dict(row) for row in (await conn.execute(statement)).mappings()]


async def lock_loading(conn: AsyncConnection) -> None:
    """One load at a time, until the end of the transaction."""
    await conn.execute(_LOADING)


async def read_tenant(conn: AsyncConnection, *, tenant_id: str) -> Mapping[str, Any] | None:
    """A tenant's row."""
    row = (await conn.execute(select(tenant).where(tenant.c.tenant_id == tenant_id))).mappings().first()
    return None if row is None else dict(row)


async def read_services(conn: AsyncConnection, *, tenant_id: str) -> list[Mapping[str, Any]]:
    """A tenant's services, by slug."""
    query = select(service).where(service.c.tenant_id == tenant_id).order_by(service.c.service_id)
    return [dict(row) for row in (await conn.execute(query)).mappings()]


async def read_hosts(conn: AsyncConnection) -> Mapping[str, tuple[str, str]]:
    """Every host, with the tenant and service that answer there."""
    rows = await conn.execute(select(host.c.host, host.c.tenant_id, host.c.service_id))
    return {row.host: (row.tenant_id, row.service_id) for row in rows}


async def read_terminals(conn: AsyncConnection, *, tenant_id: str) -> Mapping[str, str]:
    """A tenant's hosts of terminals, with the channel by which one comes there."""
    query = select(host.c.host, host.c.channel).where(host.c.tenant_id == tenant_id, host.c.channel.is_not(None))
    return {row.host: row.channel for row in await conn.execute(query)}


async def save_tenant(conn: AsyncConnection, values: Mapping[str, Any]) -> None:
    """Insert or replace a tenant's row."""
    statement = insert(tenant).values(loaded_at=func.clock_timestamp(), **values)
    changed = {name: statement.excluded[name] for name in (*values, "loaded_at") if name != "tenant_id"}
    await conn.execute(statement.on_conflict_do_update(index_elements=["tenant_id"], set_=changed))


async def save_folder_digest(conn: AsyncConnection, *, tenant_id: str, digest: str) -> None:
    """Note that a folder was found equal to the database."""
    await conn.execute(update(tenant).where(tenant.c.tenant_id == tenant_id).values(folder_digest=digest))


async def save_service(conn: AsyncConnection, values: Mapping[str, Any]) -> None:
    """Insert or replace a service's row; its clock stays."""
    keys = ("tenant_id", "service_id")
    statement = insert(service).values(clock_offset_seconds=0, **values)
    changed = {name: statement.excluded[name] for name in values if name not in keys}
    await conn.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed))


async def replace_hosts(
    conn: AsyncConnection, *, tenant_id: str, hosts: Mapping[str, str], terminals: Mapping[str, str]
) -> None:
    """A tenant's hosts with the service of each, and the channel of those that are of terminals; others of the tenant go."""
    await conn.execute(delete(host).where(host.c.tenant_id == tenant_id))
    rows = [
        {"host": name, "tenant_id": tenant_id, "service_id": service_id, "channel": terminals.get(name)}
        for name, service_id in hosts.items()
    ]
    await conn.execute(insert(host), rows)


async def read_clock_offset(conn: AsyncConnection, *, tenant_id: str, service_id: str) -> int | None:
    """By how many seconds a service's business time runs ahead; locked until the end of the transaction."""
    query = select(service.c.clock_offset_seconds).where(
        service.c.tenant_id == tenant_id, service.c.service_id == service_id
    )
    found: int | None = await conn.scalar(query.with_for_update())
    return found


async def save_clock_offset(conn: AsyncConnection, *, tenant_id: str, service_id: str, seconds: int) -> None:
    """Move a service's business time."""
    chosen = update(service).where(service.c.tenant_id == tenant_id, service.c.service_id == service_id)
    await conn.execute(chosen.values(clock_offset_seconds=seconds))
