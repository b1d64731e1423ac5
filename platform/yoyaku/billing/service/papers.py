"""What stands on the document of a payment, or of a return, by the books of its charge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from yoyaku.billing.act import MoneyAct
from yoyaku.billing.policy.receipt import (
    Paper,
    ReceiptLine,
    Taxed,
    issuer_of,
    part_lines,
    receipt_terms,
    sum_up,
)
from yoyaku.billing.repository.receipts import PriceChange, ReceiptView
from yoyaku.billing.service.outcomes import CREDIT
from yoyaku.billing.terms import Payee, PaymentTerms, Receipts
from yoyaku.billing.views import AttemptView, ChargeView
from yoyaku.kernel.yen import Rounding
from yoyaku.rules.condition import Facts
from yoyaku.rules.values import Text

PART: Final = {"ja": "使用料等の一部", "en": "Part of the fees"}
KEPT: Final = {"ja": "取消後の使用料", "en": "Fee kept after cancellation"}
MOVED: Final = {"ja": "別の予約からの振替", "en": "Moved from another booking"}
RETURNED: Final = {"ja": "使用料等の返還", "en": "Fees returned"}


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """What was paid for, as its documents name it, and the rules by which they are made.

    ``facts`` are those of the use; ``kept_tax`` is what a part kept after its end is for consumption tax.
    """

    number: str
    recipient: str
    facility: Text
    space: Text
    use_on: date
    facts: Facts
    kept_tax: Taxed
    terms: PaymentTerms
    rate_percent: int
    rounding: Rounding


@dataclass(frozen=True, kw_only=True)
class Books:
    """A charge with all that its documents are made from."""

    act: MoneyAct
    occasion: Occasion
    charge: ChargeView
    attempts: Sequence[AttemptView]
    changes: Sequence[PriceChange]
    issued: Sequence[ReceiptView]
    city: Text

    @property
    def payee(self) -> Payee | None:
        """Whose money it is, as the rules name them."""
        return next((one for one in self.occasion.terms.payees if one.code == self.charge.payee), None)

    @property
    def terms(self) -> Receipts:
        """Who issues what."""
        return receipt_terms(self.occasion.terms.receipts, self.occasion.facts)


def paper_of(books: Books, attempt: AttemptView) -> Paper:
    """What stands on the document of a payment, or of what was returned of one."""
    occasion, payment = books.occasion, _payment_of(books, attempt)
    whole = _lines_at(books, _ended_at(payment))
    lines = part_lines(whole, amount_yen=payment.amount_yen, name=PART)
    is_part = sum(line.yen for line in whole) != payment.amount_yen
    if attempt.kind == "refund" and attempt.amount_yen != payment.amount_yen:
        lines, is_part = part_lines(lines, amount_yen=attempt.amount_yen, name=RETURNED), True
    return Paper(
        issuer=issuer_of(books.payee, books.city),
        recipient=occasion.recipient,
        booking_number=occasion.number,
        facility=occasion.facility,
        space=occasion.space,
        use_on=occasion.use_on,
        lines=tuple(lines),
        sums=sum_up(lines, rate_percent=occasion.rate_percent, rounding=occasion.rounding),
        method=_method_name(occasion, payment),
        paid_on=books.act.civil_date(_ended_at(payment)),
        returned_on=books.act.civil_date(_ended_at(attempt)) if attempt.kind == "refund" else None,
        collection_number=attempt.collection_number,
        is_part=is_part,
    )


def _payment_of(books: Books, attempt: AttemptView) -> AttemptView:
    if attempt.kind == "payment":
        return attempt
    return next(one for one in books.attempts if one.attempt_id == attempt.of_attempt_id)


def _method_name(occasion: Occasion, payment: AttemptView) -> Text:
    if payment.plugin == CREDIT:
        return MOVED
    return next((one.name for one in occasion.terms.methods if one.code == payment.method), payment.method)


def _ended_at(attempt: AttemptView) -> datetime:
    return attempt.ended_at or attempt.created_at


def _lines_at(books: Books, at: datetime) -> list[ReceiptLine]:
    """The lines of the price as it was when it was paid; what stood after an end is one line."""
    until = [change for change in books.changes if change.at <= at] or list(books.changes[:1])
    last = until[-1]
    if last.kind == "ended":
        return [ReceiptLine(name=KEPT, yen=last.owed_yen, tax=books.occasion.kept_tax)]
    return [ReceiptLine(name=line["name"], yen=line["yen"], tax=line["tax"]) for line in last.lines if line["yen"]]
