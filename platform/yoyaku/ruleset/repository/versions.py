"""Stored versions of rule sets and inventories; rows are only ever added (a trigger forbids the rest)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.db.tables import rule_set_version
from yoyaku.ruleset.policy import Texts, VersionHead

_HEAD = (
    "version, digest, applies_by, applies_from, published_at, published_by, draft_id, summary, transition, reviewed_by"
)

_HEADS = text(
    f"SELECT {_HEAD} FROM rule_set_version "  # noqa: S608 -- the columns are the constant above
    "WHERE tenant_id = :tenant_id AND service_id = :service_id ORDER BY version"
)
_DOCUMENT = text(
    "SELECT document FROM rule_set_version "
    "WHERE tenant_id = :tenant_id AND service_id = :service_id AND version = :version"
)
_FILES = text(
    "SELECT files FROM rule_set_version "
    "WHERE tenant_id = :tenant_id AND service_id = :service_id AND version = :version"
)
# Two who publish at once would take the same number; loading folders waits here as well.
_LOCK = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('rule_set_version ' || :tenant_id || '/' || :service_id, 0))"
)
_INVENTORY_HEAD = text(
    "SELECT version, digest FROM inventory_version WHERE tenant_id = :tenant_id ORDER BY version DESC LIMIT 1"
)
_INVENTORY = text("SELECT document::text FROM inventory_version WHERE tenant_id = :tenant_id AND version = :version")
_INVENTORIES = text("SELECT version, loaded_at FROM inventory_version WHERE tenant_id = :tenant_id ORDER BY version")
_ADD_INVENTORY = text("""
    INSERT INTO inventory_version (tenant_id, version, digest, document, loaded_at)
    VALUES (:tenant_id, :version, :digest, CAST(:document AS jsonb), :loaded_at)
""")


async def read_heads(conn: AsyncConnection, *, tenant_id: str, service_id: str) -> list[VersionHead]:
    """All versions of a service's rules, oldest first."""
    rows = await conn.execute(_HEADS, {"tenant_id": tenant_id, "service_id": service_id})
    return [VersionHead(**row) for row in rows.mappings()]


async def read_document(conn: AsyncConnection, *, tenant_id: str, service_id: str, version: int) -> str | None:
    """The JSON of one version's rule set."""
    found: str | None = await conn.scalar(
        _DOCUMENT, {"tenant_id": tenant_id, "service_id": service_id, "version": version}
    )
    return found


async def read_files(conn: AsyncConnection, *, tenant_id: str, service_id: str, version: int) -> Texts:
    """The texts of one version; none where only its document is known, or there is no such version."""
    found: Texts | None = await conn.scalar(
        _FILES, {"tenant_id": tenant_id, "service_id": service_id, "version": version}
    )
    return found or {}


async def lock_versions(conn: AsyncConnection, *, tenant_id: str, service_id: str) -> None:
    """Until the transaction ends nobody else adds a version of these rules."""
    await conn.execute(_LOCK, {"tenant_id": tenant_id, "service_id": service_id})


async def add_version(
    conn: AsyncConnection, *, tenant_id: str, service_id: str, head: VersionHead, document: str, files: Texts
) -> None:
    """Store a version; its number must be free."""
    values = {name: getattr(head, name) for name in _HEAD.split(", ")}
    await conn.execute(
        insert(rule_set_version).values(
            tenant_id=tenant_id, service_id=service_id, document=document, files=dict(files), **values
        )
    )


async def read_inventory_head(conn: AsyncConnection, *, tenant_id: str) -> tuple[int, str] | None:
    """Number and digest of the latest inventory."""
    row = (await conn.execute(_INVENTORY_HEAD, {"tenant_id": tenant_id})).first()
    return None if row is None else (row.version, row.digest)


async def read_inventory(conn: AsyncConnection, *, tenant_id: str, version: int) -> str | None:
    """The JSON of one inventory: ``{"facilities": […]}``."""
    found: str | None = await conn.scalar(_INVENTORY, {"tenant_id": tenant_id, "version": version})
    return found


async def list_inventories(conn: AsyncConnection, *, tenant_id: str) -> list[tuple[int, datetime]]:
    """The numbers of a tenant's inventories, and from when on each was in force."""
    return [(row.version, row.loaded_at) for row in await conn.execute(_INVENTORIES, {"tenant_id": tenant_id})]


async def add_inventory(
    conn: AsyncConnection, *, tenant_id: str, version: int, digest: str, document: str, loaded_at: datetime
) -> None:
    """Store an inventory; its number must be free."""
    values = {"tenant_id": tenant_id, "version": version, "digest": digest, "document": document}
    await conn.execute(_ADD_INVENTORY, {**values, "loaded_at": loaded_at})
