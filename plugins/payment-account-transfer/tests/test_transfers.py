"""The file of transfers, byte for byte, by the layout that the Gunma Bank publishes (全銀協制定ファイルフォーマット【総合振込】)."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from yoyaku.extension.debit import FileRefused, TransferBatch, TransferRow
from yoyaku.extension.payment import PaymentContext
from yoyaku.testing.bank import BANK_ACCOUNT, POST_ACCOUNT, SETTINGS
from yoyaku_payment_account_transfer import plugin

PAY_ON = date(2027, 1, 15)
HEADER = (
    *("1", "21", "0", "0000765432", "ｱｵﾊﾞｼ".ljust(40), "0115", "0182", "ﾐﾎﾝ".ljust(15), "101", "ﾎﾝﾃﾝ".ljust(15)),
    *("1", "1234567", " " * 17),
)
TO_POST = (
    *("2", "9900", "ﾕｳﾁﾖ".ljust(15), "738", " " * 15, "0000", "1", "0000001", "ﾐﾎﾝ ﾀﾛｳ".ljust(30), "0000002250"),
    *("0", "0000000001", "0000000000", "7", " ", " " * 7),
)
TO_BANK = (
    *("2", "0182", "ﾐﾎﾝ".ljust(15), "101", "ﾎﾝﾃﾝ".ljust(15), "0000", "2", "7654321", "ｱｵﾊﾞ ｼﾞﾛｳ".ljust(30), "0000000750"),
    *("0", "0000000002", "0000000000", "7", " ", " " * 7),
)
TRAILER = ("8", "000002", "000000003000", " " * 101)
RECORDS = [HEADER, TO_POST, TO_BANK, TRAILER, ("9", " " * 119)]
ROWS = (
    TransferRow(amount_yen=2250, account=POST_ACCOUNT),
    TransferRow(amount_yen=750, account=replace(BANK_ACCOUNT, kind="current")),
)


def made(rows=ROWS, **settings):
    told = plugin.settings_type(**{**SETTINGS, "transfer_code": "0000765432", **settings})
    context = PaymentContext(settings=told, now=datetime(2027, 1, 4, tzinfo=UTC), secret=str)
    return plugin.write_transfers(context, TransferBatch(pay_on=PAY_ON, rows=rows))


@pytest.mark.parametrize(("line_end", "between"), [("crlf", b"\r\n"), ("none", b"")])
def test_the_file_is_written_byte_for_byte(line_end, between):
    records = ["".join(record).encode("cp932") for record in RECORDS]

    assert [len(record) for record in records] == [120] * 5
    assert made(line_end=line_end) == b"".join(record + between for record in records)


@pytest.mark.parametrize(
    ("rows", "settings", "reason", "line"),
    [
        ((), {}, "nothing_to_transfer", None),
        (ROWS, {"transfer_code": None}, "no_transfer_code", None),
        ((ROWS[0], replace(ROWS[1], amount_yen=0)), {}, "amount_not_positive", 3),
        ((replace(ROWS[0], amount_yen=10_000_000_000),), {}, "amount_too_large", 2),
        ((replace(ROWS[0], account=replace(BANK_ACCOUNT, kind="tax")),), {}, "not_paid_into", 2),
        ((ROWS[0], replace(ROWS[1], account=replace(BANK_ACCOUNT, holder_kana="髙橋"))), {}, "character", 3),
    ],
)
def test_what_must_not_go_out_is_refused_whole_with_its_line(rows, settings, reason, line):
    with pytest.raises(FileRefused) as refused:
        made(rows, **settings)
    assert (refused.value.facts["reason"], refused.value.facts.get("line")) == (reason, line)
