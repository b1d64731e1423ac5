"""The rules that decide about a booking, compiled once per version and kept.

Published versions and inventories never change, so that what is compiled may be kept for ever; which version is in
force is asked again after a short while, so that a publication counts within seconds in every process.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.rules import ServiceRules
from yoyaku.facility.terms import Facility
from yoyaku.rulebook.compile import compile_rules
from yoyaku.rulebook.terms import RuleSet
from yoyaku.ruleset.policy import Days, VersionHead, choose_version
from yoyaku.ruleset.service import document_of, inventory_of, latest_inventory_version, versions

MOST_KEPT: Final = 64
"""Compiled rules kept in one process; the least recently used go first."""

LOOK_AGAIN_SECONDS: Final = 2.0

RulesKey = tuple[str, str, int, int]


class StoredInventory(msgspec.Struct, frozen=True):
    """A stored inventory."""

    facilities: list[Facility]


@dataclass(frozen=True, slots=True)
class _InForce:
    """What is published, as seen at a moment of the monotonic clock."""

    heads: Sequence[VersionHead]
    inventory_version: int
    seen_at: float


class RulesProvider:
    """Finds, compiles and keeps rules; one for each process."""

    def __init__(
        self, *, look_again_seconds: float = LOOK_AGAIN_SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._look_again_seconds = look_again_seconds
        self._clock = clock
        self._in_force: dict[tuple[str, str], _InForce] = {}
        self._kept: OrderedDict[RulesKey, ServiceRules] = OrderedDict()

    async def rules_for(
        self, conn: AsyncConnection, *, tenant_id: str, service_id: str, made_on: date, used_on: date
    ) -> ServiceRules:
        """The rules for a booking made and used on these dates, with the inventory in force now.

        Raises:
            NoRuleSetInForce: no published version applies to them.
            NotFound: the tenant has no inventory.
        """
        days = Days(made_on=made_on, used_on=used_on)
        return await self.rules_on(conn, tenant_id=tenant_id, service_id=service_id, days=days)

    async def rules_on(self, conn: AsyncConnection, *, tenant_id: str, service_id: str, days: Days) -> ServiceRules:
        """The rules for what has these days, be it a booking or a lottery, with the inventory in force now.

        Raises:
            NoRuleSetInForce, NotFound: as :meth:`rules_for`.
        """
        in_force = await self._see(conn, tenant_id, service_id)
        head = choose_version(in_force.heads, days)
        return await self.rules_of(
            conn,
            tenant_id=tenant_id,
            service_id=service_id,
            version=head.version,
            inventory_version=in_force.inventory_version,
        )

    async def rules_of(
        self, conn: AsyncConnection, *, tenant_id: str, service_id: str, version: int, inventory_version: int
    ) -> ServiceRules:
        """The rules in the versions that a booking keeps.

        Raises:
            NotFound: there are no such versions.
        """
        key = (tenant_id, service_id, version, inventory_version)
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        document = await document_of(conn, tenant_id=tenant_id, service_id=service_id, version=version)
        inventory = await inventory_of(conn, tenant_id=tenant_id, version=inventory_version)
        rules = compile_rules(
            msgspec.json.decode(document, type=RuleSet),
            msgspec.json.decode(inventory, type=StoredInventory).facilities,
            version=version,
            inventory_version=inventory_version,
        )
        self._kept[key] = rules
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return rules

    def forget(self) -> None:
        """Look at once for what is published (after publishing in this process)."""
        self._in_force.clear()

    async def _see(self, conn: AsyncConnection, tenant_id: str, service_id: str) -> _InForce:
        key = (tenant_id, service_id)
        seen = self._in_force.get(key)
        now = self._clock()
        if seen is None or now - seen.seen_at >= self._look_again_seconds:
            heads = await versions(conn, tenant_id=tenant_id, service_id=service_id)
            inventory_version = await latest_inventory_version(conn, tenant_id=tenant_id)
            seen = self._in_force[key] = _InForce(heads, inventory_version, now)
        return seen
