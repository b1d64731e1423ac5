"""Methods of payment: one code is one way, in all the cases for which it stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from yoyaku.billing.terms import PaymentMethod
from yoyaku.rulebook.book import Book
from yoyaku.rules.fault import Fault

OF_THE_WAY: Final = (
    "plugin", "profile", "settings", "choices", "online", "automatic", "needs_email", "open_after_due", "collection",
    "channels",
)  # fmt: skip
"""What an attempt is asked about by the code of its method alone; names, due dates and cases may differ."""


def check_methods(book: Book) -> Iterator[Fault]:
    """A code that stands twice for ways that differ: what was begun by one would be asked about by the other.

    A reminder of what has no last day, or is debited without the payer, comes never.
    """
    first: dict[str, PaymentMethod] = {}
    for index, method in enumerate(book.rules.payment.methods):
        if method.remind is not None and (method.due is None or method.collection is not None):
            yield book.fault("reminder_of_nothing", ("payment", "methods", index, "remind"), level="warning")
        other = first.setdefault(method.code, method)
        for key in OF_THE_WAY:
            if getattr(method, key) != getattr(other, key):
                yield book.fault(
                    "method_differs", ("payment", "methods", index, "code"), found=f'"{method.code}"', key=key
                )
