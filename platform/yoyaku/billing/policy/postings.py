"""The chart of accounts, and how money that moves is posted: debit positive, credit negative, zero together.

====================  ==========================================================================================
``receivable``        what residents owe, by charge (a credit balance: what they paid too much)
``usage_fee``         fees of uses that stand
``cancellation_kept`` what is kept of cancelled uses by a rule that hangs on the day (outside consumption tax)
``cash``              tills, by facility (``provider``)
``clearing``          what providers and the bank hold for us, by plugin and profile (``provider``)
``bank``              the payee's account
``suspense``          money that came late, twice or in another amount, until somebody says whose it is
``credit``            money on its way from one charge to another
``differences``       tills that were counted otherwise
``written_off``       debts given up
``provider_fee``      what providers kept for themselves of what they held (an expense, by ``provider``)
====================  ==========================================================================================

The database raises, changes and ends charges by itself (``keep_charge``); here is what money does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from yoyaku.kernel.ids import Key

Account = Literal[
    "receivable", "usage_fee", "cancellation_kept", "cash", "clearing", "bank", "suspense", "credit", "differences",
    "written_off", "provider_fee",
]  # fmt: skip
Holder = Literal["cash", "clearing", "credit", "bank"]


@dataclass(frozen=True, kw_only=True)
class Posting:
    """One line of a transaction; ``yen`` is positive in debit, negative in credit, never zero."""

    account: Account
    yen: int
    charge_id: Key | None = None
    provider: str | None = None


def postings_of_payment(
    yen: int, *, charge_id: Key, holder: Holder, provider: str | None, counted: bool
) -> tuple[Posting, Posting]:
    """Money that came in: whoever holds it owes it to the payee; the resident owes that much less, if it counts."""
    against = Posting(account="receivable", yen=-yen, charge_id=charge_id) if counted else _suspense(-yen)
    return Posting(account=holder, yen=yen, provider=provider), against


def postings_of_refund(
    yen: int, *, charge_id: Key, holder: Holder, provider: str | None, counted: bool
) -> tuple[Posting, Posting]:
    """Money that went back: the opposite."""
    against = Posting(account="receivable", yen=yen, charge_id=charge_id) if counted else _suspense(yen)
    return against, Posting(account=holder, yen=-yen, provider=provider)


def postings_of_close(expected_yen: int, *, counted_yen: int, till: str) -> tuple[Posting, ...]:
    """A till that was counted: what is there goes to the bank, what is too little or too much to the differences."""
    lines: tuple[tuple[Account, int, str | None], ...] = (
        ("bank", counted_yen, None),
        ("cash", -expected_yen, till),
        ("differences", expected_yen - counted_yen, None),
    )
    return _moving(lines)


def postings_of_applying(yen: int, *, charge_id: Key) -> tuple[Posting, Posting]:
    """Money that waited and turns out to pay a charge after all."""
    return _suspense(yen), Posting(account="receivable", yen=-yen, charge_id=charge_id)


def postings_of_transfer(yen: int) -> tuple[Posting, Posting]:
    """Money that waited and was sent to an account of the payer's."""
    return _suspense(yen), Posting(account="bank", yen=-yen)


def postings_of_payout(yen: int, *, provider: str, fee_yen: int = 0) -> tuple[Posting, ...]:
    """What a provider or the bank held and has put on the payee's account; below nothing where it took back more.

    A fee that it kept is an expense of the payee's, and the income stays whole.
    """
    lines: tuple[tuple[Account, int, str | None], ...] = (
        ("bank", yen - fee_yen, None),
        ("provider_fee", fee_yen, provider),
        ("clearing", -yen, provider),
    )
    return _moving(lines)


def postings_of_writing_off(yen: int, *, charge_id: Key) -> tuple[Posting, Posting]:
    """A debt that is given up."""
    return Posting(account="written_off", yen=yen), Posting(account="receivable", yen=-yen, charge_id=charge_id)


def _moving(lines: Iterable[tuple[Account, int, str | None]]) -> tuple[Posting, ...]:
    return tuple(Posting(account=account, yen=yen, provider=held_by) for account, yen, held_by in lines if yen)


def _suspense(yen: int) -> Posting:
    return Posting(account="suspense", yen=yen)
