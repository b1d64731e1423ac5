"""The sample file of the format's description, byte for byte, with the names that stand in it, and the bank's answer."""

from dataclasses import replace
from datetime import UTC, date, datetime

from yoyaku.extension.debit import DebitBatch, DebitRow
from yoyaku.extension.payment import PaymentContext
from yoyaku.extension.registry import payment_plugin
from yoyaku.testing.bank import BANK_ACCOUNT, POST_ACCOUNT, SETTINGS, answer_file

SAMPLE = (
    "19100000123456ｸﾏﾓﾄｼ                                   01040182ﾋｺﾞ            101ﾎﾝﾃﾝ           11234567                 ",
    "29900ﾕｳﾁﾖ           738                   10000001ﾐﾅﾄ ﾀﾛｳ                       00000022501K20261100000000000170        ",
    "20182ﾋｺﾞ            101ﾎﾝﾃﾝ               17654321ｸﾏﾓﾄ ｼﾞﾛｳ                     00000007500K20261100000000000180        ",
    "8000002000000003000000000000000000000000000000000000000" + 65 * " ",
    "9" + 119 * " ",
)


def test_the_sample_is_written_byte_for_byte_and_answered():  # T-Z1, T-Z2
    plugin = payment_plugin("payment-account-transfer")
    told = plugin.settings_type(**{**SETTINGS, "consignor_name": "クマモトシ", "bank_name": "ヒゴ"})
    context = PaymentContext(settings=told, now=datetime(2026, 12, 10, tzinfo=UTC), secret=str)
    rows = (
        DebitRow(
            key="K2026110000000000017",
            amount_yen=2250,
            account=replace(POST_ACCOUNT, holder_kana="ミナト タロウ"),
            is_first=True,
        ),
        DebitRow(
            key="K2026110000000000018",
            amount_yen=750,
            account=replace(BANK_ACCOUNT, bank_name="ヒゴ", holder_kana="クマモト ジロウ"),
        ),
    )
    batch = DebitBatch(collect_on=date(2027, 1, 4), rows=rows)
    request = plugin.write_request(context, batch)
    assert request == "".join(f"{line}\r\n" for line in SAMPLE).encode("cp932")
    assert all(len(line.encode("cp932")) == 120 for line in SAMPLE)
    answer = answer_file(request, {rows[0].key: "1"})
    trailer = "8" + "000002" + "000000003000" + "000001" + "000000000750" + "000001" + "000000002250" + 65 * " "
    assert answer.decode("cp932").split("\r\n")[3] == trailer
    outcomes = plugin.read_result(context, answer, batch).outcomes
    assert [(one.succeeded, one.reason) for one in outcomes] == [(False, "no_funds"), (True, None)]
