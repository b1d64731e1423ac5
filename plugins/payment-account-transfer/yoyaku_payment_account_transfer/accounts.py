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
        FileRefused: ``digits``, ``character`` or ``too_long``, with the field (``place``); of several fields, ``also``.
    """
    faults: list[FileRefused] = []
    digits = _digits(account, faults)
    kana = {
        field: _kana(getattr(account, field), field, longest=longest, o_for_wo=o_for_wo, faults=faults)
        for field, longest in (("holder_kana", HOLDER), ("bank_name", BANK), ("branch_name", BANK))
    }
    if faults:
        faults[0].also = tuple(faults[1:])
        raise faults[0]
    return replace(
        digits,
        number=digits.number.zfill(7),
        holder_kana=kana["holder_kana"],
        bank_name=kana["bank_name"],
        branch_name=kana["branch_name"],
    )


def _digits(account: BankAccount, faults: list[FileRefused]) -> BankAccount:
    """Codes and number in narrow digits; what is none of them is added to the faults."""
    typed = replace(
        account,
        bank_code=fold_width(account.bank_code),
        branch_code=fold_width(account.branch_code),
        number=fold_width(account.number),
    )
    try:
        if typed.bank_code == YUCHO and len(typed.branch_code) == _LONG_SYMBOL:
            typed = _from_symbol(typed)
    except FileRefused as refused:
        faults.append(refused)
        return typed
    wrong = [name for name, pattern in _PATTERNS.items() if not re.fullmatch(pattern, getattr(typed, name), re.ASCII)]
    faults += [FileRefused(reason="digits", place=name) for name in wrong]
    return typed


def _from_symbol(typed: BankAccount) -> BankAccount:
    """記号 17370 番号 11 is branch 738, number 0000001: the second and third digit and an 8; the number without its last 1."""
    if not _SYMBOL.fullmatch(typed.branch_code):
        raise FileRefused(reason="digits", place="branch_code")
    if not _SYMBOL_NUMBER.fullmatch(typed.number) or not typed.number.endswith("1"):
        raise FileRefused(reason="digits", place="number")
    return replace(typed, branch_code=f"{typed.branch_code[1:3]}8", number=typed.number[:-1], kind="ordinary")


def _kana(text: str, field: str, *, longest: int, o_for_wo: bool, faults: list[FileRefused]) -> str:
    """The name as banks write it; what they cannot is added to the faults. Only the holder's must be there."""
    try:
        kana = bank_kana(text, o_for_wo=o_for_wo)
    except NotForBanks as error:
        faults.append(FileRefused(reason="character", place=field, found=error.letter))
        return ""
    if field == "holder_kana" and not kana:
        faults.append(FileRefused(reason="empty_field", place=field))
    if len(kana) > longest:
        faults.append(FileRefused(reason="too_long", place=field, found=len(kana), expected=longest))
    return kana
