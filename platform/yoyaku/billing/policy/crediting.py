"""Whether what was paid for a use that could not be had may pay for another (振替), and how much of it does."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from yoyaku.billing.terms import Credits
from yoyaku.rules.refusal import Refusal

Cause = Literal[
    "not_by_rules", "not_paid_so", "other_person", "other_payee", "not_live", "shorter", "cheaper", "nothing"
]


class CreditRefused(Refusal):
    """What was paid cannot pay for the other booking (``reason``); it goes back instead."""

    code = "credit_refused"
    title = "This payment cannot be used for that booking."

    @property
    def variant(self) -> str | None:
        """What stands against it."""
        return str(self.facts.get("reason", ""))


@dataclass(frozen=True, kw_only=True)
class LostUse:
    """A use that could not be had: ``grounds`` on which staff ended it (``None``: it was not), minutes over all surfaces.

    ``left_yen`` is what of its payment can still be moved, paid by ``methods``.
    """

    person: str
    payee: str
    grounds: str | None
    minutes: int
    fee_yen: int
    left_yen: int
    methods: Collection[str]


@dataclass(frozen=True, kw_only=True)
class OtherUse:
    """A use that is to be paid."""

    person: str
    payee: str
    is_live: bool
    minutes: int
    fee_yen: int
    outstanding_yen: int


def credit_yen(terms: Credits | None, *, lost: LostUse, other: OtherUse) -> int:
    """How much of what was paid moves: all that the other use still costs (KS-103). The rest goes back.

    A use of which only a part could not be had is none that was lost: it was not ended.

    Raises:
        CreditRefused: with the first thing that stands against it.
    """
    if terms is None or lost.grounds not in terms.grounds:
        raise CreditRefused(reason="not_by_rules")
    against: tuple[tuple[bool, Cause], ...] = (
        (not set(lost.methods) <= set(terms.methods), "not_paid_so"),
        (lost.person != other.person, "other_person"),
        (lost.payee != other.payee, "other_payee"),
        (not other.is_live, "not_live"),
        (other.outstanding_yen <= 0, "nothing"),
        (lost.minutes < other.minutes, "shorter"),
        (lost.fee_yen < other.fee_yen or lost.left_yen < other.outstanding_yen, "cheaper"),
    )
    cause = next((cause for stands, cause in against if stands), None)
    if cause is not None:
        raise CreditRefused(reason=cause)
    return other.outstanding_yen
