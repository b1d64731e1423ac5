"""Invoices and receipts: what stands on them for consumption tax, and who may issue them.

Consumption Tax Act, article 57-4 (qualified invoices); its enforcement order, article 70-10 (the tax of a rate is rounded
once for each invoice, by a way that the issuer chooses); NTA tax answer 6253 (what is kept after a cancellation).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from yoyaku.billing.terms import Payee, Receipts
from yoyaku.kernel.yen import Rounding, tax_included
from yoyaku.rules.condition import Facts, matches
from yoyaku.rules.moment import add_months
from yoyaku.rules.values import Text

ReceiptKind = Literal["invoice", "receipt", "return_invoice"]
Taxed = Literal["included", "exempt", "out_of_scope"]
RETURN_INVOICE_FROM_YEN: Final = 10_000
"""Smaller returns need no return invoice (Consumption Tax Act, article 57-4, paragraph 3)."""
DIGITS: Final = 13
KEPT_MONTHS: Final = 7 * 12 + 2 + 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLine:
    """What was paid for; whole yen, negative for what comes off."""

    name: Text
    yen: int
    tax: Taxed


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxedSum:
    """All that is taxed at one rate, tax included, and the tax inside, rounded once."""

    rate_percent: int
    gross_yen: int
    tax_yen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What stands below the lines: by rate, then what is exempt (非課税) and out of scope (不課税)."""

    taxed: tuple[TaxedSum, ...]
    exempt_yen: int
    out_of_scope_yen: int
    total_yen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """Who issues: the payee as the rules name it, or the city where they name none."""

    name: Text
    registration_number: str | None = None
    address: Text | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """All that stands on a document, as it was issued: it never changes afterwards.

    ``paid_on`` is the day of the payment, ``returned_on`` that of what went back. ``is_part``: not all of the price.
    """

    issuer: Issuer
    recipient: str
    booking_number: str
    facility: Text
    space: Text
    use_on: date
    lines: tuple[ReceiptLine, ...]
    sums: Sums
    method: Text
    paid_on: date
    returned_on: date | None = None
    collection_number: str | None = None
    is_part: bool = False


def issuer_of(payee: Payee | None, city: Text) -> Issuer:
    """Who issues the documents of a payee; the city itself where the rules name none."""
    if payee is None:
        return Issuer(name=city)
    return Issuer(
        name=payee.name,
        registration_number=payee.registration_number,
        address=payee.address,
        phone=payee.phone,
    )


def sum_up(lines: Sequence[ReceiptLine], *, rate_percent: int, rounding: Rounding) -> Sums:
    """The sums of an invoice: the tax is taken from the sum of a rate, never line by line (T-I2)."""
    by_tax: dict[Taxed, int] = {"included": 0, "exempt": 0, "out_of_scope": 0}
    for line in lines:
        by_tax[line.tax] += line.yen
    gross = by_tax["included"]
    taxed = TaxedSum(
        rate_percent=rate_percent, gross_yen=gross, tax_yen=tax_included(gross, rate_percent, rounding=rounding)
    )
    return Sums(
        taxed=(taxed,) if gross else (),
        exempt_yen=by_tax["exempt"],
        out_of_scope_yen=by_tax["out_of_scope"],
        total_yen=sum(by_tax.values()),
    )


def part_lines(lines: Sequence[ReceiptLine], *, amount_yen: int, name: Text) -> list[ReceiptLine]:
    """The lines of a payment of ``amount_yen``: all of them where it covers all.

    A part, or what was added to an earlier payment, is one line ``name`` for each tax treatment, in the proportions of
    the whole; what the division leaves goes to the largest remainders, taxed lines first.
    """
    whole = sum(line.yen for line in lines)
    if amount_yen == whole:
        return list(lines)
    sums: dict[Taxed, int] = {}
    for line in lines:
        sums[line.tax] = sums.get(line.tax, 0) + line.yen
    shares = _shares(sums, amount_yen, whole)
    return [ReceiptLine(name=name, yen=yen, tax=tax) for tax, yen in shares.items() if yen]


def _shares(sums: Mapping[Taxed, int], amount_yen: int, whole: int) -> dict[Taxed, int]:
    shares = {tax: amount_yen * yen // whole for tax, yen in sums.items()}
    left = amount_yen - sum(shares.values())
    for tax in sorted(sums, key=lambda tax: (-(amount_yen * sums[tax] % whole), list(sums).index(tax)))[:left]:
        shares[tax] += 1
    return shares


def kind_of(payee: Payee | None, sums: Sums) -> ReceiptKind:
    """A qualified invoice where its issuer is registered and something on it is taxed, else a plain receipt."""
    return "invoice" if payee is not None and payee.registration_number and sums.taxed else "receipt"


def needs_return_invoice(terms: Receipts, payee: Payee | None, sums: Sums) -> bool:
    """Whether what was given back needs a return invoice (適格返還請求書), T-I6."""
    if kind_of(payee, sums) != "invoice":
        return False
    gross = sum(taxed.gross_yen for taxed in sums.taxed)
    return terms.returns == "always" or gross >= RETURN_INVOICE_FROM_YEN


def receipt_terms(rules: Sequence[Receipts], facts: Facts) -> Receipts:
    """The entry that holds: the first, else the defaults."""
    return next((one for one in rules if matches(one.when, facts)), Receipts())


def may_issue(terms: Receipts, *, online: bool, by_clerk: bool) -> bool:
    """Whether a receipt is issued here: of what was paid online by whom the rules say, of all else by anybody."""
    if not online:
        return True
    return terms.of_online != "nowhere" and (by_clerk or terms.of_online == "self_service")


def is_registration_number(text: str) -> bool:
    """Whether a number of qualified invoices can be right: T, 13 digits, the first of which checks the others (T-I5).

    The digits are those of a corporate number: 9 less the remainder by 9 of the sum of the twelve, of which every
    second from the right counts twice.
    """
    digits = text.removeprefix("T")
    if len(text) != DIGITS + 1 or len(digits) != DIGITS or not (digits.isascii() and digits.isdecimal()):
        return False
    total = sum(int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits[1:])))
    return int(digits[0]) == 9 - total % 9


def kept_since(today: date) -> date:
    """The first day of issue of which documents are still kept on a day.

    Seven years from two months after the end of the tax period (Consumption Tax Act enforcement order, art. 70-13), which
    ends within twelve months of the day of issue.
    """
    return add_months(today, -KEPT_MONTHS)
