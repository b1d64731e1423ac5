"""Telephone numbers, postcodes and addresses of mail as people type them: any width, with or without hyphens."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from yoyaku.kernel.text import fold_width

_HYPHENS: Final = str.maketrans(dict.fromkeys("‐‑‒–—―−ー－ｰ〜~", "-"))  # signs that look like a hyphen
_WIDE_LATIN: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3002: ".", 0xFF61: "."}
_PHONE: Final = re.compile(r"\+?\(?[0-9][0-9() -]*")
_DOMESTIC: Final = re.compile("0[0-9]{9,10}")
_FOREIGN: Final = re.compile("[1-9][0-9]{7,14}")
_MOBILE: Final = re.compile("(0[5-9]0)([0-9]{4})([0-9]{4})")
_POSTCODE: Final = re.compile("〒? *([0-9]{3}) *-? *([0-9]{4})")
_MAIL_NAME: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")
_MAIL_LABEL: Final = re.compile("[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
LONGEST_MAIL: Final = 254
JAPAN: Final = "+81"


@dataclass(frozen=True, kw_only=True)
class Phone:
    """A telephone number: ``written`` for people, ``key`` (+81312345678) by which it is found."""

    written: str
    key: str


def read_phone(text: str) -> Phone | None:
    """A telephone number of Japan, or of elsewhere with ``+`` and the country; ``None`` where it is none."""
    plain = " ".join(fold_width(text).translate(_HYPHENS).split())
    if not _PHONE.fullmatch(plain):
        return None
    digits = re.sub("[^0-9]", "", plain)
    if plain.startswith("+"):
        national = digits.removeprefix("81").removeprefix("0")
        if not digits.startswith("81"):
            return Phone(written=plain, key=f"+{digits}") if _FOREIGN.fullmatch(digits) else None
        return Phone(written=plain, key=f"{JAPAN}{national}") if _DOMESTIC.fullmatch(f"0{national}") else None
    if not _DOMESTIC.fullmatch(digits):
        return None
    mobile = _MOBILE.fullmatch(digits)
    written = "-".join(mobile.groups()) if mobile else plain.replace(" ", "-")
    return Phone(written=written, key=f"{JAPAN}{digits[1:]}")


def phone_key(text: str) -> str | None:
    """The key of a telephone number in any writing; ``None`` where it is none."""
    phone = read_phone(text)
    return None if phone is None else phone.key


def read_postcode(text: str) -> str | None:
    """A postcode as ``100-0014``; ``None`` where it is none."""
    found = _POSTCODE.fullmatch(fold_width(text).translate(_HYPHENS))
    return None if found is None else f"{found[1]}-{found[2]}"


def read_mail_address(text: str) -> str | None:
    """An address of mail in plain letters; ``None`` where it cannot be one.

    Full-width letters become plain ones, nothing else is changed: an address that only looks like another is not taken
    for it. Names with dots at the end or in a row are taken, as some Japanese providers gave them.
    """
    plain = text.strip().translate(_WIDE_LATIN)
    name, at, host = plain.rpartition("@")
    labels = host.split(".")
    fits = at and len(plain) <= LONGEST_MAIL and _MAIL_NAME.fullmatch(name) and len(labels) > 1
    if not fits or not all(_MAIL_LABEL.fullmatch(label) for label in labels) or labels[-1].isdigit():
        return None
    return f"{name}@{host.lower()}"
