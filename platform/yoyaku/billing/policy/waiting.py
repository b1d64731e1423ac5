"""What may be done with money that waits for a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Way = Literal["refund", "cash", "apply", "transfer", "explain"]
Kind = Literal[
    "late_payment",
    "double_payment",
    "other_amount",
    "provider_only",
    "ours_only",
    "refund_failed",
    "bank_unknown",
    "payout_differs",
]


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """What waits, in yen. ``left_yen`` is what of the payment behind it has not gone back, nor is on its way.

    ``counted``: that payment moved what is paid. ``room_yen`` is what its charge still takes; below nothing where more
    was paid than is owed. ``through_provider``: whoever brought the money is asked to take it back; else it goes back in
    cash or by a bank transfer. ``returned``: it had gone back and came home again.
    """

    kind: Kind
    amount_yen: int
    left_yen: int
    counted: bool
    room_yen: int
    through_provider: bool
    returned: bool = False


def ways_out(one: Waiting) -> frozenset[Way]:
    """What a clerk may do: give it back through its provider, in cash or by transfer where that failed; count it; explain it.

    Money that came late or twice goes back as long as it is all there, or counts where its charge has room for it.
    A refund that failed is tried again as long as the charge says that it is owed; one that came home again is sent to
    an account of the payer's.
    """
    ways: set[Way] = {"explain"}
    is_there = one.left_yen >= one.amount_yen
    back: set[Way] = {"refund"} if one.through_provider else {"cash", "transfer"}
    match one.kind:
        case "refund_failed" if one.returned:
            ways.add("transfer")
        case "late_payment" | "double_payment" if is_there and not one.counted:
            ways |= back
            if 0 < one.amount_yen <= one.room_yen:
                ways.add("apply")
        case "other_amount" if is_there and not one.counted:
            ways |= back
        case "refund_failed" if is_there and (not one.counted or -one.room_yen >= one.amount_yen):
            ways |= {"cash", "transfer", *back}
        case _:
            pass
    return frozenset(ways)
