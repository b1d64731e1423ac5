"""What follows from what a provider says became of a payment or a refund."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from yoyaku.extension.payment import Found

AttemptState = Literal["created", "pending", "succeeded", "failed", "cancelled", "expired"]
Unmatched = Literal["late_payment", "double_payment", "other_amount", "refund_failed"]


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A charge at this moment, in yen: what is owed, what is paid, and what of it is on its way back."""

    owed_yen: int
    paid_yen: int
    returning_yen: int = 0

    @property
    def room_yen(self) -> int:
        """How much a payment may bring in without being too much."""
        return self.owed_yen - self.paid_yen + self.returning_yen


@dataclass(frozen=True, kw_only=True)
class Decision:
    """How an attempt ends: its state, whether it moves what is paid, and why it waits for a person if it does.

    ``moved_yen`` is what really moved where that is not the attempt's amount.
    """

    state: AttemptState
    counted: bool = False
    unmatched: Unmatched | None = None
    moved_yen: int | None = None


def decide_payment(*, amount_yen: int, found: Found, standing: Standing, is_over: bool) -> Decision | None:
    """How a payment ends; ``None`` while nothing is known for sure.

    Money that came is always kept. It counts where the charge still has room for it; where it came twice, for a charge
    that stands no more or in another amount, it waits for a person. ``is_over``: the time for paying has passed, so that
    a payment of which the provider knows nothing will never come.
    """
    match found.state:
        case "pending":
            return None
        case "unknown":
            return Decision(state="expired") if is_over else None
        case "succeeded" if found.amount_yen != amount_yen:
            return Decision(state="succeeded", unmatched="other_amount", moved_yen=found.amount_yen)
        case "succeeded" if amount_yen <= standing.room_yen:
            return Decision(state="succeeded", counted=True)
        case "succeeded":
            late = standing.owed_yen == 0
            return Decision(state="succeeded", unmatched="late_payment" if late else "double_payment")
        case _:
            return Decision(state=found.state)


def decide_refund(*, amount_yen: int, found: Found, was_counted: bool) -> Decision | None:
    """How a refund ends; ``None`` while nothing is known for sure. One that failed waits for a person.

    ``was_counted``: the payment that it gives back counted, so that its return counts too.
    """
    match found.state:
        case "pending" | "unknown":
            return None
        case "succeeded" if found.amount_yen == amount_yen:
            return Decision(state="succeeded", counted=was_counted)
        case "succeeded":
            return Decision(state="succeeded", unmatched="other_amount", moved_yen=found.amount_yen)
        case _:
            return Decision(state="failed", unmatched="refund_failed")
