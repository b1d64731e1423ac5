"""What the database holds for whoever writes rules: the facilities as they are now, the texts of a version."""

from __future__ import annotations

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.facility.terms import Facility
from yoyaku.rulebook.provider import StoredInventory
from yoyaku.rulebook.terms import RuleSet
from yoyaku.rulebook.writing import write_rules
from yoyaku.ruleset.policy import Texts
from yoyaku.ruleset.service import document_of, inventory_of, latest_inventory_version, texts_of


async def stored_facilities(conn: AsyncConnection, *, tenant_id: str) -> list[Facility]:
    """All the tenant's facilities as they are lent now.

    Raises:
        NotFound: the tenant has no inventory.
    """
    version = await latest_inventory_version(conn, tenant_id=tenant_id)
    document = await inventory_of(conn, tenant_id=tenant_id, version=version)
    return msgspec.json.decode(document, type=StoredInventory).facilities


async def rules_of_version(conn: AsyncConnection, *, tenant_id: str, service_id: str, version: int) -> RuleSet:
    """The rule set of a published version.

    Raises:
        NotFound: there is no such version.
    """
    document = await document_of(conn, tenant_id=tenant_id, service_id=service_id, version=version)
    return msgspec.json.decode(document, type=RuleSet)


async def files_of(conn: AsyncConnection, *, tenant_id: str, service_id: str, version: int) -> Texts:
    """The texts of a published version, with their comments; written from its document where they are not known.

    Raises:
        NotFound: there is no such version.
    """
    texts = await texts_of(conn, tenant_id=tenant_id, service_id=service_id, version=version)
    if texts:
        return texts
    return write_rules(await rules_of_version(conn, tenant_id=tenant_id, service_id=service_id, version=version))
