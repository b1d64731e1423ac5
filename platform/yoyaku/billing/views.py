"""What billing answers: charges and attempts as they are stored. Amounts are whole yen, instants aware UTC."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from yoyaku.billing.policy.outcome import AttemptState

ChargeState = Literal["open", "settled", "refundable"]
OPEN_STATES: frozenset[AttemptState] = frozenset({"created", "pending"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeView:
    """What is owed for one booking (whose id it shares) and what of it is paid."""

    charge_id: UUID
    number: str
    registrant_id: UUID
    payer_id: UUID | None
    payee: str
    raised_at: datetime
    fiscal_year: int
    owed_yen: int
    paid_yen: int
    written_off_yen: int
    state: ChargeState
    method: str | None
    due_at: datetime | None
    overdue_since: datetime | None

    @property
    def outstanding_yen(self) -> int:
        """What is still to be paid; 0 where nothing is."""
        return max(self.standing_yen - self.paid_yen, 0)

    def is_late(self, now: datetime) -> bool:
        """Whether the last day of paying it has passed (business time)."""
        return self.due_at is not None and self.due_at <= now

    @property
    def standing_yen(self) -> int:
        """What is owed and was not given up."""
        return self.owed_yen - self.written_off_yen


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptView:
    """One payment or refund. ``settlement_id`` joins a reversal with its recharge.

    ``step`` is what the payer does next, ``expires_at`` (real time) until when. ``counted``: it moved what is paid.
    """

    attempt_id: UUID
    charge_id: UUID
    kind: Literal["payment", "refund"]
    of_attempt_id: UUID | None
    settlement_id: UUID
    method: str
    plugin: str
    profile: str | None
    choice: str | None
    payee: str
    amount_yen: int
    state: AttemptState
    counted: bool
    moved_yen: int | None
    collection_number: str | None
    provider_ref: str | None
    step: Mapping[str, Any] | None
    detail: Mapping[str, Any] = field(default_factory=dict)
    failure: str | None
    facility_id: str | None
    why: str | None
    created_at: datetime
    ended_at: datetime | None
    expires_at: datetime | None
    next_ask_at: datetime | None
    asked: int
    last_error: str | None
    entered_by: UUID | None
    close_id: UUID | None

    @property
    def is_open(self) -> bool:
        """Whether its outcome is not known yet."""
        return self.state in OPEN_STATES

    @property
    def gives_back(self) -> bool:
        """Whether it is a refund that was made, or may still be."""
        return self.kind == "refund" and (self.is_open or self.state == "succeeded")


def returning_yen(attempts: Iterable[AttemptView]) -> int:
    """What of a charge's payments that counted is on its way back."""
    known = list(attempts)
    counted = {one.attempt_id for one in known if one.counted}
    return sum(one.amount_yen for one in known if one.kind == "refund" and one.is_open and one.of_attempt_id in counted)
