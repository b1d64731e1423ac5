"""Who moves money, when, for which service: what every use case of billing is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo


class PinnedRules(Protocol):
    """Finds the rules that a charge's subject keeps."""

    async def __call__(self, *, version: int, inventory_version: int) -> Any:  # noqa: ANN401  # a folder above
        """The rules in these versions."""


@dataclass(frozen=True, kw_only=True)
class MoneyAct:
    """One request or job.

    ``now`` is the service's business time in the tenant's ``zone``; ``real_now`` is real time, by which providers go.
    ``rules_of`` finds the rules of whatever a charge is for. ``staff_id`` is set where a clerk acts,
    ``channel`` where residents themselves do.
    """

    tenant_id: str
    service_id: str
    now: datetime
    real_now: datetime
    zone: ZoneInfo
    rules_of: PinnedRules
    actor: Literal["resident", "clerk", "system"] = "system"
    account_id: UUID | None = None
    staff_id: UUID | None = None
    staff_name: str | None = None
    channel: str | None = None

    @property
    def today(self) -> date:
        """The service's civil day."""
        return self.civil_date(self.now)

    def civil_date(self, instant: datetime) -> date:
        """The civil day of an instant of business time."""
        return instant.astimezone(self.zone).date()

    @property
    def keys(self) -> dict[str, str]:
        """The keys of the service, for statements."""
        return {"tenant_id": self.tenant_id, "service_id": self.service_id}

    def real(self, business: datetime) -> datetime:
        """The real instant at which the service's clock shows a business instant."""
        return business - (self.now - self.real_now)
