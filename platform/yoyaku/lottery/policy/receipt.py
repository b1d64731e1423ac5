"""Receipt codes: by which an applicant finds their own entries in the public files, which name nobody."""

from __future__ import annotations

import unicodedata
from typing import Final

from yoyaku.kernel.errors import YoyakuError

LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""The digits of Crockford's base 32, which leaves out what is easily misread: I, L, O, U."""
RANDOM_BYTES: Final = 6
LONG: Final = 10
HALF: Final = 5
_MISREAD: Final = str.maketrans("OIL", "011")
_HYPHENS: Final = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u30fc_ ")
_FIELD: Final = 0b100101
"""x⁵ + x² + 1: with it the 32 letters form a field, in which any one wrong letter, and any two neighbours that changed
places, give another check letter."""


class ReceiptMalformed(YoyakuError):
    """What was typed is no receipt code, or has a slip of the pen in it."""

    status = 422
    code = "receipt_malformed"
    title = "That is not a receipt code."


def new_receipt(random_bytes: bytes) -> str:
    """A receipt code from random bytes (the first ``RANDOM_BYTES`` count): ``ABCDE-FGHJK``, 45 random bits.

    Raises:
        ValueError: too few bytes.
    """
    if len(random_bytes) < RANDOM_BYTES:
        raise ValueError("a receipt code needs six random bytes")
    number = int.from_bytes(random_bytes[:RANDOM_BYTES], "big")
    digits = [number >> (5 * place) & 31 for place in range(LONG - 1)]
    return _shown("".join(LETTERS[digit] for digit in [*digits, _check(digits)]))


def read_receipt(text: str) -> str:
    """The code that was meant, as it is shown: small letters, full width, spaces, O for 0 and I or L for 1 are read.

    Raises:
        ReceiptMalformed: it is none.
    """
    folded = unicodedata.normalize("NFKC", text).strip().upper().translate(_MISREAD)
    code = "".join(letter for letter in folded if letter not in _HYPHENS)
    if len(code) != LONG or any(letter not in LETTERS for letter in code):
        raise ReceiptMalformed
    digits = [LETTERS.index(letter) for letter in code]
    if _check(digits[:-1]) != digits[-1]:
        raise ReceiptMalformed
    return _shown(code)


def _shown(code: str) -> str:
    return f"{code[:HALF]}-{code[HALF:]}"


def _check(digits: list[int]) -> int:
    """The sum of the digits times rising powers of two, in the field of 32."""
    total = 0
    for digit in digits:
        total = _doubled(total) ^ digit
    return _doubled(total)


def _doubled(digit: int) -> int:
    twice = digit << 1
    return twice ^ _FIELD if twice > len(LETTERS) - 1 else twice
