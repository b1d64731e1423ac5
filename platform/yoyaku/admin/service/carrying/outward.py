"""Writing everything of a tenant into a file: rows of all tables with their digests, as they stood at one instant."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from zipfile import ZIP_DEFLATED, ZipFile

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.admin.service.carrying.manifest import FORMAT, MANIFEST, UNSEALED, Manifest, Part, with_seal
from yoyaku.db import carry
from yoyaku.db.carry import Table
from yoyaku.kernel.errors import NotFound
from yoyaku.kernel.seal import Seal
from yoyaku.tenancy import repository


async def export_tenant(
    conn: AsyncConnection, *, tenant_id: str, archive: ZipFile, seal: Seal, real_now: datetime
) -> Manifest:
    """Write a tenant into ``archive``; ``conn`` sees one instant (REPEATABLE READ), as the owner.

    Raises:
        NotFound: there is no such tenant.
    """
    services = await services_of(conn, tenant_id=tenant_id)
    await carry.speak_plainly(conn)
    parts = [
        await _write_part(conn, table, tenant_id=tenant_id, service=service, archive=archive)
        for table, service in places(services)
    ]
    unsealed = Manifest(
        format=FORMAT,
        tenant=tenant_id,
        services=tuple(services),
        schema=await carry.read_schema(conn),
        taken_at=real_now.isoformat(),
        sealed=UNSEALED,
        parts=tuple(parts),
    )
    manifest = with_seal(unsealed, seal)
    archive.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=1), ZIP_DEFLATED)
    return manifest


async def services_of(conn: AsyncConnection, *, tenant_id: str) -> list[str]:
    """The tenant's services.

    Raises:
        NotFound: there is no such tenant.
    """
    if await repository.read_tenant(conn, tenant_id=tenant_id) is None:
        raise NotFound(
            f'There is no tenant "{tenant_id}"; `yoyaku tenant list` shows them. その自治体はありません。',
            what="tenant",
        )
    return [str(one["service_id"]) for one in await repository.read_services(conn, tenant_id=tenant_id)]


def places(services: Sequence[str]) -> list[tuple[Table, str]]:
    """Every table with each service that has rows in it, in the order in which they can be written."""
    return [
        (table, service)
        for table in carry.tables_in_order()
        for service in (services if carry.is_of_service(table) else (carry.OF_ALL,))
    ]


async def measure_part(
    conn: AsyncConnection, table: Table, *, tenant_id: str, service: str, columns: Sequence[str]
) -> Part:
    """How many rows there are, and their digest, without keeping them."""
    digest, rows = hashlib.sha256(), 0
    async for line in _lines(conn, table, tenant_id=tenant_id, service=service, columns=columns):
        digest.update(line)
        rows += 1
    return Part(table=str(table.name), service=service, columns=tuple(columns), rows=rows, digest=digest.hexdigest())


async def _write_part(conn: AsyncConnection, table: Table, *, tenant_id: str, service: str, archive: ZipFile) -> Part:
    columns = carry.stored_columns(table)
    digest, rows = hashlib.sha256(), 0
    path = Part(table=str(table.name), service=service, columns=(), rows=0, digest="").path
    with archive.open(path, "w", force_zip64=True) as file:
        async for line in _lines(conn, table, tenant_id=tenant_id, service=service, columns=columns):
            file.write(line)
            digest.update(line)
            rows += 1
    return Part(table=str(table.name), service=service, columns=tuple(columns), rows=rows, digest=digest.hexdigest())


async def _lines(
    conn: AsyncConnection, table: Table, *, tenant_id: str, service: str, columns: Sequence[str]
) -> AsyncIterator[bytes]:
    async for line in carry.read_lines(conn, table, tenant_id=tenant_id, service_id=service, columns=columns):
        yield line.encode() + b"\n"
