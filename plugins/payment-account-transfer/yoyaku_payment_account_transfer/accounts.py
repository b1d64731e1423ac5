"""An account as somebody types it, and as it goes into a file."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from yoyaku.extension.debit import BankAccount, FileRefused
from yoyaku.kernel.text import fold_width
from yoyaku_payment_account_transfer.kana import NotForBanks, bank_kana
from yoyaku_payment_account_transfer.settings import BANK

HOLDER: Final = 30
YUCHO: Final = "9900"
_PATTERNS: Final = {"bank_code": "[0-9]{4}", "branch_code": "[0-9]{3}", "number": "[0-9]{1,7}"}
_SYMBOL: Final = re.compile("1[0-9]{3}0")
_SYMBOL_NUMBER: Final = re.compile("[0-9]{2,8}")
_LONG_SYMBOL: Final = 5


def account_for_file(account: BankAccount, *, o_for_wo: bool) -> BankAccount:
    """The account in the digits and characters of the file; Japan Post Bank's symbol and number become branch and number.

    Raises:
        FileRefused: ``digits``, ``character`` or ``too_long``, with the field (``place``).
    """
    typed = replace(
        account,
        bank_code=fold_width(account.bank_code),
        branch_code=fold_width(account.branch_code),
        number=fold_width(account.number),
    )
    if typed.bank_code == YUCHO and len(typed.branch_code) == _LONG_SYMBOL:
        typed = _from_symbol(typed)
    for field, pattern in _PATTERNS.items():
        if not re.fullmatch(pattern, getattr(typed, field), re.ASCII):
            raise FileRefused(reason="digits", place=field)
    return replace(
        typed,
        number=typed.number.zfill(7),
        holder_kana=_kana(typed.holder_kana, "holder_kana", longest=HOLDER, o_for_wo=o_for_wo),
        bank_name=_kana(typed.bank_name, "bank_name", longest=BANK, o_for_wo=o_for_wo, needed=False),
        branch_name=_kana(typed.branch_name, "branch_name", longest=BANK, o_for_wo=o_for_wo, needed=False),
    )


def _from_symbol(typed: BankAccount) -> BankAccount:
    """記号 17370 番号 11 is branch 738, number 0000001: the second and third digit and an 8; the number without its last 1."""
    if not _SYMBOL.fullmatch(typed.branch_code):
        raise FileRefused(reason="digits", place="branch_code")
    if not _SYMBOL_NUMBER.fullmatch(typed.number) or not typed.number.endswith("1"):
        raise FileRefused(reason="digits", place="number")
    return replace(typed, branch_code=f"{typed.branch_code[1:3]}8", number=typed.number[:-1], kind="ordinary")


def _kana(text: str, field: str, *, longest: int, o_for_wo: bool, needed: bool = True) -> str:
    try:
        kana = bank_kana(text, o_for_wo=o_for_wo)
    except NotForBanks as error:
        raise FileRefused(reason="character", place=field, found=error.letter) from error
    if needed and not kana:
        raise FileRefused(reason="empty_field", place=field)
    if len(kana) > longest:
        raise FileRefused(reason="too_long", place=field, found=len(kana), expected=longest)
    return kana
