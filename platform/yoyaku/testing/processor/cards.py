"""Cards at the processor's page: brands, what may be typed, and what the test numbers bring about.

A number is looked at and forgotten: the books keep the brand and the last four digits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

Outcome = Literal["ok", "challenge", "processing", "three_d_secure_unavailable"]


@dataclass(frozen=True, kw_only=True)
class Brand:
    """A brand of cards: how its numbers begin, how long they are, how long the security code is."""

    name: str
    prefixes: tuple[str, ...]
    lengths: tuple[int, ...]
    code_digits: int = 3


BRANDS: Final[Mapping[str, Brand]] = {
    "visa": Brand(name="VISA", prefixes=("4",), lengths=(16,)),
    "mastercard": Brand(name="Mastercard", prefixes=("51", "52", "53", "54", "55"), lengths=(16,)),
    "jcb": Brand(name="JCB", prefixes=("352", "353", "354", "355", "356", "357", "358"), lengths=(16,)),
    "diners": Brand(name="Diners Club", prefixes=("300", "301", "302", "303", "304", "305", "36", "38"), lengths=(14,)),
    "amex": Brand(name="American Express", prefixes=("34", "37"), lengths=(15,), code_digits=4),
}


@dataclass(frozen=True, kw_only=True)
class CardAct:
    """What a number brings about: at once or after the bank's question; ``reason`` if the bank then says no."""

    outcome: Outcome = "ok"
    reason: str | None = None
    challenge_fails: bool = False


TEST_CARDS: Final[Mapping[str, CardAct]] = {
    "4111111111111111": CardAct(),
    "5555555555554444": CardAct(),
    "3530111333300000": CardAct(),
    "36227206271667": CardAct(),
    "378282246310005": CardAct(),
    "4000000000000002": CardAct(reason="card_declined"),
    "4000000000009995": CardAct(reason="insufficient_funds"),
    "4000000000000069": CardAct(reason="expired_card"),
    "4000000000000119": CardAct(outcome="processing"),
    "4000002500003155": CardAct(outcome="challenge"),
    "4000008260003178": CardAct(outcome="challenge", reason="insufficient_funds"),
    "4000000000003063": CardAct(outcome="challenge", challenge_fails=True),
    "4000000000003097": CardAct(outcome="three_d_secure_unavailable"),
}
"""Any other number of a brand is taken without a question, as the first."""
PASSCODE: Final = "123456"
"""What the bank's question is answered with."""


def outcome_of(number: str) -> CardAct:
    """What happens with a number."""
    return TEST_CARDS.get(_bare(number), CardAct())


def mistakes(fields: Mapping[str, str], *, today: date) -> dict[str, str]:
    """What was typed wrong, by field: a key of the page's words."""
    found: dict[str, str] = {}
    brand = BRANDS.get(fields.get("brand", ""))
    number, code = _bare(fields.get("number", "")), fields.get("code", "").strip()
    if brand is None:
        found["brand"] = "brand_missing"
    if not _is_number(number):
        found["number"] = "number_wrong"
    elif brand is not None and (len(number) not in brand.lengths or not number.startswith(brand.prefixes)):
        found["number"] = "number_of_other_brand"
    found |= _expiry_mistakes(fields.get("month", "").strip(), fields.get("year", "").strip(), today=today)
    digits = 3 if brand is None else brand.code_digits
    if not (code.isascii() and code.isdigit() and len(code) == digits):
        found["code"] = "code_wrong_4" if digits == BRANDS["amex"].code_digits else "code_wrong_3"
    return found


def remembered(fields: Mapping[str, str]) -> dict[str, str]:
    """What may be kept of a card."""
    return {"brand": BRANDS[fields["brand"]].name, "last_digits": _bare(fields["number"])[-4:]}


def _bare(number: str) -> str:
    return number.strip().replace(" ", "").replace("-", "")


def _is_number(number: str) -> bool:
    """Digits whose check digit is right (Luhn)."""
    if not (number.isascii() and number.isdigit() and len(number) in {14, 15, 16}):
        return False
    doubled = [int(digit) * (1 + at % 2) for at, digit in enumerate(reversed(number))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0  # noqa: PLR2004  # two digits, added


def _expiry_mistakes(month: str, year: str, *, today: date) -> dict[str, str]:
    found = {}
    if not (month.isascii() and month.isdigit() and 1 <= int(month) <= 12):  # noqa: PLR2004  # months
        found["month"] = "month_wrong"
    if not (year.isascii() and year.isdigit() and len(year) in {2, 4}):
        found["year"] = "year_wrong"
    if not found and (int(year) % 100 + 2000, int(month)) < (today.year, today.month):
        found["month"] = "expiry_past"
    return found
