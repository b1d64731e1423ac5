"""What is said of the work of staff is said of work that there is."""

from __future__ import annotations

from collections.abc import Iterator

from yoyaku.rulebook.book import Book
from yoyaku.rules.fault import Fault, KeyPath

SECTION: KeyPath = ("staff", "late_after_days")


def check_staff(book: Book) -> Iterator[Fault]:
    """Warnings of days for what never waits for staff here."""
    rules = book.rules
    by_hand = {"counter", "approval"}
    waits = {
        "tentative": any(by_hand & set(entry.confirmed_by) for entry in rules.booking.lifecycle),
        "reliefs": any(relief.approval == "required" for relief in rules.fees.relief),
        "mandates": any(method.automatic for method in rules.payment.methods),
    }
    for kind, there_is in waits.items():
        path = (*SECTION, kind)
        if not there_is and path in book.source.document.places:
            yield book.key_fault("nothing_waits", path, level="warning", found=kind)
