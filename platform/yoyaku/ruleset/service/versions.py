"""Publishing and finding versions of a service's rules and of a tenant's inventory.

A document is kept as JSON, as the checked structs encode it. What is checked is for the caller: the rule book stands
higher, so a caller publishes only what it has checked and whose examples it has run (:class:`Checked` says so).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.kernel.errors import NotFound
from yoyaku.ruleset.policy import AppliesBy, Texts, VersionHead
from yoyaku.ruleset.repository import versions as repository


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A rule set that passed its check and its examples, ready to be published; ``files`` are its texts, if known."""

    document: str
    applies_by: AppliesBy
    applies_from: date
    files: Texts = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """SHA-256 of the document."""
        return digest_of(self.document)


def digest_of(document: str) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(document.encode()).hexdigest()


async def publish(
    conn: AsyncConnection, *, tenant_id: str, service_id: str, checked: Checked, published_by: str, real_now: datetime
) -> tuple[VersionHead, bool]:
    """Store a rule set as the next version, unless the latest is the same; says which, and whether it is new."""
    await repository.lock_versions(conn, tenant_id=tenant_id, service_id=service_id)
    heads = await versions(conn, tenant_id=tenant_id, service_id=service_id)
    if heads and heads[-1].digest == checked.digest:
        return heads[-1], False
    head = VersionHead(
        version=heads[-1].version + 1 if heads else 1,
        digest=checked.digest,
        applies_by=checked.applies_by,
        applies_from=checked.applies_from,
        published_at=real_now,
        published_by=published_by,
    )
    await repository.add_version(
        conn, tenant_id=tenant_id, service_id=service_id, head=head, document=checked.document, files=checked.files
    )
    return head, True


async def hold_versions(conn: AsyncConnection, *, tenant_id: str, service_id: str) -> None:
    """Until the transaction ends nobody else publishes these rules: the newest version stays the newest."""
    await repository.lock_versions(conn, tenant_id=tenant_id, service_id=service_id)


async def versions(conn: AsyncConnection, *, tenant_id: str, service_id: str) -> list[VersionHead]:
    """All published versions, oldest first."""
    return await repository.read_heads(conn, tenant_id=tenant_id, service_id=service_id)


async def document_of(conn: AsyncConnection, *, tenant_id: str, service_id: str, version: int) -> str:
    """The JSON of a published version.

    Raises:
        NotFound: there is no such version.
    """
    found = await repository.read_document(conn, tenant_id=tenant_id, service_id=service_id, version=version)
    if found is None:
        raise NotFound(what="rule_set_version", version=version)
    return found


async def texts_of(conn: AsyncConnection, *, tenant_id: str, service_id: str, version: int) -> Texts:
    """The texts of a published version as they were written; none where only its document is known."""
    return await repository.read_files(conn, tenant_id=tenant_id, service_id=service_id, version=version)


async def store_inventory(
    conn: AsyncConnection, *, tenant_id: str, document: str, real_now: datetime
) -> tuple[int, bool]:
    """Store a tenant's inventory as the next version, unless the latest is the same; its number, and whether new."""
    digest = digest_of(document)
    latest = await repository.read_inventory_head(conn, tenant_id=tenant_id)
    if latest is not None and latest[1] == digest:
        return latest[0], False
    version = latest[0] + 1 if latest else 1
    await repository.add_inventory(
        conn, tenant_id=tenant_id, version=version, digest=digest, document=document, loaded_at=real_now
    )
    return version, True


async def latest_inventory_version(conn: AsyncConnection, *, tenant_id: str) -> int:
    """The number of the inventory in force.

    Raises:
        NotFound: the tenant has none.
    """
    latest = await repository.read_inventory_head(conn, tenant_id=tenant_id)
    if latest is None:
        raise NotFound(what="inventory_version")
    return latest[0]


async def inventories(conn: AsyncConnection, *, tenant_id: str) -> list[tuple[int, datetime]]:
    """The numbers of a tenant's inventories, oldest first, and from when on each was in force (real time)."""
    return await repository.list_inventories(conn, tenant_id=tenant_id)


async def latest_inventory_digest(conn: AsyncConnection, *, tenant_id: str) -> str | None:
    """The digest of the inventory in force, ``None`` where there is none."""
    latest = await repository.read_inventory_head(conn, tenant_id=tenant_id)
    return None if latest is None else latest[1]


async def inventory_of(conn: AsyncConnection, *, tenant_id: str, version: int) -> str:
    """The JSON of one inventory: ``{"facilities": […]}``.

    Raises:
        NotFound: there is no such version.
    """
    found = await repository.read_inventory(conn, tenant_id=tenant_id, version=version)
    if found is None:
        raise NotFound(what="inventory_version", version=version)
    return found
