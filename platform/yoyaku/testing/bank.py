"""A bank for tests and the demo: it answers files of account transfers, byte by byte and on its own.

Nothing here is the plugin's: places are counted from the format's description, so that a slip of the one is not the other's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from yoyaku.extension.debit import BankAccount

SETTINGS: Final[Mapping[str, str]] = {
    "consignor_code": "0000123456",
    "consignor_name": "アオバシ",
    "bank_code": "0182",
    "bank_name": "ミホン",
    "branch_code": "101",
    "branch_name": "ホンテン",
    "account_number": "1234567",
}
"""An invented city at its bank: settings of account transfers."""
POST_ACCOUNT: Final = BankAccount(
    bank_code="9900",
    bank_name="ユウチョ",
    branch_code="17370",
    kind="ordinary",
    number="11",
    holder_kana="ミホン　タロウ",
)
"""An account at the post bank, by its symbol and number."""
BANK_ACCOUNT: Final = BankAccount(
    bank_code="0182",
    bank_name="ミホン",
    branch_code="101",
    branch_name="ホンテン",
    kind="ordinary",
    number="7654321",
    holder_kana="あおば じろう",
)
_LENGTH: Final = 120
_KEY: Final = slice(91, 111)
_YEN: Final = slice(80, 90)
_RESULT: Final = 111


def answer_file(request: bytes, failures: Mapping[str, str] | None = None) -> bytes:
    """What the bank sends back: each row debited, but for those of ``failures`` (key: the code of the result)."""
    parted = b"\r\n" in request
    text = request.decode("cp932").replace("\r\n", "")
    records = [text[at : at + _LENGTH] for at in range(0, len(text), _LENGTH)]
    done: list[int] = []
    failed: list[int] = []
    for place, record in enumerate(records):
        if record[0] == "2":
            code = (failures or {}).get(record[_KEY].rstrip(), "0")
            (failed if code != "0" else done).append(int(record[_YEN]))
            records[place] = record[:_RESULT] + code + record[_RESULT + 1 :]
    sums = "".join(f"{len(some):06}{sum(some):012}" for some in (done + failed, done, failed))
    records[-2] = f"8{sums}{65 * ' '}"
    return "".join(record + ("\r\n" if parted else "") for record in records).encode("cp932")
