"""Who collects, into which account, and what the bank wants of its files."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from yoyaku_payment_account_transfer.kana import NotForBanks, bank_kana

NAME: Final = 40
BANK: Final = 15

Digits4 = Annotated[str, Meta(pattern="^[0-9]{4}$")]
Digits3 = Annotated[str, Meta(pattern="^[0-9]{3}$")]


class TransferSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The consignor (委託者) as the bank knows it, and the variants in which banks differ.

    ``line_end``: records parted by CR and LF, or by nothing. ``result_on_request``: what stands in a request where the
    bank will write its result. ``o_for_wo``: names with ｵ for ヲ. ``transfer_code`` is the payer's code (振込依頼人コード) of
    files of transfers out of the same account; without it none are written.
    """

    consignor_code: Annotated[str, Meta(pattern="^[0-9]{10}$")]
    consignor_name: str
    bank_code: Digits4
    bank_name: str = ""
    branch_code: Digits3
    branch_name: str = ""
    account_kind: Literal["ordinary", "current", "other"] = "ordinary"
    account_number: Annotated[str, Meta(pattern="^[0-9]{7}$")]
    line_end: Literal["crlf", "none"] = "crlf"
    result_on_request: Literal["zero", "blank"] = "zero"
    o_for_wo: bool = False
    transfer_code: Annotated[str, Meta(pattern="^[0-9]{10}$")] | None = None

    def __post_init__(self) -> None:
        """Refuse names that no file of a bank could hold."""
        for field, length in (("consignor_name", NAME), ("bank_name", BANK), ("branch_name", BANK)):
            try:
                kana = bank_kana(getattr(self, field), o_for_wo=self.o_for_wo)
            except NotForBanks as error:
                raise ValueError(f"{field}: “{error.letter}” is not a character of a bank's file") from error
            if len(kana) > length:
                raise ValueError(f"{field}: at most {length} characters as the bank has them")
