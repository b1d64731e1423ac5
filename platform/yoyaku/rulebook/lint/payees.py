"""Payees: whose money it is can be read, and their numbers of qualified invoices can be right."""

from __future__ import annotations

from collections.abc import Iterator

from yoyaku.billing.policy.receipt import is_registration_number
from yoyaku.rulebook.book import Book
from yoyaku.rules.fault import Fault


def check_payees(book: Book) -> Iterator[Fault]:
    """A registration number whose first digit does not fit the others was mistyped."""
    for index, payee in enumerate(book.rules.payment.payees):
        number = payee.registration_number
        if number is not None and not is_registration_number(number):
            yield book.fault(
                "registration_number_wrong", ("payment", "payees", index, "registration_number"), found=number
            )
