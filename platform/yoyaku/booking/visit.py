"""Who asks, for which service, when, and by which way: what every use case is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from yoyaku.booking.policy import Person
from yoyaku.booking.terms import Actor


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One request or job.

    ``now`` is business time (the service's offset counts), ``real_now`` real time; both aware, UTC. ``registrant_id``
    is for whom something is done (a clerk acts for a registrant), ``account_id`` who is logged in. ``person`` holds
    the registrant's facts; ``None`` where nobody is logged in. ``facilities`` are those whose bookings a clerk sees and
    acts on (none: all), ``purpose`` what they said they look at people for.
    """

    tenant_id: str
    service_id: str
    now: datetime
    real_now: datetime
    channel: str
    actor: Actor
    account_id: UUID | None = None
    registrant_id: UUID | None = None
    person: Person | None = None
    staff_id: UUID | None = None
    staff_name: str | None = None
    facilities: frozenset[str] = frozenset()
    purpose: str | None = None

    @property
    def own_channel(self) -> str | None:
        """The channel through which a resident asks; nothing where staff or a job do."""
        return self.channel if self.actor == "resident" else None

    def reaches(self, *facilities: str) -> bool:
        """Whether whoever asks is bound to no facility, or to these among others."""
        return not self.facilities or self.facilities.issuperset(facilities)
