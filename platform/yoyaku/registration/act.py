"""Who acts on a registration, when, and under which rules: what every use case is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from yoyaku.registration.terms import RegistrationTerms


@dataclass(frozen=True, kw_only=True)
class Act:
    """One request or job.

    ``now`` is the service's business time and ``today`` its civil day; ``real_now`` is real time, by which sessions,
    links and throttles go. ``staff_id`` is set where a clerk acts, ``account_id`` where somebody is logged in; neither,
    where it is the system.
    """

    terms: RegistrationTerms
    rule_set_version: int
    now: datetime
    real_now: datetime
    today: date
    account_id: UUID | None = None
    staff_id: UUID | None = None
    staff_name: str | None = None
