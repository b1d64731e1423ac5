"""The numbers by which one pays away from a page: at a convenience store, by Pay-easy."""

from __future__ import annotations

import secrets
from typing import Final

BILLER: Final = "58999"
"""The five digits of the receiving body (収納機関番号); invented."""
DIVISION: Final = "001"
"""The division of payment (納付区分) that municipalities have besides the number."""
STORES: Final = {
    "seven": ("セブン-イレブン", "Seven-Eleven"),
    "lawson": ("ローソン", "Lawson"),
    "family": ("ファミリーマート", "FamilyMart"),
    "ministop": ("ミニストップ", "Ministop"),
    "seico": ("セイコーマート", "Seicomart"),
}


def numbers_for(choice: str) -> dict[str, str]:
    """New numbers for a payment of that kind; none for one that is made at a page."""
    if choice == "convenience":
        return {"receipt_number": _digits(11), "confirmation_number": _digits(6)}
    if choice == "pay_easy":
        return {
            "biller_number": BILLER,
            "payment_number": _digits(16),
            "confirmation_number": _digits(6),
            "payment_division": DIVISION,
        }
    return {}


def _digits(count: int) -> str:
    return "".join(secrets.choice("0123456789") for _ in range(count))
