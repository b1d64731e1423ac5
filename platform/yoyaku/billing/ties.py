"""What charges are for. Billing knows no bookings: whoever raises charges says so here when the process starts, is asked
what a charge is for, and is told in the same transaction when money has moved.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.act import MoneyAct
from yoyaku.billing.policy.arrears import MomentOf
from yoyaku.billing.policy.dues import PaymentDue
from yoyaku.billing.terms import PaymentTerms
from yoyaku.extension.payment import Payer
from yoyaku.rules.condition import Facts
from yoyaku.rules.values import Text


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """What conditions look at and moments hang on, of what a charge is for."""

    facts: Facts
    moment: MomentOf


@dataclass(frozen=True, kw_only=True)
class ChargeSubject:
    """What a charge is for: its number and place as the payer reads them, who pays, the methods that are open to it.

    ``is_live``: the use still stands (it has not ended). ``number_code`` is the facility's own in numbers. ``lapses``: it
    ends by itself if it is not paid. ``occasion`` is worked out where somebody asks for it.
    """

    number: str
    facility_id: str
    facility_name: Text
    space_name: Text
    use_on: date
    number_code: str | None
    payer: Payer
    dues: tuple[PaymentDue, ...]
    terms: PaymentTerms
    is_live: bool
    lapses: bool
    occasion: Callable[[], Occasion]


class ChargeKeeper(Protocol):
    """Somebody who raises charges."""

    async def lock(self, conn: AsyncConnection, *, act: MoneyAct, charge_id: UUID) -> ChargeSubject:
        """What a charge is for, held still until the transaction ends: always before the charge itself is."""
        ...

    async def read(self, conn: AsyncConnection, *, act: MoneyAct, charge_id: UUID) -> ChargeSubject:
        """The same without holding anything."""
        ...

    async def paid(  # what is paid in all, and since when the last of it was under way
        self,
        conn: AsyncConnection,
        *,
        act: MoneyAct,
        charge_id: UUID,
        paid_yen: int,
        paid_by: Sequence[str],
        begun_at: datetime,
    ) -> None:
        """So much is paid now, by these methods, in all. What was begun in time (business time) is in time (T-C2)."""
        ...


_KEEPERS: list[ChargeKeeper] = []


def keep_charges(keeper: ChargeKeeper) -> None:
    """Make the keeper of charges known; once is enough."""
    if keeper not in _KEEPERS:
        _KEEPERS.append(keeper)


def charge_keeper() -> ChargeKeeper:
    """Who raises charges in this process.

    Raises:
        LookupError: nobody: this process was put together without them.
    """
    if not _KEEPERS:
        raise LookupError("nobody has said what charges are for: call keep_charges() when the process starts")
    return _KEEPERS[0]
