"""What billing holds of a registrant when they want their data, or to be let go: their mandates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.repository import mandates
from yoyaku.registration.ties import Ties


class HeldMandates:
    """Mandates; they end with the registration, and nothing of the account stays. Who owes is held by the bookings."""

    async def find_ties(self, conn: AsyncConnection, *, registrant_id: UUID, now: datetime) -> Ties:  # noqa: ARG002
        """None: a mandate alone ties nobody."""
        return Ties()

    async def forget(self, conn: AsyncConnection, *, registrant_id: UUID) -> None:
        """End them, and take out the accounts."""
        await mandates.forget_mandates(conn, registrant_id=registrant_id)

    async def export(self, conn: AsyncConnection, *, registrant_id: UUID) -> Mapping[str, Any]:
        """The mandates; of the account what its holder recognises it by."""
        return {"debit_mandates": await mandates.export_mandates(conn, registrant_id=registrant_id)}


HELD_MANDATES = HeldMandates()
