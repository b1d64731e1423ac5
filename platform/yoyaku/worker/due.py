"""A deadline that is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.registration.act import Act
from yoyaku.tenancy.service import Site
from yoyaku.worker.runtime import Runtime
from yoyaku.worker.sight import act_of_system


@dataclass(frozen=True, kw_only=True)
class Due:
    """A deadline that is due, inside its transaction: of what, and when (business time).

    ``prepared`` is what was made ready before the transaction, where the kind has a preparation.
    """

    runtime: Runtime
    site: Site
    work_id: UUID
    subject_id: UUID
    now: datetime
    prepared: object = None

    async def act(self, conn: AsyncConnection) -> Act:
        """The system, acting on a registration."""
        real_now = self.runtime.clock()
        return await act_of_system(self.runtime, conn, site=self.site, now=self.now, real_now=real_now)
