"""Receipts and invoices of what was paid, return invoices of what went back: issued once, and again with a mark."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.act import MoneyAct
from yoyaku.billing.policy.receipt import (
    ReceiptKind,
    kept_since,
    kind_of,
    may_issue,
    needs_return_invoice,
)
from yoyaku.billing.repository import receipts as repository
from yoyaku.billing.repository.attempts import attempts_of
from yoyaku.billing.repository.charges import lock_charge, read_charge
from yoyaku.billing.repository.numbers import next_number
from yoyaku.billing.repository.receipts import ReceiptView
from yoyaku.billing.repository.telling import audit
from yoyaku.billing.service.left import is_online
from yoyaku.billing.service.outcomes import CREDIT
from yoyaku.billing.service.papers import Books, Occasion, paper_of
from yoyaku.billing.views import AttemptView, ChargeView
from yoyaku.kernel.errors import NotFound, YoyakuError
from yoyaku.kernel.fiscal import fiscal_year
from yoyaku.kernel.ids import new_id
from yoyaku.rules.values import Text

OPEN_FOR: Final = timedelta(hours=1)
"""So long a document can be looked at and saved after it was made; afterwards it is made again, with the mark."""
ORIGINAL: Final = 0
"""The number of the first copy; those made again count from 1."""


class ReceiptNotFound(NotFound):
    """There is no such document."""

    code = "receipt_not_found"
    title = "There is no such receipt."


class ReceiptNotIssuedHere(YoyakuError):
    """The city issues this receipt at its counter only (``where``), or not at all."""

    status = 403
    code = "receipt_not_issued_here"
    title = "This receipt is issued at the counter."

    @property
    def variant(self) -> str | None:
        """Where it is issued: ``counter`` or ``nowhere``."""
        return str(self.facts.get("where"))


class ReceiptClosed(YoyakuError):
    """The document was made longer ago than it can be looked at: it is made again, with the mark."""

    status = 410
    code = "receipt_closed"
    title = "Please have the receipt issued again."


@dataclass(frozen=True, kw_only=True)
class Receiptable:
    """One payment, or one return, with the document that was issued of it, or whether one can be.

    ``where``: who issues it where it was paid online.
    """

    attempt_id: UUID
    kind: ReceiptKind
    amount_yen: int
    on: date
    method: Text
    issued: ReceiptView | None
    may_issue: bool
    where: str


async def list_receiptable(
    conn: AsyncConnection, *, act: MoneyAct, charge_id: UUID, occasion: Occasion
) -> tuple[Receiptable, ...]:
    """Every payment and return of a charge that has a document or could have one, the oldest first."""
    charge = await read_charge(conn, charge_id=charge_id)
    if charge is None:
        return ()
    books = await _open(conn, act=act, charge=charge, occasion=occasion)
    found = [_receiptable(books, one) for one in books.attempts if _moved(one)]
    return tuple(one for one in found if one is not None)


async def issue_receipt(
    conn: AsyncConnection, *, act: MoneyAct, charge_id: UUID, attempt_id: UUID, occasion: Occasion
) -> UUID:
    """Issue the document of a payment or return; asked again, it is the one that was issued. Its id.

    Raises:
        ReceiptNotFound: nothing was paid or returned by that attempt, or it needs no document.
        ReceiptNotIssuedHere: the city issues it elsewhere.
    """
    charge = await lock_charge(conn, charge_id=charge_id)
    if charge is None:
        raise ReceiptNotFound
    books = await _open(conn, act=act, charge=charge, occasion=occasion)
    attempt = next((one for one in books.attempts if one.attempt_id == attempt_id and _moved(one)), None)
    found = None if attempt is None else _receiptable(books, attempt)
    if attempt is None or found is None:
        raise ReceiptNotFound
    if found.issued is not None:
        return found.issued.receipt_id
    if not found.may_issue:
        raise ReceiptNotIssuedHere(where=found.where)
    return await _issue(conn, books, attempt, found.kind)


async def issue_again(conn: AsyncConnection, *, act: MoneyAct, charge_id: UUID, receipt_id: UUID) -> int:
    """Make a document again; the number of the copy, which stands on it.

    Raises:
        ReceiptNotFound: there is none.
    """
    await lock_charge(conn, charge_id=charge_id)
    found = await _find(conn, charge_id, receipt_id)
    copy = len(found.copies) + 1
    await repository.add_copy(conn, act=act, receipt_id=receipt_id, copy=copy)
    await _record(conn, act, "receipt_issued_again", charge_id, {"number": found.number, "copy": copy})
    return copy


async def read_receipt(
    conn: AsyncConnection, *, act: MoneyAct, charge_id: UUID, receipt_id: UUID, copy: int
) -> ReceiptView:
    """A document that was made a short time ago, to be shown or saved.

    Raises:
        ReceiptNotFound: there is none, or no such copy.
        ReceiptClosed: it was made longer ago.
    """
    found = await _find(conn, charge_id, receipt_id)
    made_at = found.issued_at if copy == ORIGINAL else found.copies.get(copy)
    if made_at is None:
        raise ReceiptNotFound
    if act.now >= made_at + OPEN_FOR:
        raise ReceiptClosed(number=found.number)
    return found


async def _find(conn: AsyncConnection, charge_id: UUID, receipt_id: UUID) -> ReceiptView:
    issued = await repository.receipts_of(conn, charge_id=charge_id)
    found = next((one for one in issued if one.receipt_id == receipt_id), None)
    if found is None:
        raise ReceiptNotFound
    return found


async def _open(conn: AsyncConnection, *, act: MoneyAct, charge: ChargeView, occasion: Occasion) -> Books:
    return Books(
        act=act,
        occasion=occasion,
        charge=charge,
        attempts=await attempts_of(conn, charge_id=charge.charge_id),
        changes=await repository.price_changes(conn, charge_id=charge.charge_id),
        issued=await repository.receipts_of(conn, charge_id=charge.charge_id),
        city=await repository.city_name(conn, act=act),
    )


def _moved(attempt: AttemptView) -> bool:
    """Whether money moved that counts; what only went from one booking to another was receipted there."""
    return attempt.counted and attempt.plugin != CREDIT


def _receiptable(books: Books, attempt: AttemptView) -> Receiptable | None:
    issued = next((one for one in books.issued if one.attempt_id == attempt.attempt_id), None)
    paper = paper_of(books, attempt)
    if attempt.kind == "refund":
        if not needs_return_invoice(books.terms, books.payee, paper.sums):
            return None
        kind: ReceiptKind = "return_invoice"
    else:
        kind = kind_of(books.payee, paper.sums)
        if issued is None and _went_back(books, attempt):
            return None
    if issued is None and paper.paid_on < kept_since(books.act.today):
        return None  # the one that was issued may be gone: there is never a second original
    online = is_online(books.occasion.terms, attempt.method)
    return Receiptable(
        attempt_id=attempt.attempt_id,
        kind=kind,
        amount_yen=attempt.amount_yen,
        on=paper.returned_on or paper.paid_on,
        method=paper.method,
        issued=issued,
        may_issue=may_issue(books.terms, online=online, by_clerk=books.act.staff_id is not None),
        where=books.terms.of_online if online else "self_service",
    )


def _went_back(books: Books, payment: AttemptView) -> bool:
    """Whether all of a payment was given back: then there is nothing to receipt."""
    back = sum(one.amount_yen for one in books.attempts if one.counted and one.of_attempt_id == payment.attempt_id)
    return back >= payment.amount_yen


async def _issue(conn: AsyncConnection, books: Books, attempt: AttemptView, kind: ReceiptKind) -> UUID:
    act, receipt_id = books.act, new_id()
    year = fiscal_year(act.today)
    sequence = await next_number(conn, act=act, scope=f"receipt:{books.charge.payee}:{year}")
    row = {
        "receipt_id": receipt_id,
        "charge_id": books.charge.charge_id,
        "attempt_id": attempt.attempt_id,
        "kind": kind,
        "payee": books.charge.payee,
        "number": f"{year}-{sequence:06d}",
        "issued_at": act.now,
        "entered_by": act.staff_id,
    }
    await repository.add_receipt(conn, act=act, row=row, paper=paper_of(books, attempt))
    await _record(conn, act, "receipt_issued", books.charge.charge_id, {"number": row["number"]})
    return receipt_id


async def _record(
    conn: AsyncConnection, act: MoneyAct, what: str, charge_id: UUID, facts: Mapping[str, object]
) -> None:
    await audit(conn, act=act, what=what, subject=("booking", str(charge_id)), why=None, facts=facts)
